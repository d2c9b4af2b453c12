"""The volume claims beside a workload, and the places that decide their size and class."""

from collections.abc import Iterable, Iterator, Mapping
import re
from typing import Any

from ..layouts.files import Files, entries, get, word
from ..layouts.workload_kinds import is_workload, template
from ..model import Deployed, Form, Knob, Owner, Topic, Workload
from ..text import Path, Spot
from .patched import patched_places
from .stack import merged

SIZE: Path = ("spec", "resources", "requests", "storage")
_CLASS: Path = ("spec", "storageClassName")
_RELEASE = re.compile(r"\{\{-?\s*\.Release\.Name\s*-?\}\}")
_CLAIMED = re.compile("claim|pvc", re.IGNORECASE)


def claim_knobs(
    workload: Workload, siblings: list[Deployed], files: Files, *, only_mounted: bool = False
) -> Iterator[Knob]:
    """The claims beside a workload: those it mounts, or those that bear its name."""
    claims = [each for each in siblings if each.kind == "PersistentVolumeClaim"]
    if not claims:
        return
    spoken = mentioned(workload)
    mounted = [each for each in claims if each.name in spoken or each.own_name in spoken]
    alone = workload.release is not None and not [each for each in siblings if _runs(each)][1:]
    named = [] if only_mounted else [each for each in claims if alone or each.name.startswith(workload.name)]
    for claim in mounted or named:
        yield from _of_claim(claim, siblings, files)


def _of_claim(claim: Deployed, siblings: list[Deployed], files: Files) -> Iterator[Knob]:
    """The patches that decide about a claim, its manifest, and the patch that an overlay could have."""
    for topic, keys in ((Topic.STORAGE, SIZE), (Topic.STORAGE_CLASS, _CLASS)):
        for path, spot, value, users in patched_places(files, claim, keys, siblings):
            yield Knob(topic=topic, path=path, spot=spot, value=value, is_set=True, name=claim.name, shared_by=users)
        value = get(claim.data, *keys)
        yield Knob(
            topic=topic,
            path=claim.path,
            spot=Spot(claim.document, (*claim.keys, *keys)),
            value=value,
            is_set=value is not None,
            name=claim.name,
        )
    overlay = next((each for each in reversed(claim.overlays) if each.style == "kustomize"), None)
    if overlay is not None and claim.name == claim.own_name and not word(claim.data, "metadata", "namespace"):
        spot = overlay.spot.below("patches", len(entries(overlay.data, "patches")))
        yield Knob(topic=Topic.STORAGE, path=overlay.path, spot=spot, name=claim.name, form=Form.OVERLAY_CLAIM)


def _runs(found: Deployed) -> bool:
    return found.kind == "HelmRelease" or is_workload(found.kind, found.api)


def mounted_from_elsewhere(workload: Workload, found: Iterable[Deployed]) -> list[Deployed]:
    """The claims that a workload mounts though another owner deploys them, and fills nothing in."""
    spoken = mentioned(workload)
    return [
        each
        for each in found
        if each.kind == "PersistentVolumeClaim"
        and each.name in spoken
        and each.namespace == workload.namespace
        and _known(each.owner) != _known(workload.owner)
        and "${" not in word(each.data, *SIZE)
    ]


def _known(owner: Owner | None) -> tuple[object, ...]:
    return (owner.path, owner.document, owner.keys, owner.name) if owner else ()


def mentioned(workload: Workload) -> set[str]:
    """Every claim name that a workload's manifest or values speak of."""
    if workload.deployed is not None:
        pod = get(workload.deployed.data, *template(workload.deployed.kind), "spec", default={})
        return {word(each, "persistentVolumeClaim", "claimName") for each in entries(pod, "volumes")} - {""}
    found: set[str] = set()
    for layer in workload.release.layers if workload.release else ():
        _collect(layer.data, workload.release.name if workload.release else "", found)
    return found


def _collect(data: Any, release: str, found: set[str]) -> None:
    if isinstance(data, Mapping):
        for key, below in data.items():
            if isinstance(below, str) and _CLAIMED.search(str(key)):
                found.add(_RELEASE.sub(release, below))
            _collect(below, release, found)
    elif isinstance(data, list):
        for each in data:
            _collect(each, release, found)


def claim_called(workload: Workload, volume: str) -> str | None:
    """The claim that a workload mounts as the volume of that name."""
    if workload.release is not None:
        claim = word(merged(workload.release), "persistence", volume, "existingClaim")
        return _RELEASE.sub(workload.release.name, claim) or None
    pod = get(workload.deployed.data, *template(workload.kind), "spec", default={}) if workload.deployed else {}
    mounted = {word(each, "name"): word(each, "persistentVolumeClaim", "claimName") for each in entries(pod, "volumes")}
    return mounted.get(volume) or None
