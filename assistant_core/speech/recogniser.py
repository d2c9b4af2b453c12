"""Fixed sentences, recognised without a model: hassil's templates, with the names of the household's workloads.

Only whole utterances match. A name that the repository does not know is recognised too, so that the answer can say so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
import re
from typing import Any, Self

from hassil import Intents, RecognizeResult, TextSlotList, recognize_all
from hassil.models import MatchEntity

from ..models import codes
from ..models.wish import Amount, Wish
from .periods import Period
from .phrases import Phrases
from .sentence_files import read_sentences
from .spoken import (
    Agree,
    Ask,
    AskChanges,
    AskHistory,
    Cancel,
    Confirm,
    Scale,
    Several,
    Spoken,
    Undo,
)
from .vocabulary import Vocabulary
from .wishes import Known, Lexicon, Reader, several_changes
from .wishes.numbers import THOUSANDS
from .wording import utc_now

LONGEST_UTTERANCE = 200  # characters; no fixed sentence comes near
LONGEST_UNKNOWN_NAME = 3  # words
CODE_WORDS = 2

_PLAIN: Mapping[str, Ask | Agree] = {**{ask.value: ask for ask in Ask}, "Agree": Agree()}
_ABOUT: Mapping[str, type[AskHistory | Undo]] = {"AskHistory": AskHistory, "Undo": Undo}

LANGUAGES = ("en", "de")
"""The languages that we have sentences of."""


class Speech:
    """Understands the fixed sentences of one language; `phrases` are what it says, `vocabulary` single words of it.

    `reader` reads wishes for changes in any order of words, where it is certain that a change is meant.
    """

    def __init__(
        self,
        sentences: Mapping[str, Any],
        phrases: Phrases,
        vocabulary: Vocabulary,
        reader: Reader,
        *,
        prepared: bool = True,
    ) -> None:
        self.language: str = sentences["language"]
        self.reader = reader
        self._known = Known.of(())
        self.phrases = phrases
        self.vocabulary = vocabulary
        self._intents = Intents.from_dict(dict(sentences))
        self._home_words = frozenset(sentences["home_words"])
        self._names: dict[str, TextSlotList] = {"code": _names("code", _codes(phrases))}
        self._examples: Sequence[str] = sentences["examples"] if prepared else ()
        self.know(())

    @classmethod
    def load(
        cls,
        language: str = "en",
        *,
        time_zone: tzinfo | None = None,
        clock: Callable[[], datetime] = utc_now,
        own: Path | None = None,
        prepared: bool = True,
    ) -> Self:
        """Read a language, English where there is none. Reads the disk: run it in an executor.

        Times are told in `time_zone` (None: this machine's). `own` is a folder with the household's own sentences. What
        takes a second at the first use of a fixed sentence is done now (`prepared`) or then.
        Raises InputInvalid with what is wrong with one of its files.
        """
        sentences = read_sentences(language, own)
        phrases = Phrases.load(language, time_zone=time_zone, clock=clock)
        return cls(sentences, phrases, Vocabulary.load(language), Reader(Lexicon.load(language)), prepared=prepared)

    def know(self, workloads: Iterable[str], namespaces: Iterable[str] = ()) -> None:
        """Listen for these names from now on, instead of those before."""
        workloads, namespaces = tuple(workloads), tuple(namespaces)
        self._known = Known.of(workloads, namespaces)
        self._names["workload"] = _names("workload", {_words(name): name for name in workloads})
        self._names["namespace"] = _names("namespace", {_words(name): name for name in namespaces})
        for example in self._examples:
            self.recognise(example)  # hassil builds its number words and its lists of names at first use

    def recognise(self, text: str) -> Spoken | None:
        """What the whole of `text` asks for; None when it is none of our sentences."""
        if len(text) > LONGEST_UTTERANCE:
            return None
        if (several := self._several(text)) is not None:
            return several
        results = recognize_all(text, self._intents, slot_lists=dict(self._names))
        # The surest reading leaves the fewest letters to wildcards.
        for result in sorted(results, key=_guessed):
            if spoken := self._spoken(result):
                return self._read(text) or spoken if isinstance(spoken, Wish) else spoken
        return self._read(text)

    def _several(self, text: str) -> Several | None:
        """More than one change, each of something we know, where they cannot be one."""
        candidates = several_changes(text, self.reader, self._known)
        if not candidates or not all(map(self._read, candidates)) or self.reader.read(text, self._known) is not None:
            return None
        return Several(candidates=candidates)

    def _read(self, text: str) -> Wish | None:
        """A wish for a change of something we know, in whatever order of words."""
        wish = self.reader.read(text, self._known)
        return wish if wish and self._known.knows(wish.name) and _is_ours(wish) else None

    def _spoken(self, result: RecognizeResult) -> Spoken | None:
        name = result.intent.name
        if name in _PLAIN:
            return _PLAIN[name]
        if name == "AskChanges":
            return _changes(result)
        if name in _ABOUT:
            return _ABOUT[name](name=self._name(result.entities["name"]) if "name" in result.entities else None)
        if name == "Scale" or name in _WISHES:
            return self._scale(result) if name == "Scale" else self._wish(result)
        code = _code(result)
        if code and len(code.split()) != CODE_WORDS:
            return None
        return Confirm(code=code) if name == "Confirm" else Cancel(code=code)

    def _scale(self, result: RecognizeResult) -> Scale | None:
        slots = result.entities
        name = self._name(slots["name"])
        namespace = self._name(slots["namespace"]) if "namespace" in slots else None
        if name is None or ("namespace" in slots and namespace is None):
            return None
        amount = slots["amount"]
        return Scale(
            name=name,
            namespace=namespace,
            amount=amount.text_clean,
            replicas=_whole(amount.value),
        )

    def _wish(self, result: RecognizeResult) -> Wish | None:
        slots = result.entities
        name = self._name(slots["name"])
        namespace = self._name(slots["namespace"]) if "namespace" in slots else None
        if name is None or ("namespace" in slots and namespace is None):
            return None
        operation, spoken = "restart", dict[str, str]()
        amounts: tuple[Amount, ...] = ()
        match result.intent.name:
            case "SetImage" if _VERSION.fullmatch(slots["version"].text_clean):
                operation, spoken = "update", {"version": slots["version"].text_clean}
            case "SetMemory" if not THOUSANDS.match(slots["size"].text):
                operation = "set_resources"
                amounts = (Amount(of="memory", number=slots["size"].value, unit=str(slots["unit"].value)),)
            case "SetImage" | "SetMemory":
                return None
        return Wish(operation=operation, name=name, namespace=namespace, amounts=amounts, slots=spoken)

    def _name(self, entity: MatchEntity) -> str | None:
        """A name of the repository, or what could be one; None for the things of a house."""
        if not entity.is_wildcard:
            return str(entity.value)
        words = _WORD.findall(entity.text.lower())
        if not 0 < len(words) <= LONGEST_UNKNOWN_NAME or not self._home_words.isdisjoint(words):
            return None
        return "-".join(words)


def _is_ours(wish: Wish) -> bool:
    """Whether a house would hardly mean it: "pause jellyfin" may be said to a loudspeaker."""
    return wish.kind is not None or wish.operation not in _OF_A_HOUSE


_OF_A_HOUSE = ("stop", "suspend", "resume", "add_app", "remove_app")
_WISHES = ("Restart", "SetImage", "SetMemory")
_VERSION = re.compile(r"(?=.*\d)\w[\w.-]{0,127}", re.ASCII)  # a tag of an image, with a number in it
_WORD = re.compile(r"[^\W_]+")


def _words(name: str) -> str:
    """A name as it is spoken: its parts as words."""
    return " ".join(_WORD.findall(name))


def _names(slot: str, values: Mapping[str, str]) -> TextSlotList:
    return TextSlotList.from_tuples(values.items(), allow_template=False, name=slot)


def _codes(phrases: Phrases) -> dict[str, str]:
    """Every spoken code, also with its number as a digit, as speech recognisers write it."""
    heard: dict[str, str] = {}
    for colour in codes.COLOURS:
        for word, digit in codes.NUMBERS.items():
            said = phrases.say_codes(f"{colour} {word}")
            for each in (said, f"{said.rpartition(' ')[0]} {digit}"):
                heard[each] = f"{colour} {word}"
    return heard


def _code(result: RecognizeResult) -> str | None:
    if "code" in result.entities:
        return str(result.entities["code"].value)
    if "colour_heard" in result.entities:
        heard = (result.entities[slot].text_clean for slot in ("colour_heard", "number_heard"))
        return " ".join(heard).lower()
    return None


def _changes(result: RecognizeResult) -> AskChanges:
    slots = result.entities
    count = int(slots["how_many"].value) if "how_many" in slots else 1
    return AskChanges(period=Period(slots["period"].value), count=count) if "period" in slots else AskChanges()


def _whole(value: object) -> int | None:
    """The whole number an amount stands for: hassil gives a number, or the words it did not know."""
    if isinstance(value, int | float):
        return int(value)
    try:
        return int(str(value))
    except ValueError:
        return None


def _guessed(result: RecognizeResult) -> tuple[int, int]:
    wildcards = [entity for entity in result.entities_list if entity.is_wildcard]
    return sum(len(entity.text_clean) for entity in wildcards), len(wildcards)
