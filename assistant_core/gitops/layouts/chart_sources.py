"""The objects that tell where charts come from, and the HelmReleases that refer to each of them."""

from collections import defaultdict
from collections.abc import Mapping
import posixpath
from typing import Any

from ..model import Deployed, Owner
from ..text import Path
from .files import mapping, word


class ChartSources:
    """Which OCIRepository or HelmChart a HelmRelease means; every look at it comes from the same objects."""

    def __init__(self, by_kind: dict[str, list[Deployed]]) -> None:
        self.by_kind = by_kind
        self._users: dict[tuple[str, int, Path], list[Deployed]] = defaultdict(list)
        for each in by_kind.get("HelmRelease", ()):
            if (source := self.of(each, mapping(each.data, "spec"))) is not None:
                self._users[_place(source)].append(each)

    def users(self, source: Deployed) -> list[Deployed]:
        """The releases whose chart stands in the same place."""
        return self._users.get(_place(source), [])

    def of(self, found: Deployed, spec: Mapping[str, Any]) -> Deployed | None:
        """The object that a release with those settings refers to: of several with its name the one nearest to it."""
        reference = mapping(spec, "chartRef")
        namespace = word(reference, "namespace") or found.namespace
        name = word(reference, "name")
        named = [each for each in self.by_kind.get(word(reference, "kind"), ()) if name in (each.name, each.own_name)]
        return max(
            named,
            key=lambda each: (
                each.path == found.path and each.namespace == found.namespace,
                each.namespace == namespace,
                _root(each.owner) is _root(found.owner),
                each.owner is found.owner,
                len(posixpath.commonpath([f"/{each.path}", f"/{found.path}"])),
            ),
            default=None,
        )


def _place(found: Deployed) -> tuple[str, int, Path]:
    return found.path, found.document, found.keys


def _root(owner: Owner | None) -> Owner | None:
    while owner is not None and owner.parent is not None:
        owner = owner.parent
    return owner
