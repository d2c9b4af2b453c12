"""Fixed sentences first, then the model; whatever fails ends in a sentence."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing

from ..models.change import Channel
from ..models.chat import Message, Priority, Role
from ..models.hub import ModelTraits
from ..ports import ChatModel, Desk, Homelab, House, ToolBox
from ..speech import Speech
from .composing import Composer
from .events import Finished, TextDelta, TurnEvent, Utterance
from .house_tools import HouseTools
from .model_turn import ModelTurn
from .relevance import Relevance
from .sentences import Answer, answer, understood
from .settings import ModelSettings
from .toolkit import Toolkit
from .tools import HomelabTools


class Assistant:
    """Answers what people say about their homelab and their house.

    `model` is None where there is none, `house` where nothing of it is exposed. `speech` are the languages it knows;
    the first is for all others. `traits` tells how the model wants to be asked, as far as that is known by now.
    """

    def __init__(
        self,
        homelab: Homelab,
        desk: Desk,
        model: ChatModel | None,
        settings: ModelSettings,
        *,
        speech: Sequence[Speech],
        house: House | None = None,
        traits: Callable[[], ModelTraits] = ModelTraits,
    ) -> None:
        self._homelab = homelab
        self._desk = desk
        self._model = model
        self._settings = settings
        self._languages: Mapping[str, Speech] = {each.language: each for each in speech}
        self._fallback = speech[0]
        self._house = house
        self._traits = traits
        self._composer = Composer(settings, house=house)
        self._vocabularies = tuple(each.vocabulary for each in speech)
        self._relevance = Relevance((), self._vocabularies)

    def understands(self, utterance: Utterance) -> bool:
        """Whether the words are a fixed sentence, or answer our question, so that no model is needed for them."""
        return understood(utterance, self._speech(utterance))

    async def turn(self, utterance: Utterance, tools: Sequence[ToolBox] = ()) -> AsyncGenerator[TurnEvent]:
        """Answer; `tools` are offered to the model after our own. Closing the generator stops the model."""
        speech = self._speech(utterance)
        known = await answer(utterance, speech, homelab=self._homelab, desk=self._desk)
        if known is None and self._model is None:
            known = Answer(speech.phrases.say("no_model"))
        if known is not None:
            yield TextDelta(known.text)
            yield _finished(utterance, known)
        elif self._model is not None:
            async with aclosing(self._ask(self._model, utterance, speech, tools)) as events:
                async for event in events:
                    yield event

    async def _ask(
        self, model: ChatModel, utterance: Utterance, speech: Speech, tools: Sequence[ToolBox]
    ) -> AsyncGenerator[TurnEvent]:
        relevance = self._known_house()
        ours = HomelabTools(self._homelab, self._desk, utterance)
        own = [HouseTools(self._house, relevance), ours] if self._house else [ours]
        toolkit = Toolkit(own, tools, self._vocabularies, floors=relevance.floors)
        traits = self._traits()
        composed = self._composer.compose(utterance, toolkit, traits, relevance, speech.phrases.local_time())
        priority = Priority.VOICE if utterance.requester.channel is Channel.VOICE else Priority.CHAT
        turn = ModelTurn(model, self._settings, traits, composed, toolkit, ours, self._composer.gauge, priority)
        async with aclosing(turn.run(speech.phrases, self._homelab)) as events:
            async for event in events:
                yield event

    def _speech(self, utterance: Utterance) -> Speech:
        family = utterance.language.replace("_", "-").partition("-")[0].lower()
        return self._languages.get(family, self._fallback)

    def _known_house(self) -> Relevance:
        """The index of the house, made anew when the house has changed."""
        entities = self._house.entities() if self._house else ()
        if entities is not self._relevance.entities:
            self._relevance = Relevance(entities, self._vocabularies)
        return self._relevance


def _finished(utterance: Utterance, known: Answer) -> Finished:
    return Finished(
        answered_by="sentence",
        continue_conversation=known.asks,
        messages=(Message(role=Role.USER, content=utterance.text), Message(role=Role.ASSISTANT, content=known.text)),
        question=known.question,
    )
