"""Several changes in one sentence: told apart, so that a person can ask for one after the other."""

from collections.abc import Iterator, Sequence
import re

from ...models.wish import Wish
from .grammar import VERBS
from .reader import LONGEST_WISH, Known, Reader
from .tokens import tokenised

_MOST_CHANGES = 4


def several_changes(text: str, reader: Reader, known: Known) -> tuple[str, ...]:
    """A sentence for each of the changes that are asked for; empty unless every one of them is understood.

    What the parts have in common may be said once: "scale jellyfin to 2 and sonarr to 3".
    """
    joints = sorted(reader.lexicon.groups["joint"], key=len, reverse=True)
    between = re.compile(rf"\s*[,;]\s*(?:(?:{'|'.join(joints)})\s+)?|\s+(?:{'|'.join(joints)})\s+", re.IGNORECASE)
    parts = [part for each in between.split(text.strip().rstrip(".!?")) if (part := each.strip())]
    if len(text) > LONGEST_WISH or not 1 < len(parts) <= _MOST_CHANGES:
        return ()
    found: dict[str, Wish] = {}
    for number in range(len(parts)):
        sentence, wish = next(_understood(parts, number, reader, known), ("", None))
        if wish is None or wish in found.values():
            return ()
        found[sentence] = wish
    return tuple(found)


def _understood(parts: Sequence[str], number: int, reader: Reader, known: Known) -> Iterator[tuple[str, Wish]]:
    """The ways to complete a part that come to a whole wish."""
    for sentence in _completed(parts, number, reader, known):
        wish = reader.read(sentence, known)
        if wish is None or (wish.operation == "set_switch" and sentence != parts[number]):
            continue  # any word could be a feature of the name that was added
        if known.knows(wish.name) and all(each.number is not None for each in wish.amounts):
            yield sentence, wish


def _completed(parts: Sequence[str], number: int, reader: Reader, known: Known) -> Iterator[str]:
    """A part with what it lacks of the beginning of the first, of the end of the last, and of the name; or as it is."""
    part, end = parts[number], _last_verb(parts[-1], reader)
    if end and not _last_verb(part, reader):
        yield f"{part} {end}"
    before, first, _ = _around_name(parts[0], reader, known)
    _, last, after = _around_name(parts[-1], reader, known)
    own_before, own, own_after = _around_name(part, reader, known)
    verb = parts[0].split()[0]
    if own:
        head, tail = "" if own_before else before, "" if own_after else after
        yield f"{head} {part} {tail}".strip()
        yield f"{verb} {part}" if number else part
        yield part
        return
    has_verb = not VERBS.isdisjoint(reader.lexicon.labels.get(part.split()[0].lower(), ()))
    for of in reader.lexicon.groups["about"]:
        if number and not has_verb and verb != first:
            yield f"{verb} {part} {of} {first or last}"
        yield f"{part} {of} {first or last}"


def _last_verb(part: str, reader: Reader) -> str:
    """The verb at the end, of one word or two: "auf 2 skalieren"."""
    words = part.split()
    for length in (2, 1):
        verb = " ".join(words[-length:])
        if len(words) > length and not VERBS.isdisjoint(reader.lexicon.labels.get(verb.lower(), ())):
            return verb
    return ""


def _around_name(part: str, reader: Reader, known: Known) -> tuple[str, str, str]:
    """The words before the name of a workload, the name, and the words after it; all empty where there is none."""
    tokens = tokenised(part)
    found = known.names.find(tokens, reader.lexicon)
    if len(found) != 1:
        return "", "", ""
    texts = [each.text for each in tokens]
    start, end = found[0].start, found[0].end
    return " ".join(texts[:start]), " ".join(texts[start:end]), " ".join(texts[end:])
