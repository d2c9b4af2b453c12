"""ArgoCD ApplicationSets: the Applications that their generators make of directories, files and lists."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product
import posixpath
import re
from typing import Any

from ..model import Owner
from ..text import Path, Spot, Unreadable
from .argocd import application
from .files import Files, entries, get, leaves, mapping, word
from .template_patches import decides_sources, patched
from .templating import EXPRESSION, Parameters, filled, handed_on

_MAX = 500
_PATH = re.compile(r"path($|[.\[])")


def applications(
    files: Files, data: Mapping[str, Any], path: str, document: int, keys: Path = ("spec",), parent: Owner | None = None
) -> Iterator[Owner]:
    """The Applications of an ApplicationSet whose spec is at `keys`, as far as the repository tells."""
    spec = mapping(data, "spec")
    generators = entries(spec, "generators")
    made = list(islice(_placed(files, generators, path, Spot(document, (*keys, "generators"))), _MAX))
    times = Counter(element for _, element in made)
    homes = Counter(parameters.get("path") for parameters, _ in made)
    for parameters, element in made or [({}, None)]:
        template = patched(mapping(spec, "template"), spec, parameters)
        found = application(
            filled(template, parameters),
            path,
            document,
            (*keys, "template"),
            generated=len(made) != 1 or decides_sources(spec, template),
            parent=parent,
        )
        alone = element if times[element] == 1 else None
        home = parameters.get("path", "")
        yield replace(
            found,
            filled=_places(files, template, alone) if alone else {},
            element=alone,
            made_of=home if homes[home] == 1 else "",
        )


def _placed(
    files: Files, generators: list[Any], path: str, at: Spot
) -> Iterator[tuple[Parameters, tuple[str, Spot] | None]]:
    """The parameters of every Application; where the element stands that holds them, in a plain list or a file."""
    for number, generator in enumerate(generators):
        if isinstance(generator, dict) and "list" in generator and "template" not in mapping(generator, "list"):
            for index, element in enumerate(entries(generator, "list", "elements")):
                if _is_selected(generator, _flat(element)):
                    yield _flat(element), (path, at.below(number, "list", "elements", index))
            continue
        for parameters in _generated(files, [generator]):
            name = posixpath.join(parameters.get("path", ""), parameters.get("path.filename", ""))
            is_file = isinstance(generator, dict) and "git" in generator and files.mapping(name)
            yield parameters, (name, Spot(0, ())) if is_file else None


def _places(files: Files, template: Any, element: tuple[str, Spot]) -> dict[Path, tuple[str, Spot]]:
    """The keys of the template that are one value of the element and nothing else, for those used nowhere else.

    What is handed on as YAML is a value as well, whoever uses parts of it.
    """
    path, at = element
    whole = get(files.documents(path)[at.document], *at.keys)
    known = dict(_named(whole))
    used = [(below, match) for below, text in leaves(template) for match in EXPRESSION.finditer(str(text))]
    names = Counter(_name(match) for _, match in used)
    handed = {below: keys for below, text in leaves(template) if (keys := handed_on(str(text))) is not None}
    return {below: (path, at.below(*keys)) for below, keys in handed.items() if isinstance(get(whole, *keys), dict)} | {
        below: (path, at.below(*known[_name(match)]))
        for below, match in used
        if match[0] == get(template, *below) and names[_name(match)] == 1 and _name(match) in known
    }


def _name(match: re.Match[str]) -> str:
    return match[1].strip().removeprefix(".")


def discovered(files: Files, owner: Owner) -> set[str]:
    """The directories whose presence makes Applications of the ApplicationSet that generates `owner`."""
    if owner.folders:
        return set(files.directories(owner.folders))
    try:
        made = get(files.documents(owner.path)[owner.document], *owner.keys[:-1])
    except Unreadable:
        return set()
    return {each["path"] for each in _generated(files, list(_of_git(entries(made, "generators")))) if "path" in each}


def _of_git(generators: list[Any]) -> Iterator[Any]:
    """The git generators, also those within others."""
    for each in generators:
        if get(each, "git") is not None:
            yield each
        for outer in ("matrix", "merge"):
            yield from _of_git(entries(each, outer, "generators"))


def _generated(files: Files, generators: list[Any]) -> Iterator[Parameters]:
    for generator in generators:
        if isinstance(generator, dict):
            yield from (each for each in _of_generator(files, generator) if _is_selected(generator, each))


def _of_generator(files: Files, generator: Mapping[str, Any]) -> Iterator[Parameters]:
    if "git" in generator:
        yield from _git(files, mapping(generator, "git"))
    elif "list" in generator:
        for element in entries(generator, "list", "elements"):
            yield _flat(element)
    elif "matrix" in generator:
        yield from _matrix(files, entries(generator, "matrix", "generators"))
    elif "merge" in generator:
        yield from _merge(files, mapping(generator, "merge"))
    elif "clusters" in generator:
        yield _flat(mapping(generator, "clusters", "values"), "values.")


def _is_selected(generator: Any, parameters: Parameters) -> bool:
    """Whether parameters meet the generator's `selector`, which reads them as labels."""
    selector = mapping(generator, "selector")
    return all(
        parameters.get(name) == _told(value) for name, value in mapping(selector, "matchLabels").items()
    ) and all(_meets(each, parameters) for each in entries(selector, "matchExpressions"))


def _meets(requirement: Any, parameters: Parameters) -> bool:
    value = parameters.get(word(requirement, "key"))
    listed = [_told(each) for each in entries(requirement, "values")]
    answers = {
        "In": value in listed,
        "NotIn": value not in listed,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }
    return answers.get(word(requirement, "operator"), True)


def _matrix(files: Files, generators: list[Any]) -> Iterator[Parameters]:
    sides = [list(islice(_generated(files, [each]), _MAX)) for each in generators]
    for several in product(*sides):
        yield {name: value for each in several for name, value in each.items()}


def _merge(files: Files, settings: Mapping[str, Any]) -> Iterator[Parameters]:
    base, *others = [list(islice(_generated(files, [each]), _MAX)) for each in entries(settings, "generators")] or [[]]
    names = [each for each in entries(settings, "mergeKeys") if isinstance(each, str)]
    for parameters in base:
        merged = dict(parameters)
        for other in (each for side in others for each in side):
            if all(other.get(name) == parameters.get(name) for name in names):
                merged |= other
        yield merged


def _git(files: Files, settings: Mapping[str, Any]) -> Iterator[Parameters]:
    """What is found in the repository, each with the generator's own `values`, which may speak of it."""
    prefix = word(settings, "pathParamPrefix")
    for each in _found(files, settings):
        found = {f"{prefix}.{name}" if prefix and _PATH.match(name) else name: value for name, value in each.items()}
        yield {**_flat(filled(mapping(settings, "values"), found), "values."), **found}


def _found(files: Files, settings: Mapping[str, Any]) -> Iterator[Parameters]:
    listed = entries(settings, "directories")
    excluded = {
        each for entry in listed if get(entry, "exclude") is True for each in files.directories(word(entry, "path"))
    }
    for entry in listed:
        if get(entry, "exclude") is True:
            continue
        for directory in files.directories(word(entry, "path")):
            if directory not in excluded:
                yield _of_path(directory)
    for entry in entries(settings, "files"):
        for path in files.matching(word(entry, "path")):
            yield from _of_file(files, path)


def _of_file(files: Files, path: str) -> Iterator[Parameters]:
    """A configuration file's own values beside its directory; JSON is YAML."""
    try:
        documents = files.documents(path)
    except Unreadable:
        return
    for content in documents or ({},):
        for element in content if isinstance(content, list) else [content]:
            yield {**_flat(element), **_of_path(posixpath.dirname(path)), "path.filename": posixpath.basename(path)}


def _of_path(directory: str) -> Parameters:
    parts = directory.split("/")
    basename = parts[-1]
    return {
        "path": directory,
        "path.path": directory,
        "path.basename": basename,
        "path.basenameNormalized": re.sub(r"[^a-z0-9-]", "-", basename.lower()),
        **{f"path[{number}]": part for number, part in enumerate(parts)},
    }


def _flat(element: Any, prefix: str = "") -> Parameters:
    return {f"{prefix}{name}": _told(get(element, *keys)) for name, keys in _named(element)}


def _told(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str | int) else ""


def _named(element: Any, above: Path = ()) -> Iterator[tuple[str, Path]]:
    """Every parameter that an element makes, with the keys of its value."""
    for key, value in element.items() if isinstance(element, dict) else ():
        if isinstance(value, dict):
            yield from _named(value, (*above, key))
        elif not isinstance(value, list):
            yield ".".join(map(str, (*above, key))), (*above, key)
