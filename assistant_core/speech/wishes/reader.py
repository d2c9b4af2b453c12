"""From a sentence to a wish. Every word must have its place in it: what is left over might change the meaning."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
import re
from typing import NamedTuple, Self

from ...models.wish import Amount, Wish
from .amounts import Amounts
from .assignments import Assignment, assigned, assignment
from .fields import host, schedule, setting, storage_class, switch
from .grammar import ASSIGNED, PLAIN, QUANTIFIED, VERSIONED
from .lexicon import Lexicon
from .moods import is_told
from .named import wish_of
from .names import Found, Names
from .new_apps import new_app
from .numbers import with_numbers
from .said import Said, said
from .tokens import Token, labelled, tokenised, with_label

LONGEST_WISH = 600  # characters
MOST_WORDS = 60
_IMAGE = re.compile(
    r"(?=.*[/:])[a-z0-9][a-z0-9._-]*(?::\d+)?(?:/[a-z0-9._-]+)*(?::\w[\w.-]*)?(?:@sha256:[0-9a-f]{64})?"
)
_VERSION = re.compile(r"[v~^<>=]{0,2}\d[\w.+*-]*(?:@sha256:[0-9a-f]{64})?", re.ASCII)
_MEASURES = frozenset({"replicas", "memory", "cpu", "storage", "image", "version"})
_LIKE_VARIABLES = _MEASURES | {"hostname", "schedule"}
_NOUNS = frozenset(
    {"replicas", "memory", "cpu", "storage", "image", "chart", "container", "generic", "limit", "setting", "namespace"}
)
_RELEASE = re.compile(r"v?\d+\.\d+\.\d[\w.+-]*", re.ASCII)  # what is nothing but a version
_TAG = re.compile(r"\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?", re.ASCII)


class Known(NamedTuple):
    """What can be named: workloads and machines, namespaces, and variables that are words of ours, such as VERSION."""

    names: Names
    namespaces: Names
    variables: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str], namespaces: Iterable[str] = ()) -> Self:
        """From the names themselves."""
        return cls(Names(names), Names(namespaces))

    def knows(self, name: str) -> bool:
        """Whether it is one of the names."""
        return name in self.names


class Reader:
    """Reads wishes in one language."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def has_word(self, word: str) -> bool:
        """Whether it is a word that wishes are made of."""
        return word.lower() in self.lexicon.labels

    def names_in(self, text: str, known: Known) -> set[str]:
        """The names that the text may mean."""
        return {name for each in known.names.find(tokenised(text), self.lexicon) for name in each.names}

    def compounds_in(self, text: str, known: Known) -> set[str]:
        """The words that are taken for a name and a noun, such as "jellyfin-container" or "k3s server"."""
        tokens, groups = tokenised(text[:LONGEST_WISH]), self.lexicon.groups
        nouns = groups["generic"] | (groups["container"] if not self.names_in(text, known) else frozenset())
        pairs = {f"{one.text}-{other.text}" for one, other in pairwise(tokens) if other.key in nouns}
        return {each.text for each in tokens if self._is_compound(each, known)} | pairs

    def read(self, text: str, known: Known) -> Wish | None:
        """What is asked for; None when some word is not understood, or nothing is to be changed."""
        tokens = tokenised(text) if len(text) <= LONGEST_WISH else []
        if not 1 < len(tokens) <= MOST_WORDS or tokens[0].key in self.lexicon.groups["asking"]:
            return None
        if is_told(tokens, self.lexicon):
            return None
        if app := new_app(tokens, self.lexicon, known.names):
            return app
        tokens = list(self._equated(tokens))
        given = assignment(tokens, self.lexicon, known.names, known.variables)
        if given and (wish := self._assigned(given, known)):
            return wish
        wish = self._wish(self._sentence(tokens, known))
        return replace(wish, also=self._as_variable(tokens, known)) if wish else None

    def said(self, text: str) -> Said:
        """What the words say of amounts and intentions, though it be no wish that is understood."""
        return said(text[:LONGEST_WISH], self.lexicon)

    def _sentence(self, tokens: Sequence[Token], known: Known) -> list[Token]:
        """The words with all that they may tell."""
        words = list(self._split(tokens, known))
        named = self._named(words, known.names, "name", known.namespaces)
        namespaced = self._named(named, known.namespaces, "namespace name")
        return labelled(with_numbers(namespaced, self.lexicon), self.lexicon)

    def _equated(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """The words of "replicas=2": what is counted is no variable."""
        for each in tokens:
            head, equals, tail = each.text.partition("=")
            if tail and not _MEASURES.isdisjoint(self.lexicon.labels.get(head, ())):
                yield from (Token(head), Token(equals), Token(tail))
            else:
                yield each

    def _split(self, tokens: Sequence[Token], known: Known) -> Iterator[Token]:
        """The words of compounds such as "Jellyfin-Pods" or "media-Volume"."""
        for before, each in zip((None, *tokens), tokens, strict=False):
            if self._is_compound(each, known) and not self._is_value(each, before, tokens, known):
                head, _, tail = each.text.rpartition("-")
                yield Token(head)
                yield Token(tail)
            else:
                yield each

    def _is_compound(self, token: Token, known: Known) -> bool:
        head, _, tail = token.text.rpartition("-")
        is_noun = not _NOUNS.isdisjoint(self.lexicon.labels.get(tail.lower(), ()))
        return bool(head) and is_noun and token.key not in self.lexicon.labels and not known.knows(token.text)

    def _is_value(self, token: Token, before: Token | None, tokens: Sequence[Token], known: Known) -> bool:
        """Whether a compound is what something shall become: "to release-image", "the storage class nvme-storage"."""
        if token.text.rpartition("-")[0] in known.names:
            return False
        classes, words = self.lexicon.groups["storage_class"], [each.key for each in tokens]
        spoken = {*words, *(f"{one} {other}" for one, other in pairwise(words))}
        return not classes.isdisjoint(spoken) or (before is not None and before.key in self.lexicon.groups["to"])

    def _named(self, tokens: list[Token], names: Names, label: str, places: Names | None = None) -> list[Token]:
        """The words with those names labelled; beside another name, what stands as a place is one of the `places`."""
        found = names.find(tokens, self.lexicon)
        for each in reversed(found):
            if label == "namespace name" and not self._is_place(tokens, each.start, each.end, names):
                continue
            if places and len({one.names for one in found}) > 1 and self._is_inside(tokens, each, places):
                continue
            text = " ".join(token.text for token in tokens[each.start : each.end])
            tokens[each.start : each.end] = [Token(text, frozenset({label}), each.names)]
        return tokens

    def _is_inside(self, tokens: Sequence[Token], found: Found, places: Names) -> bool:
        """Whether an app is said to be in the namespace that has this name, too: "the cache in media"."""
        is_known = all(each in places for each in found.names)
        return is_known and self._is_place(tokens, found.start, found.end, places)

    def _is_place(self, tokens: Sequence[Token], start: int, end: int, names: Names) -> bool:
        groups = self.lexicon.groups
        before = [each.key for each in tokens[max(0, start - 3) : start]]
        while before and before[-1] in groups["filler"] | groups["namespace"]:
            is_place = before.pop() in names and len(before) and before[-1] in groups["in"]
            if is_place and tokens[start - 1].key not in groups["joint"]:
                return False  # "in a a gig": the second one is the article
        return bool(before and before[-1] in groups["in"] | groups["of"]) or (
            end < len(tokens) and tokens[end].key in groups["namespace"]
        )

    def _assigned(self, given: Assignment, known: Known) -> Wish | None:
        sentence = self._sentence(given.rest, known)
        wish = wish_of(sentence, given.operation, ASSIGNED)
        slots = {"key": given.key, **({} if given.value is None else {"value": given.value})}
        number = self.lexicon.numbers.get((given.value or "").lower())
        return replace(wish, slots=slots | ({} if number is None else {"number": str(number)})) if wish else None

    def _as_variable(self, tokens: Sequence[Token], known: Known) -> tuple[str, str] | None:
        """The word of ours that is set as a variable would be, with its value: "the memory of ... to 4Gi"."""
        for at, each in enumerate(tokens):
            if _LIKE_VARIABLES.isdisjoint(self.lexicon.labels.get(each.key, ())):
                continue
            in_phrase = at and f"{tokens[at - 1].key} {each.key}" in self.lexicon.labels  # "image tag"
            given = None if in_phrase else assigned("set_env", each.text, tokens, at, self.lexicon, known.names)
            if given and given.value is not None and self._assigned(given, known):
                return each.text, given.value
        return None

    def _wish(self, sentence: list[Token]) -> Wish | None:
        for verb, operation, allowed in PLAIN:
            if with_label(sentence, verb) and (wish := wish_of(sentence, operation, allowed)):
                return wish
        readers: tuple[Callable[[list[Token]], Wish | None], ...] = (
            _versioned,
            _quantified,
            host,
            storage_class,
            partial(schedule, lexicon=self.lexicon),
            partial(setting, lexicon=self.lexicon),
            partial(switch, lexicon=self.lexicon),
        )
        for read in readers:
            for each in sentence:
                each.used = False
            if wish := read(sentence):
                return wish
        return None


def _versioned(sentence: list[Token]) -> Wish | None:
    """An image, a tag or the version of a chart."""
    image = next((each for each in sentence if not each.labels and _is_image(each.text)), None)
    if image is not None:
        image.used = True
        wish = wish_of(sentence, "set_image", VERSIONED)
        return replace(wish, slots={"image": image.text}) if wish else None
    version = _version(sentence)
    if version is None or not (
        with_label(sentence, "update", "version", "chart", "image") or _RELEASE.fullmatch(version.text)
    ):
        return None
    version.used = True
    operation = "set_chart_version" if with_label(sentence, "chart") else "update"
    if with_label(sentence, "image") or any("tag" in each.key for each in with_label(sentence, "version")):
        operation = "set_image"
    slot = "tag" if operation == "set_image" else "version"
    wish = wish_of(sentence, operation, VERSIONED)
    before = next((each for each in sentence if each.used and each is not version), None)
    slots = {slot: version.text, "was": before.text} if before else {slot: version.text}
    return replace(wish, slots=slots) if wish else None


def _is_image(text: str) -> bool:
    repository, colon, tag = text.rpartition(":")
    named = not repository.isdigit() and repository != "sha256"  # "14:30" is a time, the other a digest
    return bool(_IMAGE.fullmatch(text)) and named and (bool(colon and tag) or "." in text.partition("/")[0])


def _version(sentence: list[Token]) -> Token | None:
    """The last word that can be a version; the one before it, after "from", is what it is now."""
    fitting = [
        each
        for each in sentence
        if not each.unit and (each.has("number", "dotted") or not each.labels) and _VERSION.fullmatch(each.text)
    ]
    for each in fitting[:-1]:
        at = sentence.index(each)
        if not (at and sentence[at - 1].has("from")):
            return None
        each.used = True
    if fitting:
        return fitting[-1]
    for before, each in pairwise(sentence):
        if before.has("version", "image", "to") and not each.labels and _TAG.fullmatch(each.text):
            return each
    return None


def _quantified(sentence: list[Token]) -> Wish | None:
    """Replicas, CPU, memory and storage."""
    volume = _volume(sentence)
    amounts = Amounts(sentence)
    if not amounts.sure or not amounts.found:
        return None
    measures = {each.of for each in amounts.found}
    operation = {"replicas": "set_replicas", "storage": "set_storage"}.get(next(iter(measures)), "set_resources")
    on_machine = bool(with_label(sentence, "machine"))
    hardware = {"cpu", "memory", "storage"} if on_machine else {"cpu", "memory"}
    if len(measures) > 1 and not measures <= hardware:
        return None
    wish = wish_of(sentence, "set_vm" if on_machine else operation, QUANTIFIED)
    if wish is None:
        return None
    slots = {"volume": volume} if volume else {}
    return replace(wish, amounts=tuple(amounts.found), slots=slots, is_room=_is_room(amounts.found, sentence))


def _is_room(amounts: Sequence[Amount], sentence: list[Token]) -> bool:
    """Whether it is a size of memory that nobody called so, or by a word that fits a volume as well."""
    [amount, *more] = amounts
    is_plain = amount.of == "memory" and amount.how == "to" and amount.unit and not (amount.bound or amount.was)
    said = with_label(sentence, "memory")
    return bool(is_plain and not more) and all(each.has("room") for each in said)


def _volume(sentence: list[Token]) -> str:
    """The word that tells which volume: "the config volume"."""
    if not with_label(sentence, "name"):
        return ""
    for before, each in pairwise(sentence):
        if each.has("storage") and not before.labels and not before.used and before.number is None:
            before.used = True
            return before.text
    return ""
