"""Our agent beside Home Assistant's own Ollama integration: one Home Assistant, one house, one model, one question."""

import asyncio
from collections.abc import AsyncIterator
import time
from typing import Any

import aiohttp

from ..figures import BenchmarkError, Figure, Series, Target, counted, interleaved
from .house import House, living_house
from .ollama import CODER, TALKER, Ollama, prompt, shared, simulated_ollama
from .sentences import sentences

BEFORE = "Would a brighter lamp help somebody who reads in the living room?"
QUESTION = "Is it wise to open the bedroom window while the heater runs?"
ASKED_ABOUT = ("Bedroom window", "Bedroom heater")
ANSWER = ("Only", " for", " a", " few", " minutes,", " then", " close", " it", " again.")
TOKEN_SECONDS = 0.01  # a graphics card of the size people have says 100 tokens a second
LAYOUTS = {TALKER: "in the last user message", CODER: "in the system message"}
SIDES = (0, 1)  # ours, theirs
TIMED = 7  # pairs
UNTIMED = 20

PROMPT_TARGETS = {20: 1.0, 100: 0.5, 500: 0.15}
COLD_TARGETS = {100: 0.5, 500: 0.2}
WARM_TARGETS = {TALKER: 0.8, CODER: 1.2}
FREE_TARGET = 1.2

type Earlier = tuple[int, dict[tuple[str, int], dict[str, Any]]]
"""A minute, and what was sent to Ollama in it: by model and side."""


class Interview:
    """Asks both agents."""

    def __init__(self, house: House, ollama: Ollama) -> None:
        self._house = house
        self._ollama = ollama

    async def ask(self, model: str, side: int, question: str = QUESTION, satellite: int = 0) -> float:
        """Milliseconds to the first words; raises BenchmarkError when they are not the model's."""
        await self._ollama.will_say(*ANSWER)
        pipeline = self._house.agents[model][side]
        spoken = await self._house.person.speak(question, pipeline, self._house.satellites[satellite])
        if spoken.text.strip() != "".join(ANSWER):
            raise BenchmarkError(f"{('Our', 'Their')[side]} agent said something else than the model: {spoken.text}")
        return spoken.first * 1e3

    async def request(self, model: str, side: int, satellite: int = 0) -> dict[str, Any]:
        """What a turn makes the agent send to Ollama."""
        await self.ask(model, side, satellite=satellite)
        return (await self._ollama.requests())[-1]

    async def cold(self, model: str) -> tuple[Series, Series]:
        """Time of turns that find nothing of their prompt in the model's memory."""

        async def side(which: int) -> float:
            await self._ollama.forget(model)
            return await self.ask(model, which)

        return await interleaved(lambda: side(0), lambda: side(1), pairs=TIMED)

    async def warm(self, model: str, *, pairs: int = TIMED) -> tuple[Series, Series]:
        """Time of turns after another one of the same agent, in another room."""

        async def side(which: int) -> float:
            await self.ask(model, which, BEFORE, satellite=1)
            return await self.ask(model, which)

        return await interleaved(lambda: side(0), lambda: side(1), pairs=pairs)


async def against_core_integration() -> AsyncIterator[Figure]:
    """Prompts, what lasts of them, and time to the first words, over the WebSocket."""
    async with (
        aiohttp.ClientSession() as session,
        simulated_ollama(session) as ollama,
        living_house(session, ollama) as house,
    ):
        interview = Interview(house, ollama)
        await ollama.behave(token_delay=TOKEN_SECONDS)
        for count, target in PROMPT_TARGETS.items():
            await house.expose(count)
            for figure in await _prompts(interview, count, target):
                yield figure
        await house.expose(100)
        async for figure in sentences(house):
            yield figure
        earlier = await _earlier(interview, house)
        async for figure in _times(interview, house, ollama):
            yield figure
        async for figure in _lasting(interview, house, earlier):
            yield figure


async def _prompts(interview: Interview, count: int, target: float) -> tuple[Figure, Figure]:
    ours, theirs = [prompt(await interview.request(TALKER, side)) for side in (0, 1)]
    named = [sum(name in each.decode() for name in ASKED_ABOUT) for each in (ours, theirs)]
    return Figure(
        name=f"agent, {count} entities: prompt",
        ours=counted(len(ours)),
        theirs=counted(len(theirs)),
        unit="bytes",
        target=Target(value=target),
    ), Figure(
        name=f"agent, {count} entities: things asked about that the prompt names",
        ours=counted(named[0]),
        theirs=counted(named[1]),
        unit=f"of {len(ASKED_ABOUT)}",
        target=Target(value=len(ASKED_ABOUT), of="ours", bound=">="),
    )


async def _times(interview: Interview, house: House, ollama: Ollama) -> AsyncIterator[Figure]:
    def figure(name: str, series: tuple[Series, Series], target: float) -> Figure:
        return Figure(name=name, ours=series[0], theirs=series[1], unit="ms", target=Target(value=target))

    await ollama.behave(prefill=True)
    for count, target in COLD_TARGETS.items():
        await house.expose(count)
        for model, layout in LAYOUTS.items():
            name = f"agent, {count} entities: first words, cold, tools {layout}"
            yield figure(name, await interview.cold(model), target)
    await house.expose(100)
    for model, layout in LAYOUTS.items():
        name = f"agent, 100 entities: first words, warm, tools {layout}"
        yield figure(name, await interview.warm(model), WARM_TARGETS[model])
    await ollama.behave(prefill=False)
    name = "agent, 100 entities: first words when reading costs nothing"
    yield figure(name, await interview.warm(TALKER, pairs=UNTIMED), FREE_TARGET)


async def _earlier(interview: Interview, house: House) -> Earlier:
    """What both agents send of one house, for `_lasting`."""
    await house.change(3)
    minute = _minute()
    return minute, {
        (model, side): await interview.request(model, side, satellite=0) for model in LAYOUTS for side in SIDES
    }


async def _lasting(interview: Interview, house: House, earlier: Earlier) -> AsyncIterator[Figure]:
    """How much of the fixed part of a prompt lasts while minute, states and satellite change."""
    minute, requests = earlier
    await house.change(9)
    if _minute() == minute:
        await asyncio.sleep(60 - time.time() % 60)
    for model, layout in LAYOUTS.items():
        ours, theirs = [
            shared(await interview.request(model, side, satellite=1), requests[model, side]) for side in SIDES
        ]
        yield Figure(
            name=f"agent, 100 entities: fixed part of the prompt that lasts, tools {layout}",
            ours=counted(ours),
            theirs=counted(theirs),
            unit="%",
            target=Target(value=99, of="ours", bound=">="),
        )


def _minute() -> int:
    return int(time.time() // 60)
