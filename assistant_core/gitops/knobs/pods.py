"""Knobs in a workload's manifest, and in the patches that it goes through."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..layouts.files import Files, entries, get, mapping, word
from ..layouts.kustomize import patches
from ..layouts.selecting import selects
from ..layouts.workload_kinds import SCALED, template
from ..model import Deployed, Form, Knob, Topic
from ..text import Path, Spot

RESTARTED = "kubectl.kubernetes.io/restartedAt"
RESOURCES = {
    Topic.CPU_REQUEST: ("requests", "cpu"),
    Topic.MEMORY_REQUEST: ("requests", "memory"),
    Topic.CPU_LIMIT: ("limits", "cpu"),
    Topic.MEMORY_LIMIT: ("limits", "memory"),
}


def containers(data: Mapping[str, Any], kind: str, *, key: str = "containers") -> list[tuple[int, str]]:
    """The index and the name of each container."""
    pod = get(data, *template(kind), "spec", default={})
    return [(number, word(each, "name")) for number, each in enumerate(entries(pod, key)) if isinstance(each, dict)]


def manifest_knobs(found: Deployed) -> Iterator[Knob]:
    """Every knob of the manifest itself, whether it is set or not."""
    yield from _object_knobs(found.data, found.kind, found.path, Spot(found.document, found.keys), whole=True)


def patch_knobs(files: Files, found: Deployed) -> Iterator[Knob]:
    """What patches set, outermost overlay and last patch first."""
    for overlay in reversed(found.overlays):
        for path, spot, content, target in reversed(list(patches(files, overlay))):
            if not selects(target, content, found):
                continue
            if isinstance(content, list):
                yield from _json_patch_knobs(found, path, spot, content)
            elif isinstance(content, dict):
                yield from _object_knobs(content, found.kind, path, spot, whole=False)


def _object_knobs(data: Any, kind: str, path: str, base: Spot, *, whole: bool) -> Iterator[Knob]:
    """`whole`: also what is not set but could be."""

    def knob(topic: Topic, keys: Path, **more: Any) -> Iterator[Knob]:
        value = get(data, *keys)
        if whole or value is not None:
            yield Knob(topic=topic, path=path, spot=base.below(*keys), value=value, is_set=value is not None, **more)

    pod = template(kind)
    if kind in SCALED:
        yield from knob(Topic.REPLICAS, ("spec", "replicas"), first=True)
    if kind == "CronJob":
        yield from knob(Topic.SUSPEND, ("spec", "suspend"))
    yield from knob(Topic.RESTART, (*pod, "metadata", "annotations", RESTARTED))
    for group in ("containers", "initContainers"):
        for number, name in containers(data, kind, key=group):
            at = (*pod, "spec", group, number)
            yield from knob(Topic.IMAGE, (*at, "image"), container=name, form=Form.REFERENCE)
            for topic, keys in RESOURCES.items():
                yield from knob(topic, (*at, "resources", *keys), container=name)
            yield from _env(data, path, base, at, name, whole=whole)
    for number, claim in enumerate(entries(data, "spec", "volumeClaimTemplates")):
        size = ("spec", "volumeClaimTemplates", number, "spec", "resources", "requests", "storage")
        yield from knob(Topic.STORAGE, size, name=word(claim, "metadata", "name"))
        storage_class = ("spec", "volumeClaimTemplates", number, "spec", "storageClassName")
        yield from knob(Topic.STORAGE_CLASS, storage_class, name=word(claim, "metadata", "name"))


def _env(data: Any, path: str, base: Spot, at: Path, container: str, *, whole: bool) -> Iterator[Knob]:
    listed = entries(data, *at, "env")
    for number, each in enumerate(listed):
        yield Knob(
            topic=Topic.ENV,
            path=path,
            spot=base.below(*at, "env", number),
            value=each,
            is_set=True,
            container=container,
            name=word(each, "name"),
            form=Form.ENV_LIST,
        )
    if whole:
        spot = base.below(*at, "env", len(listed))
        yield Knob(topic=Topic.ENV, path=path, spot=spot, container=container, form=Form.ENV_LIST)


def _json_patch_knobs(found: Deployed, path: str, spot: Spot, operations: list[Any]) -> Iterator[Knob]:
    """The operations that set what a knob of the manifest decides."""
    own = list(manifest_knobs(found))
    for number in reversed(range(len(operations))):
        operation = operations[number]
        if word(operation, "op") not in ("add", "replace") or "value" not in mapping(operation):
            continue
        keys = pointer(word(operation, "path"))
        for knob in own:
            whole = tuple(map(str, knob.spot.path[len(found.keys) :]))
            rest = knob.spot.path[len(found.keys) + len(keys) :]
            if knob.topic is Topic.ENV and keys in ((*whole, "value"), (*whole[:-1], "-")):
                if (each := _patched_variable(knob, operation["value"], keys)) is not None:
                    yield replace(each, path=path, spot=spot.below(number, "value"))
                continue
            if whole[: len(keys)] != keys:
                continue
            if knob.topic is Topic.ENV:
                if not knob.is_set:
                    yield from _replaced_variables(knob, operation["value"], path, spot.below(number, "value"), rest)
                continue
            value = get(operation["value"], *rest)
            at = spot.below(number, "value", *rest)
            is_set = value is not None
            yield replace(knob, path=path, spot=at, value=value, is_set=is_set, wins=not is_set)


def _patched_variable(knob: Knob, value: Any, keys: tuple[str, ...]) -> Knob | None:
    """The variable whose value an operation replaces, or that it appends to the list."""
    if keys[-1] == "value":
        return replace(knob, value=value, form=Form.VALUE) if knob.is_set else None
    return None if knob.is_set else replace(knob, value=value, name=word(value, "name"), is_set=True)


def _replaced_variables(place: Knob, value: Any, path: str, spot: Spot, rest: Path) -> Iterator[Knob]:
    """The variables of a list that an operation sets whole, and the place for a new one there."""
    listed = entries(value, *rest[:-1])
    for number, each in enumerate(listed):
        at = spot.below(*rest[:-1], number)
        yield replace(place, path=path, spot=at, value=each, is_set=True, name=word(each, "name"))
    yield replace(place, path=path, spot=spot.below(*rest[:-1], len(listed)), wins=True)


def pointer(path: str) -> tuple[str, ...]:
    """The keys of a JSON pointer."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])
