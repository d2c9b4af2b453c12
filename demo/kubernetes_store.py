"""What etcd and the API server's storage do: objects under one monotonic version, and the log of how they came to be.

Stored objects are never changed, only replaced.
"""

import asyncio
from collections.abc import Iterator
import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
import uuid

from .kubernetes_objects import KINDS, Kind, Object, Refused, details, kind_of
from .kubernetes_selectors import Selector

type Key = tuple[str, str]
"""Namespace ("" for cluster-scoped objects) and name."""


@dataclass(frozen=True)
class Change:
    """A step of the log; None before is a creation, None after a deletion."""

    version: int
    kind: Kind
    before: Object | None
    after: Object | None


class Store:
    """All objects. `floor` is the oldest version from which the log can be read, `missing` the kinds without a CRD."""

    def __init__(self) -> None:
        self.version = 1
        self.floor = 0
        self.missing: set[Kind] = set()
        self._objects: dict[Kind, dict[Key, Object]] = {kind: {} for kind in KINDS}
        self._log: list[Change] = []
        self._next = asyncio.Event()

    def objects(self, kind: Kind, at: int | None = None) -> dict[Key, Object]:
        """The objects of a kind, as they are or as they were at a version."""
        objects = dict(self._objects[kind])
        for change in reversed(self._log):
            if at is None or change.version <= at:
                break
            if change.kind == kind and change.before is not None:
                objects[key_of(change.before)] = change.before
            elif change.kind == kind and change.after is not None:
                del objects[key_of(change.after)]
        return objects

    def since(self, version: int) -> list[Change]:
        """What changed after a version."""
        newer = 0
        for change in reversed(self._log):
            if change.version <= version:
                break
            newer += 1
        return self._log[len(self._log) - newer :]

    def next_change(self) -> asyncio.Event:
        """Set when anything changes."""
        return self._next

    def compact(self, version: int) -> None:
        """Forget how things came to be up to a version."""
        self.floor = version
        self._log = self.since(version)

    def get(self, kind: Kind, namespace: str, name: str) -> Object:
        """One object; raises Refused 404."""
        if found := self._objects[kind].get((namespace, name)):
            return found
        raise Refused(404, "NotFound", f'{kind.resource} "{name}" not found', details=details(kind, name))

    def create(self, item: Object) -> Object:
        """Store a new object; raises Refused 409."""
        kind, (namespace, name) = kind_of(item), key_of(item)
        if (namespace, name) in self._objects[kind]:
            about = details(kind, name)
            raise Refused(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', details=about)
        item = copy.deepcopy(item)
        item["metadata"] = {
            "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "uid": str(uuid.uuid4()),
            **item["metadata"],
            "generation": 1,
        }
        return self._commit(kind, None, item)

    def replace(self, item: Object) -> Object:
        """Store a new state; raises Refused 404, or 409 if it was made of a version that is not the last."""
        kind, (namespace, name) = kind_of(item), key_of(item)
        before = self.get(kind, namespace, name)
        was, now = before["metadata"], copy.deepcopy(item)
        if now["metadata"].get("resourceVersion", was["resourceVersion"]) != was["resourceVersion"]:
            raise Refused(
                409,
                "Conflict",
                f'Operation cannot be fulfilled on {kind.resource} "{name}": the object has been modified; '
                "please apply your changes to the latest version and try again",
                details=details(kind, name),
            )
        now["metadata"] |= {
            field: was[field] for field in ("creationTimestamp", "uid", "generation", "resourceVersion")
        }
        if now == before:
            return before
        now["metadata"]["generation"] += now.get("spec") != before.get("spec")
        return self._commit(kind, before, now)

    def apply(self, item: Object) -> Object:
        """Create or replace, whatever was there."""
        if key_of(item) not in self._objects[kind_of(item)]:
            return self.create(item)
        return self.replace({**item, "metadata": {**item["metadata"], "resourceVersion": self._version_of(item)}})

    def delete(self, kind: Kind, namespace: str, name: str) -> Object:
        """Remove an object; raises Refused 404."""
        before = self.get(kind, namespace, name)
        self._commit(kind, before, None)
        return before

    def served(self) -> list[Kind]:
        """The kinds that can be asked for."""
        return [kind for kind in KINDS if kind not in self.missing]

    def remove_crd(self, kind: Kind) -> None:
        """Stop serving a kind: its objects are deleted, its watches end."""
        self.missing.add(kind)
        for namespace, name in list(self._objects[kind]):
            self.delete(kind, namespace, name)
        self._wake()

    def install_crd(self, kind: Kind) -> None:
        """Serve a kind again, with no objects."""
        self.missing.discard(kind)

    def _version_of(self, item: Object) -> str:
        return str(self._objects[kind_of(item)][key_of(item)]["metadata"]["resourceVersion"])

    def _commit(self, kind: Kind, before: Object | None, after: Object | None) -> Object:
        self.version += 1
        if after is not None:
            after["metadata"]["resourceVersion"] = str(self.version)
            self._objects[kind][key_of(after)] = after
        elif before is not None:
            del self._objects[kind][key_of(before)]
        self._log.append(Change(self.version, kind, before, after))
        self._wake()
        return after or {}

    def _wake(self) -> None:
        self._next.set()
        self._next = asyncio.Event()


def key_of(item: Object) -> Key:
    """Where an object is stored; raises ValueError for one without a name."""
    match item:
        case {"metadata": {"name": str(name), **metadata}}:
            return str(metadata.get("namespace", "")), name
    raise ValueError("an object needs a name")


def merged(before: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386) applied."""
    if not isinstance(patch, dict):
        return patch
    result = dict(before) if isinstance(before, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def watch_events(changes: list[Change], kind: Kind, selects: Selector) -> Iterator[tuple[str, Object]]:
    """Type and object of what a watch hears: coming into its view is ADDED, going out of it DELETED."""
    for change in changes:
        if change.kind != kind:
            continue
        was = change.before is not None and selects(change.before)
        if change.after is not None and selects(change.after):
            yield "MODIFIED" if was else "ADDED", change.after
        elif was:
            last = change.after or change.before or {}
            yield "DELETED", {**last, "metadata": {**last["metadata"], "resourceVersion": str(change.version)}}
