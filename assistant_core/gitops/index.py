"""Which workloads a repository's plain manifests describe, and which files it could not understand."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from posixpath import dirname
import re
from typing import Self

from ..errors import AmbiguousWorkload, UnknownWorkload
from ..models.repository import Snapshot
from .documents import read
from .manifests import Scaler, Workload, scalers, skipped, workload
from .safety import Unreadable

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file, or a document of it, that was left out; `reason` completes "this file ..."."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What was found in one commit, in the order of the paths."""

    snapshot: Snapshot
    workloads: tuple[Workload, ...]
    scalers: tuple[Scaler, ...]
    unread: tuple[Unread, ...]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Read every YAML file of a commit; whatever cannot be read is listed, never guessed."""
        charts = {dirname(path) for path in snapshot.files if path.rpartition("/")[2] == "Chart.yaml"}
        workloads: list[Workload] = []
        found: list[Scaler] = []
        unread: list[Unread] = []
        for path in sorted(path for path in snapshot.files if path.endswith(_SUFFIXES)):
            if _is_helm_template(path, charts):
                unread.append(Unread(path=path, reason="is a Helm template"))
                continue
            try:
                source = read(snapshot.files[path])
            except Unreadable as error:
                unread.append(Unread(path=path, reason=str(error)))
                continue
            for number, root in enumerate(source.documents, start=1):
                found += scalers(root, path)
                if (described := workload(root, path, number)) is not None:
                    workloads.append(described)
                elif (reason := skipped(root)) is not None:
                    unread.append(Unread(path=path, reason=reason))
        return cls(snapshot=snapshot, workloads=tuple(workloads), scalers=tuple(found), unread=tuple(unread))

    def find(self, name: str, namespace: str | None = None, kind: str | None = None) -> Workload:
        """The one workload of that name (upper and lower case alike). Raises UnknownWorkload, AmbiguousWorkload."""
        namesakes = [each for each in self.workloads if _same(each.name, name)]
        found = [
            each
            for each in namesakes
            if (namespace is None or _same(each.namespace, namespace)) and (kind is None or _same(each.kind, kind))
        ]
        if not found:
            raise self._unknown(name, namesakes)
        if len(found) > 1:
            raise _ambiguous(name, found)
        return found[0]

    def scaler(self, workload: Workload) -> Scaler | None:
        """What decides over the workload's replicas instead of its own manifest."""
        return next((each for each in self.scalers if each.scales(workload)), None)

    def _unknown(self, name: str, namesakes: list[Workload]) -> UnknownWorkload:
        asked = name.strip()[:63]
        if namesakes:
            candidates = _labels(namesakes)
            return UnknownWorkload(
                f"There is no '{asked}' there; the repository has {_either(candidates)}.",
                candidates=candidates,
                name=asked,
            )
        names = sorted({each.name for each in self.workloads})
        candidates = tuple(get_close_matches(asked.casefold(), names, n=3))
        hint = f" Did you mean {_either(candidates)}?" if candidates else self._unread_hint(asked)
        return UnknownWorkload(
            f"No Deployment or StatefulSet in the repository is called '{asked}'.{hint}",
            candidates=candidates,
            name=asked,
        )

    def _unread_hint(self, name: str) -> str:
        """A file that speaks of the name and was left out."""
        word = re.compile(rb"(?<![\w-])" + re.escape(name.encode(errors="replace")) + rb"(?![\w-])", re.IGNORECASE)
        for each in self.unread:
            if name and word.search(self.snapshot.files[each.path]):
                return f" {each.path} mentions it, but that file {each.reason}."
        return ""


def _ambiguous(name: str, found: list[Workload]) -> AmbiguousWorkload:
    candidates = _labels(found)
    return AmbiguousWorkload(
        f"Several workloads are called '{name.strip()[:63]}': {_either(candidates)}. Say which one you mean.",
        candidates=candidates,
        name=name.strip()[:63],
    )


def _labels(workloads: list[Workload]) -> tuple[str, ...]:
    """`namespace/name`; with kind or path where that alone does not tell them apart."""
    labels = [each.label for each in workloads]
    if len(set(labels)) < len(labels):
        labels = [f"{each.label} ({each.kind})" for each in workloads]
    if len(set(labels)) < len(labels):
        labels = [f"{each.label} ({each.path})" for each in workloads]
    return tuple(labels)


def _either(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.strip().casefold()


def _is_helm_template(path: str, charts: set[str]) -> bool:
    return any(path.startswith(f"{chart}/templates/" if chart else "templates/") for chart in charts)
