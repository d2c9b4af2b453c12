"""Set whatever stands at a path of keys: in the Helm values of a chart, in the manifest otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from ...errors import AmbiguousWorkload, EditRefused, Incomplete, InputInvalid
from ...models.plan import SetReplicas, SetValue
from ..index import Index, naming
from ..knobs.choosing import refuse_filled, shared_place
from ..knobs.patched import patched_places
from ..knobs.replaced import filled
from ..knobs.stack import homes, merged, parameter
from ..knobs.variables import followed
from ..layouts.files import get, leaves
from ..layouts.workload_kinds import SCALED
from ..model import Deployed, Form, Knob, Layer, Release, Topic, Workload
from ..spoken import plain
from ..text import Path, Set, Spot
from .edit import Draft, Edit, is_parameter, refuse_template, target_of
from .old_hosts import old_host_notes
from .set_replicas import set_replicas
from .value_paths import is_unclear, no_path, resolved, split
from .writing import setting

_HOSTS = frozenset({"host", "hosts", "hostname", "hostnames"})
_REPLICAS = ["spec", "replicas"]
_MAX_TEXT = 4096
_TOP = ("metadata", "spec", "data", "stringData", "binaryData", "immutable", "type", "rules", "subjects")
"""What an object may have at its top, though its file does not say it yet."""
_OF_OBJECTS = ("apiVersion", "kind", "metadata", "spec", "status")
"""What charts do not call their settings."""
_IDENTITY = (("kind",), ("apiVersion",), ("metadata", "name"), ("metadata", "namespace"), ("spec", "selector"))


def set_value(plan: SetValue, index: Index) -> Edit:
    """The edit that sets a value. Raises InputInvalid (and its subclasses), EditRefused."""
    if isinstance(plan.value, str) and (len(plan.value) > _MAX_TEXT or not plan.value.isprintable()):
        raise InputInvalid("A value must be one line of text, a number or true or false.", reason="one_line")
    parts = split(plan.path)
    workload = _companion(plan, index) or _object(plan, index, parts) or _release(plan, index, parts[0])
    if parts == _REPLICAS and workload.release is None and workload.kind in SCALED:
        count = cast("int", plan.value)  # set_replicas refuses what is none
        return set_replicas(
            SetReplicas(name=plan.name, namespace=plan.namespace, kind=plan.kind, replicas=count), index
        )
    knob = _in_values(index, workload, parts) if workload.release else _in_manifest(index, workload, parts)
    knob = followed(knob, workload.owner)
    refuse_filled(workload, knob)
    refuse_template(workload, knob)
    if not knob.is_set and is_unclear(parts, knob.spot.path):
        raise no_path(plan.path)
    if isinstance(knob.value, (Mapping, list)) and knob.value:
        raise Incomplete(
            f"{plan.path} of {workload.label} holds several values; name one of them.",
            text=plan.path,
            reason="several_values",
        )
    draft = Draft(index)
    if not knob.is_set or knob.value != plan.value or isinstance(knob.value, bool) is not isinstance(plan.value, bool):
        certified = list(_certified(index, workload, knob, parts))
        changed = setting(workload, knob, plan.value) if knob.is_set else Set(knob.spot, plan.value)
        if isinstance(changed, Set):
            changed = replace(changed, along=tuple(each.spot for each in certified if each.path == knob.path))
        draft.change(knob.path, changed)
        for each in certified:
            draft.change(each.path, setting(workload, each, plan.value))
        if not _HOSTS.isdisjoint(parts) and isinstance(knob.value, str) and "." in knob.value:
            places = {(each.path, each.spot) for each in (knob, *certified)}
            draft.notes += old_host_notes(index, knob.value, places)
    target = target_of(workload, knob, _shown(knob.value) if knob.is_set else "", _shown(plan.value))
    return draft.edit(replace(target, field=plan.path) if is_parameter(knob) else target)


def _certified(index: Index, workload: Workload, knob: Knob, parts: list[str]) -> Iterator[Knob]:
    """The hosts of certificates that are the same as a host that changes."""
    if _HOSTS.isdisjoint(parts) or "tls" in parts or not isinstance(knob.value, str):
        return
    data = merged(workload.release) if workload.release else workload.deployed.data if workload.deployed else {}
    for keys, _ in leaves(data):
        if "tls" not in keys:
            continue
        way = [str(each) for each in keys]
        found = _in_values(index, workload, way) if workload.release else _in_manifest(index, workload, way)
        if found.is_set and found.value == knob.value:
            yield found


def _companion(plan: SetValue, index: Index) -> Workload | None:
    """An object of the asked kind that belongs to what is asked for, such as its Ingress. Raises AmbiguousWorkload."""
    wanted = plain(plan.kind or "")
    if not wanted and not naming.matching(index.workloads, plan.name):
        named = index.named(plan.name, plan.namespace, None)
        having = [each for each in named if resolved(each.data, plan.path.split("."))[2]]
        known = tuple(map(_as_workload, having or named))
        if len(having) > 1:
            raise naming.ambiguous(plan.name, known)
        return known[0] if len(known) == 1 else None
    found = [each for each in index.deployment.objects if wanted and plain(each.kind) == wanted]
    if not found or wanted in {plain(each.kind) for each in index.workloads}:
        return None
    named = [each for each in found if plain(plan.name) in map(plain, (each.name, each.own_name))]
    if not named:
        beside = index.belonging(index.find(plan.name, plan.namespace))
        named = [each for each in found if any(each is one for one in beside)]
    known = tuple(map(_as_workload, named))
    known = tuple(naming.narrowed(list(known), plan.namespace, plan.kind))
    if len(known) > 1:
        raise naming.ambiguous(plan.name, known)
    return known[0] if known else None


def _object(plan: SetValue, index: Index, parts: list[str]) -> Workload | None:
    """The object of that name whose manifest has the path, where that of no workload and no chart's values do.

    Raises AmbiguousWorkload.
    """
    meant = naming.matching(index.workloads, plan.name) if parts[0] == "spec" and plan.kind is None else []
    if not meant or any(_may_have(each, parts) for each in meant):
        return None
    named = index.named(plan.name, plan.namespace, None)
    known = tuple(_as_workload(each) for each in named if resolved(each.data, parts)[2])
    if len(known) > 1:
        raise naming.ambiguous(plan.name, known)
    return known[0] if known else None


def _may_have(workload: Workload, parts: list[str]) -> bool:
    """Whether the path could be one of its own: its manifest has it, or the values of its chart begin so."""
    if workload.deployed is not None:
        return resolved(workload.deployed.data, parts)[2]
    return workload.release is None or "spec" in merged(workload.release)


def _as_workload(found: Deployed) -> Workload:
    return Workload(
        kind=found.kind,
        namespace=found.namespace,
        name=found.name,
        path=found.path,
        document=found.document + 1,
        deployed=found,
    )


def _release(plan: SetValue, index: Index, first: str) -> Workload:
    """As `Index.release`; of a chart's several dependencies it is the one that the path begins with."""
    try:
        found = index.release(plan.name, plan.namespace, plan.kind)
    except AmbiguousWorkload:
        known = index.candidates(plan.name, plan.namespace, plan.kind)
        meant = [each for each in known if each.release and each.release.alias == first]
        if len({(each.path, each.namespace) for each in meant}) != 1:
            raise
        return meant[0]
    release = found.release
    if release is None or first in merged(release):
        return found
    beside = (each for each in index.workloads if each.release and each.release.alias == first)
    return next((each for each in beside if _is_beside(each.release, release)), found)


def _is_beside(one: Release | None, other: Release) -> bool:
    """Whether both are dependencies of one chart."""
    return one is not None and (one.path, one.document, one.owner) == (other.path, other.document, other.owner)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


def _in_values(index: Index, workload: Workload, parts: list[str]) -> Knob:
    release = workload.release
    if release is None:
        raise InputInvalid(f"{workload.label} is not deployed by a Helm chart.", name=workload.name, reason="no_chart")
    if not release.layers:
        raise EditRefused(
            f"The files do not tell where {'.'.join(parts)} of {workload.label} is decided.",
            workload=workload.label,
            name=workload.name,
            reason="undecided",
        )
    parts = _from_the_values(release, workload, parts)
    for layer in release.layers:
        if layer.parameters:
            found = _parameter(layer, parts)
        else:
            keys, value, there = resolved(layer.data, parts)
            found = _knob(layer.path, layer.spot.below(*keys), value, is_set=True) if there else None
        if found is not None and not layer.shared_by and not index.others(found, workload):
            return found
    for layer in homes(release):
        keys, _, _ = resolved(layer.data, parts)
        found = _knob(layer.path, layer.spot.below(*keys), None, is_set=False)
        if not index.others(found, workload):
            return found
    raise EditRefused(
        f"The values of {workload.label} are shared with others. Give it a values file of its own first, or change the "
        "shared one by hand for all of them.",
        name=workload.name,
        workload=workload.label,
        reason="values_shared",
    )


def _from_the_values(release: Release, workload: Workload, parts: list[str]) -> list[str]:
    """The path from where the values begin, though it is said from the top of the file or with the chart's name."""
    known = merged(release)
    if resolved(known, parts)[0][0] in known:
        return parts
    for layer in release.layers:
        above = [str(each) for each in layer.spot.path]
        if above and not layer.parameters and parts[: len(above)] == above and len(parts) > len(above):
            return parts[len(above) :]
    if parts[0] in _OF_OBJECTS:
        raise Incomplete(
            f"{workload.label} has nothing called {parts[0]} in the values of its chart, where paths begin.",
            name=workload.name,
            reason="no_setting",
        )
    named = (release.chart, _prefix(release.layers), "values", "Values")
    return parts[1:] if len(parts) > 1 and parts[0] in named else parts


def _prefix(layers: tuple[Layer, ...]) -> str:
    spots = [layer.spot.path for layer in layers if not layer.parameters and layer.spot.path]
    return str(spots[0][-1]) if spots else ""


def _parameter(layer: Layer, parts: list[str]) -> Knob | None:
    number, rest = parameter(layer, tuple(parts))
    if number < 0:
        return None
    keys, value, there = resolved(get(layer.data, number, "value"), [str(each) for each in rest])
    return _knob(layer.path, layer.spot.below(number, "value", *keys), value, is_set=True) if there else None


def _in_manifest(index: Index, workload: Workload, parts: list[str]) -> Knob:
    found = workload.deployed
    if found is None:
        raise InputInvalid(f"{workload.label} has no manifest of its own.", name=workload.name, reason="no_manifest")
    keys, value, there = resolved(found.data, parts)
    _refuse_unfit(workload, found, keys)
    if (replaced := _replaced(index, workload, found, keys)) is not None:
        return replaced
    for path, spot, patched, others in patched_places(index.files, found, keys, index.deployment.objects):
        if others:
            raise shared_place(".".join(parts), workload, path, others)
        return _knob(path, spot, patched, is_set=True)
    spot = Spot(found.document, (*found.keys, *keys))
    for knob in index.knobs(workload):
        if knob.is_set and knob.path != found.path and _same_field(knob, keys, found.kind):
            return knob
        if knob.path == found.path and knob.shared_by:
            raise shared_place(".".join(parts), workload, found.path, knob.shared_by)
    if others := copies(index, found):
        raise shared_place(".".join(parts), workload, found.path, others)
    return _knob(found.path, spot, value, is_set=there and value is not None)


def _refuse_unfit(workload: Workload, found: Deployed, keys: Path) -> None:
    """Refuse what an object is known by, and keys at its top that no object has."""
    if any(keys[: len(each)] == each for each in _IDENTITY):
        raise EditRefused(
            f"{'.'.join(map(str, keys))} is what {workload.label} is known by; changing it would make another one.",
            name=workload.name,
            reason="identity",
        )
    if keys[0] not in found.data and keys[0] not in _TOP:
        raise Incomplete(
            f"{workload.label} has nothing called {str(keys[0])[:60]}. Say the path of keys as it stands in "
            f"{found.path}.",
            name=workload.name,
            reason="no_setting",
        )


def _replaced(index: Index, workload: Workload, found: Deployed, keys: Path) -> Knob | None:
    """The place that a replacement takes the field from; one that is not for us to set where more hangs on it."""
    for each in filled(index.files, found, index.siblings(workload)):
        if each.keys == keys and each.knob is not None and each.knob.form is Form.VALUE:
            return each.knob
        if keys[: len(each.keys)] == each.keys or each.keys[: len(keys)] == keys:
            place = _knob(found.path, Spot(found.document, (*found.keys, *keys)), None, is_set=False)
            return replace(place, filled_by=each.by)
    return None


def copies(index: Index, found: Deployed) -> tuple[str, ...]:
    """The objects that another overlay or owner makes of the same document."""
    return tuple(
        f"{each.namespace}/{each.name}".lstrip("/")
        for each in index.deployment.objects
        if (each.path, each.document, each.keys) == (found.path, found.document, found.keys)
        and (each.namespace, each.name, each.owner) != (found.namespace, found.name, found.owner)
    )


def _same_field(knob: Knob, keys: Path, kind: str) -> bool:
    """Whether an overlay sets the very field."""
    return (knob.topic is Topic.REPLICAS and keys == ("spec", "replicas")) or (bool(kind) and knob.spot.path == keys)


def _knob(path: str, spot: Spot, value: Any, *, is_set: bool) -> Knob:
    return Knob(topic=Topic.RESTART, path=path, spot=spot, value=value, is_set=is_set)
