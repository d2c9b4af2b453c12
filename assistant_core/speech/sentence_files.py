"""The fixed sentences of a language: ours, and those a household adds in YAML files of the same form.

A file of theirs names its `language` and adds `sentences` to our intents, and `lists`, `expansion_rules` and
`skip_words` of its own:

    language: en
    intents:
      AskFindings:
        data:
          - sentences: ["anything on fire"]
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
import re
from typing import Any

from hassil import parse_sentence
from hassil.parser import ParseError
import yaml

from ..errors import InputInvalid
from .wording import data_file

SIZE_LIMIT = 100_000  # bytes of a household's file
_GIVEN_LISTS = ("workload", "namespace", "code")
_OURS_ALONE = ("Confirm", "Agree")
_REFERENCE = re.compile(r"\{(\w+)(?::\w+)?\}|<(\w+)>")


def read_sentences(language: str, own: Path | None = None) -> dict[str, Any]:
    """The sentences of `language`, with those from the files in the folder `own`. Raises InputInvalid."""
    sentences: dict[str, Any] = yaml.safe_load(data_file("sentences", language).read_text(encoding="utf-8"))
    for path in sorted(own.glob("*.yaml")) if own else ():
        try:
            _add(sentences, _read(path))
        except ValueError as error:
            raise InputInvalid(f"The sentences in {path.name} cannot be used: {error}.", file=path.name) from error
    return sentences


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ValueError("it is too long")
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError((error.strerror or "it cannot be read").lower()) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("it is not YAML") from error


def _add(sentences: dict[str, Any], own: Any) -> None:
    """Add what a household wrote. Raises ValueError with what is wrong with it."""
    if not isinstance(own, dict) or not isinstance(own.get("language"), str):
        raise ValueError("it names no language")  # noqa: TRY004 - about the file, not about a type
    if own["language"] != sentences["language"]:
        return
    lists, rules = _new(own, "lists", sentences), _new(own, "expansion_rules", sentences)
    added = dict(_templates(own, sentences["intents"]))
    known_lists = {*sentences["lists"], *lists, *_GIVEN_LISTS}
    known_rules = set(sentences["expansion_rules"])
    for name, values in lists.items():
        _check_list(name, values)
    for name, template in rules.items():
        _check(template, known_lists, known_rules)
        known_rules.add(name)  # known to the rules after it only, so that none goes round in circles
    for template in (each for templates in added.values() for each in templates):
        _check(template, known_lists, known_rules)
    sentences["skip_words"].extend(_texts(own.get("skip_words", [])))
    sentences["lists"].update(lists)
    sentences["expansion_rules"].update(rules)
    for intent, templates in added.items():
        sentences["intents"][intent]["data"].append({"sentences": templates})


def _new(own: Mapping[str, Any], group: str, sentences: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a file adds to a group; ours stay as they are."""
    added = own.get(group, {})
    if not isinstance(added, dict):
        raise ValueError(f"{group} must have names")  # noqa: TRY004 - about the file, not about a type
    if taken := next((name for name in added if name in sentences[group]), None):
        raise ValueError(f"{group} has {taken} already")
    return added


def _templates(own: Mapping[str, Any], intents: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for intent, body in (own.get("intents") or {}).items():
        if intent not in intents:
            raise ValueError(f"there is no intent {intent}; there are {', '.join(intents)}")
        if intent in _OURS_ALONE:
            raise ValueError(f"the words of {intent} stay as they are, so that nobody says yes unawares")
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list) or not all(isinstance(block, dict) for block in data):
            raise ValueError(f"{intent} needs data with sentences")
        yield intent, [text for block in data for text in _texts(block.get("sentences", []))]


def _texts(values: Any) -> Iterable[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("a list of texts is expected")
    return values


def _check_list(name: str, values: object) -> None:
    match values:
        case {"values": list(texts)} if all(isinstance(text, str) for text in texts):
            return
        case {"range": {"from": int(), "to": int()}} | {"wildcard": True}:
            return
        case _:
            raise ValueError(f"the list {name} needs values, a range or wildcard: true")


def _check(template: object, lists: set[str], rules: set[str]) -> None:
    """Whether a template can be read, and names only what there is: hassil finds out while somebody speaks."""
    if not isinstance(template, str):
        raise ValueError(f"{template!r:.60} is no sentence")  # noqa: TRY004 - about the file, not about a type
    try:
        parse_sentence(template)
    except ParseError as error:
        raise ValueError(f'"{template:.60}" cannot be read') from error
    for name, rule in _REFERENCE.findall(template):
        if (name and name not in lists) or (rule and rule not in rules):
            raise ValueError(f'"{template:.60}" names {name or rule}, which does not exist')
