"""Values that containers, or the workloads of one release, share by a YAML anchor: they change together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..index import Index
from ..model import Knob, Topic, Workload
from ..text import Set, Source, Spot, read, resolved, stands_at

_OWN = (Topic.REPLICAS, Topic.SUSPEND)
"""What each workload has for itself, also where the number is the same."""

type _Readers = dict[Spot, str]
"""The places that are one with another by an anchor, and who reads them."""


def shared(index: Index, workload: Workload, knob: Knob, change: Set, *, alone: bool) -> tuple[Set, _Readers]:
    """The change made where the anchor is, and the containers and workloads that change along.

    `alone`: one container is meant, and no other of its workload. What names the anchor of another workload has none
    who follow: that one is not meant.
    """
    source = _anchors(index, knob)
    if source is None or knob.topic in _OWN:
        return change, {}
    root = source.documents[change.spot.document]
    rest = change.spot.keys[len(knob.spot.keys) :]

    def readers(workloads: Iterable[Workload], name: Callable[[Workload, Knob], str]) -> _Readers:
        found = ((each, other, other.spot.below(*rest)) for each in workloads for other in index.knobs(each))
        return {
            at: name(each, other)
            for each, other, at in found
            if _is_same_matter(other, knob) and at != change.spot and _are_one(source, at, change.spot)
        }

    own = {} if alone else readers([workload], lambda _, other: other.container)
    anchor = next((each for each in (change.spot, *own) if stands_at(root, each.keys)), None)
    if anchor is None:
        return change, {}
    found = own | readers(_of_its_release(index, workload), lambda each, _: each.label)
    along = tuple(each for each in (change.spot, *found) if each != anchor)
    return replace(change, spot=anchor, along=along), found


def is_one_entry(index: Index, knobs: Sequence[Knob]) -> bool:
    """Whether all of these are the same value, by an anchor in the same file."""
    source = _anchors(index, knobs[0]) if knobs else None
    return source is not None and all(
        each.path == knobs[0].path and _are_one(source, each.spot, knobs[0].spot) for each in knobs
    )


def _of_its_release(index: Index, workload: Workload) -> list[Workload]:
    if workload.release is None:
        return []
    return [each for each in index.workloads if each is not workload and each.release is workload.release]


def _is_same_matter(one: Knob, other: Knob) -> bool:
    return one.is_set and (one.path, one.topic, one.name) == (other.path, other.topic, other.name)


def _anchors(index: Index, knob: Knob) -> Source | None:
    """The file of a knob, where it has anchors at all."""
    data = index.snapshot.files.get(knob.path, b"")
    return read(data) if knob.is_set and b"&" in data and b"*" in data else None


def _are_one(source: Source, one: Spot, other: Spot) -> bool:
    if one.inside is not None or other.inside is not None or one.document != other.document:
        return False
    node = resolved(source.documents[one.document], one.keys)
    return node is not None and node is resolved(source.documents[other.document], other.keys)
