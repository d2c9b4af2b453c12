"""What an index knows, laid out for a person: everything that runs, and the line on which each thing is decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .index import Index
from .model import Confidence, Knob, Unread, Workload
from .terraform import Machine, machines
from .text import Spot
from .text.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """Where something is decided; `line` counts from 1, None where the value could be added but is not set.

    `container` and `name` tell which container, variable or volume it is about. Of several places for the same, the
    first wins.
    """

    topic: str
    file: str
    path: str
    line: int | None
    value: Any
    is_set: bool
    confidence: Confidence
    container: str = ""
    name: str = ""
    shared_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorkload:
    """A workload with its places, strongest first; `scaled_by` decides over its replicas in their stead."""

    kind: str
    namespace: str
    name: str
    file: str
    aliases: tuple[str, ...]
    containers: tuple[str, ...]
    scaled_by: str | None
    places: tuple[KnownPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMachine:
    """A virtual machine; `problems` say of a part why it cannot be found."""

    name: str
    address: str
    file: str
    places: tuple[KnownPlace, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All that is known of a commit, and what was left out."""

    commit: str
    workloads: tuple[KnownWorkload, ...]
    machines: tuple[KnownMachine, ...]
    unread: tuple[Unread, ...]


def survey(index: Index) -> Survey:
    """Lay an index out; takes a few seconds on a large repository."""
    files = index.snapshot.files

    @cache
    def lines(path: str) -> Lines:
        return Lines(files[path])

    def places(workload: Workload) -> Iterator[KnownPlace]:
        for knob in index.knobs(workload):
            spot, value = _scalar(knob)
            yield KnownPlace(
                topic=knob.topic.value,
                file=knob.path,
                path=knob.field,
                line=lines(knob.path).of(spot) if knob.is_set and knob.path in files else None,
                value=value,
                is_set=knob.is_set,
                confidence=knob.confidence,
                container=knob.container,
                name=knob.name,
                shared_by=knob.shared_by,
            )

    found, unread = machines(files)
    return Survey(
        commit=index.snapshot.commit,
        workloads=tuple(_workload(each, index, tuple(places(each))) for each in index.workloads),
        machines=tuple(_machine(each, index) for each in found),
        unread=tuple(dict.fromkeys((*index.unread, *unread))),
    )


def _scalar(knob: Knob) -> tuple[Spot, Any]:
    """Where the value itself stands in a knob that is a mapping, and that value."""
    value = knob.value
    if not isinstance(value, Mapping):
        return knob.spot, value
    if "value" in value:
        return knob.spot.below("value"), value["value"]
    names = [value.get(key) for key in ("newName", "repository", "name") if value.get(key)]
    key = next((key for key in ("newTag", "tag", "digest") if key in value), None)
    if key is None:
        return knob.spot, names[0] if names else None
    sign = "@" if key == "digest" else ":"
    return knob.spot.below(key), f"{names[0]}{sign}{value[key]}" if names else value[key]


def _workload(workload: Workload, index: Index, places: tuple[KnownPlace, ...]) -> KnownWorkload:
    scaler = index.scaler(workload)
    return KnownWorkload(
        kind=workload.kind,
        namespace=workload.namespace,
        name=workload.name,
        file=workload.path,
        aliases=workload.aliases,
        containers=workload.containers,
        scaled_by=scaler.by if scaler else None,
        places=places,
    )


def _machine(machine: Machine, index: Index) -> KnownMachine:
    places = tuple(
        KnownPlace(
            topic=part,
            file=place.path,
            path=place.field,
            line=None if place.key else index.snapshot.files[place.path].decode().count("\n", 0, place.start) + 1,
            value=place.written,
            is_set=not place.key,
            confidence=Confidence.CERTAIN,
            shared_by=place.shared_by,
        )
        for part, place in machine.places.items()
    )
    problems = tuple(f"{part} {why}" for part, why in machine.problems.items())
    return KnownMachine(name=machine.name, address=machine.address, file=machine.path, places=places, problems=problems)
