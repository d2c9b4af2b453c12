"""Fixed sentences first, then the model; whatever fails ends in a sentence."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from ..models.chat import Message, Role
from ..ports import ChatModel, Desk, Homelab, ToolBox
from ..speech import Speech
from .events import Finished, TextDelta, TurnEvent, Utterance
from .model_turn import ModelSettings, ModelTurn
from .sentences import answer
from .tools import HomelabTools


class Assistant:
    """Answers what people say about their homelab.

    `model` is None where there is none. `speech` are the languages it knows; the first is for all others.
    """

    def __init__(
        self,
        homelab: Homelab,
        desk: Desk,
        model: ChatModel | None,
        settings: ModelSettings,
        *,
        speech: Sequence[Speech],
    ) -> None:
        self._homelab = homelab
        self._desk = desk
        self._model = model
        self._settings = settings
        self._languages: Mapping[str, Speech] = {each.language: each for each in speech}
        self._fallback = speech[0]

    async def turn(self, utterance: Utterance, tools: Sequence[ToolBox] = ()) -> AsyncGenerator[TurnEvent]:
        """Answer; `tools` are offered to the model after our own. Closing the generator stops the model."""
        family = utterance.language.replace("_", "-").partition("-")[0].lower()
        speech = self._languages.get(family, self._fallback)
        spoken = speech.recognise(utterance.text)
        known = spoken and await answer(
            spoken, utterance, homelab=self._homelab, desk=self._desk, phrases=speech.phrases
        )
        if known:
            for event in _said(utterance, known.text, asks=known.asks):
                yield event
        elif self._model is None:
            for event in _said(utterance, speech.phrases.say("no_model")):
                yield event
        else:
            own = HomelabTools(self._homelab, self._desk, utterance)
            turn = ModelTurn(self._model, self._settings, speech.phrases, self._homelab, own, tools)
            async with aclosing(turn.run(utterance)) as events:
                async for event in events:
                    yield event


def _said(utterance: Utterance, text: str, *, asks: bool = False) -> tuple[TurnEvent, TurnEvent]:
    messages = (Message(role=Role.USER, content=utterance.text), Message(role=Role.ASSISTANT, content=text))
    return TextDelta(text), Finished(answered_by="sentence", continue_conversation=asks, messages=messages)
