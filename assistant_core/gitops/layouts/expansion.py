"""What comes out of a directory: objects, releases, the files that were read, and what was left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
import re
from typing import Any

from ..model import Deployed, Overlay, Owner, Release, Unread
from ..text import Path, Unreadable
from .files import Files, entries, get, word

NOT_THERE = "that is not there"
"""How the reasons end of what names a file or a folder in vain."""

SYNTHESIZED = "is written by cdk8s, so its code is to be changed instead"
"""Why what a program writes is left alone."""

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.:]*[A-Za-z0-9])?")
_NESTED = 3
_SET = "ResourceSet"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(?::=|:-|=|-)([^${}]*))?\}")


@dataclass(slots=True)
class Expansion:
    """Collects what one owner deploys.

    `own` are the addresses of this repository; `opaque` says that something generates more than the files tell.
    """

    files: Files
    objects: list[Deployed] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    problems: list[Unread] = field(default_factory=list)
    own: frozenset[str] = frozenset()
    opaque: bool = False

    def documents(self, path: str) -> tuple[Any, ...]:
        """A file's documents; one that cannot be read is noted."""
        self.read.add(path)
        try:
            return self.files.documents(path)
        except Unreadable as error:
            self.problems.append(Unread(path=path, reason=str(error)))
            return ()

    def follows(self, path: str, cost: int = 1) -> bool:
        """Spend some of what may be followed; when nothing is left, the file is noted."""
        before, self.files.budget = self.files.budget, self.files.budget - cost
        if before > 0 >= self.files.budget:
            self.problems.append(Unread(path=path, reason="comes after more objects than I follow"))
        return self.files.budget > 0

    def misses(self, path: str, what: str, name: str) -> None:
        """Note that a file names something that is not there."""
        self.problems.append(Unread(path=path, reason=f"names a {what} {NOT_THERE} ({name[:60]})"))

    def add_file(self, path: str, owner: Owner | None, overlays: tuple[Overlay, ...] = ()) -> None:
        """Take in every object of a file, unless a program writes it."""
        if self.files.is_synthesized(path):
            self.read.add(path)
            self.problems.append(Unread(path=path, reason=SYNTHESIZED))
            return
        for number, document in enumerate(self.documents(path)):
            if _is_filled(document):
                self.problems.append(Unread(path=path, reason="fills in a ResourceSet's inputs, which I do not follow"))
            for keys, data in _objects(document):
                if not self.follows(path):
                    return
                self.objects.append(deployed(data, path, number, keys, owner, overlays))


def _objects(document: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
        return
    if document["kind"] == "List":
        for number, item in enumerate(entries(document, "items")):
            if isinstance(item, dict) and isinstance(item.get("kind"), str):
                yield ("items", number), item
        return
    yield (), document
    if document["kind"] == _SET and not _is_filled(document):
        for number, item in enumerate(entries(document, "spec", "resources")):
            if isinstance(item, dict) and isinstance(item.get("kind"), str):
                yield ("spec", "resources", number), item


def _is_filled(document: Any) -> bool:
    """Whether it is a ResourceSet that makes its objects anew for each of its inputs."""
    return word(document, "kind") == _SET and bool(
        get(document, "spec", "inputs") or get(document, "spec", "inputsFrom")
    )


def deployed(
    data: dict[str, Any], path: str, document: int, keys: Path, owner: Owner | None, overlays: tuple[Overlay, ...]
) -> Deployed:
    """An object with the name and the namespace it has in the end."""
    own_name = word(data, "metadata", "name") or word(data, "metadata", "generateName").rstrip("-")
    name, namespace = own_name, word(data, "metadata", "namespace")
    for overlay in overlays:
        prefix, suffix = word(overlay.data, "namePrefix"), word(overlay.data, "nameSuffix")
        name = f"{prefix}{name}{suffix}"
        namespace = word(overlay.data, "namespace") or namespace
    if owner is not None:
        forced = owner.target_namespace if owner.kind == "Kustomization" else ""
        namespace = forced or namespace or owner.target_namespace
        name, namespace = substituted(name, owner), substituted(namespace, owner)
    return Deployed(
        kind=data["kind"],
        api=word(data, "apiVersion"),
        name=name,
        namespace=namespace,
        own_name=own_name,
        path=path,
        document=document,
        data=data,
        keys=keys,
        overlays=overlays,
        owner=owner,
    )


def substituted(text: str, owner: Owner) -> str:
    """A text with the variables of a Flux Kustomization filled in."""
    if "${" not in text or owner.kind != "Kustomization":
        return text
    variables = get(owner.data, "spec", "postBuild", "substitute", default={})
    for _ in range(_NESTED):  # a default may be a variable itself
        text = _VARIABLE.sub(lambda match: word(variables, match[1]) or match[2] or match[0], text)
    return text


def is_name(text: str) -> bool:
    """Whether a text can be an object's name."""
    return len(text) <= 253 and _NAME.fullmatch(text) is not None  # noqa: PLR2004 - RFC 1123
