"""Containers that the values of a chart put beside that of a workload."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
import re
from typing import Any

from ..layouts.files import get, mapping, word
from ..model import Form, Knob, Release
from ..text import Path
from .parts import Part
from .pods import RESOURCES
from .stack import env_knobs, image_knobs, knobs, merged

BESIDE = re.compile(r"(extra|additional)?((init|sidecar)?containers|sidecars?)", re.IGNORECASE)
"""The keys of lists, or mappings, of such containers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A container at `keys` of the values; `release` has the layers that speak of it, `is_helper`: it runs first."""

    name: str
    keys: Path
    release: Release
    is_helper: bool = False


def sidecars(release: Release, part: Part) -> list[Sidecar]:
    """Those of a known chart, and those that stand in a list of the part or of a section of it."""
    values = get(merged(release), *part.at)
    known = [(name, (*part.at, *keys)) for name, keys in part.sidecars if mapping(values, *keys)]
    found = [Sidecar(name=name, keys=keys, release=release) for name, keys in known]
    listed: set[Path] = set()
    for layer in release.layers:
        inside = {} if layer.parameters else dict(_lists(get(layer.data, *part.at)))
        alone = replace(release, layers=(layer,))
        for keys in sorted(inside.keys() - listed, key=str):
            listed.add(keys)
            is_helper = "init" in str(keys[-1]).lower()
            for number, each in enumerate(inside[keys]):
                if word(each, "name") and word(each, "image"):
                    at = (*part.at, *keys, number)
                    found.append(Sidecar(name=word(each, "name"), keys=at, release=alone, is_helper=is_helper))
    return found


def _lists(values: Any, at: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """The lists of containers in the settings of a part, and one level below."""
    for key, below in mapping(values).items():
        if isinstance(below, list) and BESIDE.fullmatch(str(key)):
            yield (*at, key), below
        elif not at:
            yield from _lists(below, (key,))


def sidecar_knobs(found: Sidecar) -> Iterator[Knob]:
    """What the values decide about such a container."""
    own, keys = found.release, found.keys
    yield from image_knobs(own, (*keys, "image"), container=found.name)
    for topic, below in RESOURCES.items():
        yield from knobs(own, topic, (*keys, "resources", *below), container=found.name)
    yield from env_knobs(own, (*keys, "env"), Form.ENV_LIST, container=found.name)
