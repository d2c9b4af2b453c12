"""Let a CronJob or a Flux object rest, and wake it again."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from ...errors import AmbiguousWorkload, EditRefused, InputInvalid
from ...models.plan import Resume, Suspend
from ..index import Index, naming
from ..knobs import decisive
from ..knobs.choosing import shared_place
from ..knobs.patched import patched_places
from ..layouts.files import get
from ..layouts.kustomize import patches
from ..layouts.selecting import selects
from ..model import Deployed, Knob, Owner, Topic, Workload
from ..spoken import plain
from ..text import Set, Spot
from .edit import Draft, Edit, target_of
from .set_value import copies

_SUSPEND = ("spec", "suspend")
_FLUX = ("HelmRelease", "Kustomization")


def suspend(plan: Suspend, index: Index) -> Edit:
    """The edit that suspends. Raises InputInvalid (and its subclasses), EditRefused."""
    return _edit(plan, index, wanted=True)


def resume(plan: Resume, index: Index) -> Edit:
    """The edit that resumes. Raises InputInvalid (and its subclasses), EditRefused."""
    return _edit(plan, index, wanted=False)


def _edit(plan: Suspend | Resume, index: Index, *, wanted: bool) -> Edit:
    workload, knob = (None if wanted or plan.kind else _asleep(plan, index)) or _found(plan, index)
    draft = Draft(index)
    was = knob.value is True
    if was != wanted:
        draft.change(knob.path, Set(knob.spot, wanted))
    return draft.edit(target_of(workload, knob, str(was).lower(), str(wanted).lower()))


def _asleep(plan: Suspend | Resume, index: Index) -> tuple[Workload, Knob] | None:
    """The one thing of that name that is suspended. Raises AmbiguousWorkload where several are."""
    found: dict[str, tuple[Workload, Knob]] = {}
    for kind in ("CronJob", *_FLUX):
        with suppress(InputInvalid, EditRefused):
            found[kind] = _found(replace(plan, kind=kind), index)
    if "Kustomization" not in found and (deploying := _deploying(plan, index)):
        found["Kustomization"] = deploying
    asleep = {kind: each for kind, each in found.items() if each[1].value is True}
    first = next(iter(asleep.values()), None)
    if first and len(asleep) > 1:
        raise _several(plan, first[0], asleep)
    return first


def _deploying(plan: Suspend | Resume, index: Index) -> tuple[Workload, Knob] | None:
    """The Kustomization that deploys this app and nothing else, whatever it is called."""
    try:
        found = index.candidates(plan.name, plan.namespace)
    except InputInvalid:
        return None
    owner = found[0].owner
    users = [each for each in index.workloads if each.owner is owner]
    known = (each for each in _all_kustomizations(index) if owner and each[0].path == owner.path)
    alone = {(each.path, each.document) for each in users} == {(each.path, each.document) for each in found}
    return next((each for each in known if owner and alone and each[0].name == owner.name), None)


def _found(plan: Suspend | Resume, index: Index) -> tuple[Workload, Knob]:
    kustomizations = _kustomizations(plan, index)
    if plan.kind == "Kustomization" or (kustomizations and plan.kind is None and not _is_called(plan, index)):
        if not kustomizations:
            raise naming.unknown(plan.name, index.workloads, [], "")
        if len(kustomizations) > 1:
            raise naming.ambiguous(plan.name, [each for each, _ in kustomizations])
        return kustomizations[0]
    if resting := _switched(plan, index):
        return resting
    found = index.candidates(plan.name, plan.namespace, plan.kind)
    jobs = [each for each in found if each.kind == "CronJob" and plan.kind != "HelmRelease"]
    if jobs and plan.kind is None and isinstance(plan, Suspend) and len({each.label for each in jobs}) == 1:
        _refuse_several(plan, jobs[0], found, [each for each, _ in kustomizations])
    find = index.find if jobs else index.release
    workload = find(plan.name, plan.namespace, "CronJob" if jobs else plan.kind)
    knobs = [each for each in index.knobs(workload) if each.topic is Topic.SUSPEND]
    source = workload.release.source if workload.release else None
    if workload.kind == "CronJob" and (knobs or source is None) and plan.kind != "HelmRelease":
        return workload, decisive(workload, knobs, Topic.SUSPEND)
    if source is not None and source.kind in _FLUX:
        return workload, _of_release(index, workload, source)
    _offer(workload, kustomizations if plan.kind is None else [])
    raise InputInvalid(
        f"{workload.label} is a {workload.kind}; only CronJobs, HelmReleases and Flux Kustomizations can be suspended.",
        name=workload.name,
        kind=workload.kind,
        reason="not_suspended",
    )


def _switched(plan: Suspend | Resume, index: Index) -> tuple[Workload, Knob] | None:
    """The only object of that name, where it is no workload and its manifest says whether it is suspended."""
    known = [] if naming.matching(index.workloads, plan.name) else index.named(plan.name, plan.namespace, plan.kind)
    found = [each for each in known if isinstance(get(each.data, *_SUSPEND), bool)]
    if len(found) != 1:
        return None
    [each] = found
    workload = Workload(
        kind=each.kind, namespace=each.namespace, name=each.name, path=each.path, document=each.document + 1
    )
    return workload, _of_release(index, workload, each)


def _is_called(plan: Suspend | Resume, index: Index) -> bool:
    """Whether a workload or its release is called so itself, and not only by its folder or its chart."""
    asked = plain(plan.name)
    own = [
        name
        for each in naming.matching(index.workloads, plan.name)
        for name in (each.name, *naming.labels_of(each), each.label, each.release.name if each.release else "")
    ]
    return asked in map(plain, own)


def _offer(workload: Workload, kustomizations: Sequence[tuple[Workload, Knob]]) -> None:
    """Ask whether what deploys it shall rest, where it cannot itself. Raises AmbiguousWorkload."""
    candidates = tuple(f"{each.label} ({each.kind})" for each, _ in kustomizations)
    if candidates:
        raise AmbiguousWorkload(
            f"{workload.label} is a {workload.kind}, which cannot be suspended itself; {naming.either(candidates)} can."
            " Say so if you mean that, or scale it to 0.",
            candidates=candidates,
            name=workload.name,
            kind=workload.kind,
        )


def _refuse_several(
    plan: Suspend, job: Workload, found: Sequence[Workload], kustomizations: Sequence[Workload]
) -> None:
    """Ask where a job and what deploys it have one name. Raises AmbiguousWorkload."""
    asked = plain(plan.name.rpartition("/")[2])
    sources = [each.release.source for each in found if each.release and each.release.source]
    named = [each.kind for each in sources if each.kind in _FLUX and plain(each.name) == asked]
    kinds = dict.fromkeys([job.kind, *named, *(each.kind for each in kustomizations)])
    if len(kinds) > 1:
        raise _several(plan, job, kinds)


def _several(plan: Suspend | Resume, workload: Workload, kinds: Iterable[str]) -> AmbiguousWorkload:
    candidates = tuple(f"{workload.label} ({each})" for each in kinds)
    return AmbiguousWorkload(
        f"Several things are called '{plan.name[:63]}': {naming.either(candidates)}. Say which one you mean.",
        candidates=candidates,
        name=plan.name[:63],
    )


def _of_release(index: Index, workload: Workload, found: Deployed) -> Knob:
    """The place for this HelmRelease alone: a patch of its own where others are made of the same document."""
    for path, spot, value, others in patched_places(index.files, found, _SUSPEND, index.deployment.objects):
        if others:
            raise shared_place(".".join(_SUSPEND), workload, path, others)
        return Knob(topic=Topic.SUSPEND, path=path, spot=spot, value=value, is_set=True)
    others = copies(index, found)
    if not others:
        return _flux(found)
    for overlay in reversed(found.overlays):
        users = [each for each in index.deployment.objects if each.goes_through(overlay)]
        for path, spot, content, target in patches(index.files, overlay):
            if isinstance(content, dict) and [each for each in users if selects(target, content, each)] == [found]:
                return Knob(topic=Topic.SUSPEND, path=path, spot=spot.below(*_SUSPEND))
    raise shared_place(".".join(_SUSPEND), workload, found.path, others)


def _flux(found: Deployed | Owner) -> Knob:
    spot = Spot(found.document, (*found.keys, "spec", "suspend"))
    value = get(found.data, "spec", "suspend")
    return Knob(topic=Topic.SUSPEND, path=found.path, spot=spot, value=value, is_set=value is not None)


def _kustomizations(plan: Suspend | Resume, index: Index) -> list[tuple[Workload, Knob]]:
    wanted = plain(plan.name)
    known = _all_kustomizations(index)
    meant = [each for each, _ in known if wanted in map(plain, (each.name, *naming.labels_of(each)))]
    meant = naming.narrowed(meant, plan.namespace, None)
    return [(each, knob) for each, knob in known if each in meant]


def _all_kustomizations(index: Index) -> list[tuple[Workload, Knob]]:
    return [
        (
            Workload(
                kind=each.kind, namespace=each.namespace, name=each.name, path=each.path, document=each.document + 1
            ),
            _flux(each),
        )
        for each in index.deployment.owners
        if each.kind == "Kustomization" and get(each.data, "kind") == "Kustomization"
    ]
