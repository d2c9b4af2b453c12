"""Puts a turn's prompt together from what is known, within the model's context."""

from datetime import datetime
from typing import NamedTuple

from ..models.chat import ToolSpec
from ..models.hub import ModelTraits
from ..ports import House
from ..speech.text import plain
from .budget import TokenGauge, latest_rounds, messages_bytes, tools_bytes
from .events import Utterance
from .prompt import Prompt, first_words, system_message, user_message, without_tools
from .relevance import Matches, Relevance, shown
from .settings import ModelSettings
from .terse import signature
from .toolkit import Toolkit

MOST_THINGS = 12
RESULTS_SHARE = 6  # of the context, one part in so many is kept free for what tools return
NAME_LENGTH = 60


class Composed(NamedTuple):
    """A prompt; `room` is left in bytes for what this turn's rounds add to it.

    `dropped_rounds` of the history and `things_left_out` that the words speak of found no room.
    """

    prompt: Prompt
    tools: tuple[ToolSpec, ...]
    room: int
    dropped_rounds: int
    things_left_out: int


class Composer:
    """Composes the prompts of one model; `gauge` learns how it counts."""

    def __init__(self, settings: ModelSettings, *, house: House | None) -> None:
        self.gauge = TokenGauge()
        self._settings = settings
        self._house = house
        self._system = system_message(settings.instructions, house=house is not None)

    def compose(
        self,
        utterance: Utterance,
        toolkit: Toolkit,
        traits: ModelTraits,
        relevance: Relevance,
        now: datetime,
    ) -> Composed:
        """The prompt of a turn; `now` is the household's local time."""
        matches = relevance.search(utterance.text)
        called_for = toolkit.called_for(utterance.text, matches.domains)
        tools, more = called_for, tuple[ToolSpec, ...]()
        if not traits.tools or traits.tools_in == "system":
            tools = _fixed_tools(utterance, toolkit, matches, relevance)
            more = tuple(tool for tool in called_for if tool not in tools)
        moment = [*_moment(utterance, now), *(f"Another tool: {signature(tool)}" for tool in more)]
        things = self._things(matches, near=utterance.area)
        room = self.gauge.bytes(self._settings.context_length - self._settings.max_tokens)
        room -= messages_bytes([self._system, user_message(utterance.text, moment)]) + tools_bytes(tools)
        kept: list[str] = []
        for thing in things:
            room -= len(thing.encode()) + 1
            if room < 0:
                break
            kept.append(thing)
        free = self.gauge.bytes(self._settings.context_length) // RESULTS_SHARE
        history, dropped = latest_rounds(utterance.history, max(0, room - free))
        messages = (self._system, *history, user_message(utterance.text, [*moment, *kept]))
        prompt = Prompt(messages=messages, tools=tools)
        return Composed(
            prompt=prompt if traits.tools else without_tools(prompt),
            tools=tools,
            room=room - messages_bytes(history),
            dropped_rounds=dropped,
            things_left_out=len(things) - len(kept),
        )

    def _things(self, matches: Matches, *, near: str | None) -> list[str]:
        house = self._house
        if house is None:
            return []
        return [shown(thing, house.state(thing.entity_id)) for thing in matches.best(MOST_THINGS, near=near)]


def _moment(utterance: Utterance, now: datetime) -> list[str]:
    """The time, the place and the language."""
    place = [plain(each, NAME_LENGTH) for each in (utterance.area, utterance.satellite) if each]
    return [
        f"Time: {now:%A %d %B %Y, %H:%M}",
        *([f"The user is at: {', '.join(place)}"] if place else []),
        *([f"Language: {utterance.language}"] if not utterance.language.startswith("en") else []),
    ]


def _fixed_tools(
    utterance: Utterance, toolkit: Toolkit, matches: Matches, relevance: Relevance
) -> tuple[ToolSpec, ...]:
    """The tools of the whole conversation."""
    began = first_words(utterance.history)
    if began is None:
        return toolkit.fixed(utterance.text, matches.domains)
    return toolkit.fixed(began, relevance.search(began).domains)
