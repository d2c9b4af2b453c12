"""Variables that a container takes one by one from a key of a ConfigMap."""

from dataclasses import replace

from ..index import Index
from ..knobs.kustomizations import config_knobs
from ..knobs.patched import patched_places
from ..layouts.files import get, mapping
from ..model import Form, Knob, Topic, Workload


def referred(index: Index, workload: Workload, knob: Knob) -> Knob:
    """The place of a variable in the ConfigMap that it comes from; the knob itself where that cannot be told."""
    reference = mapping(knob.value, "valueFrom", "configMapKeyRef") if isinstance(knob.value, dict) else {}
    name, key = reference.get("name"), reference.get("key")
    configs = [
        each for each in index.siblings(workload) if each.kind == "ConfigMap" and name in (each.name, each.own_name)
    ]
    found = [one for each in configs for one in config_knobs(each, knob.container) if one.name == key]
    patched = [one for each in configs for one in patched_places(index.files, each, ("data", str(key)), configs)]
    if len(configs) != 1 or len(found) != 1 or patched or (found[0].form is Form.LITERAL and key != knob.name):
        return knob
    return replace(found[0], name=knob.name, shared_by=knob.shared_by)


def readers(index: Index, workload: Workload, place: Knob) -> list[str]:
    """The other workloads near it that take the same key."""
    return [
        each.label
        for each in index.workloads
        if each is not workload
        and each.namespace == workload.namespace
        and each.deployed is not None
        and any(_is_same(index, each, one, place) for one in index.knobs(each))
    ]


def _is_same(index: Index, other: Workload, knob: Knob, place: Knob) -> bool:
    if knob.topic is not Topic.ENV or not get(knob.value, "valueFrom", "configMapKeyRef"):
        return False
    found = referred(index, other, knob)
    return (found.path, found.spot) == (place.path, place.spot)
