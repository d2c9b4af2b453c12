"""Who else reads a place: a base of several overlays, a values file of several releases."""

from collections.abc import Sequence
import posixpath

from ..knobs.all import image_repositories
from ..layouts.kustomize import patch_files
from ..model import Form, Knob, Release, Workload

type Chain = tuple[object, ...]


class Sharing:
    """The workloads that a change of a place would change too."""

    def __init__(self, workloads: Sequence[Workload], releases: Sequence[Release]) -> None:
        self._workloads = workloads
        self._releases = releases

    def others(self, knob: Knob, workload: Workload) -> tuple[str, ...]:
        """The labels of workloads that go another way to the cluster and read the same place."""
        if knob.form is Form.VARIABLE:
            return ()
        if workload.release is not None:
            return self._of_release(knob, workload)
        mine = _chain(workload)
        found = []
        for each in self._workloads:
            if each is workload or each.deployed is None or _chain(each) == mine:
                continue
            if (_same_origin(each, workload) and _reads(each, knob.path)) or (
                knob.form in (Form.KUSTOMIZE_IMAGE, Form.IMAGE_ARGUMENT) and _goes_through(each, knob, workload)
            ):
                found.append(each.label)
        return tuple(dict.fromkeys(found))

    def _of_release(self, knob: Knob, workload: Workload) -> tuple[str, ...]:
        mine = workload.release
        return tuple(
            dict.fromkeys(
                f"{each.namespace}/{each.name}"
                for each in self._releases
                if mine is not None
                and (each.path, each.document, each.name, each.namespace)
                != (mine.path, mine.document, mine.name, mine.namespace)
                and any(
                    layer.path == knob.path
                    and layer.spot.document == knob.spot.document
                    and _covers(layer.spot.path, knob.spot.path)
                    for layer in each.layers
                )
            )
        )


def _covers(outer: Chain, inner: Chain) -> bool:
    return inner[: len(outer)] == outer


def _chain(workload: Workload) -> Chain:
    found = workload.deployed
    if found is None:
        return ()
    owner = found.owner
    return (*(each.path for each in found.overlays), owner and (owner.path, owner.document, owner.keys, owner.name))


def _same_origin(one: Workload, other: Workload) -> bool:
    a, b = one.deployed, other.deployed
    return a is not None and b is not None and (a.path, a.document, a.keys) == (b.path, b.document, b.keys)


def _reads(workload: Workload, path: str) -> bool:
    found = workload.deployed
    if found is None:
        return False
    through = {each.path for each in found.overlays}
    patched = {name for each in found.overlays for name in patch_files(posixpath.dirname(each.path), each.data)}
    return path == found.path or path in through or path in patched


def _goes_through(other: Workload, knob: Knob, workload: Workload) -> bool:
    found, mine = other.deployed, workload.deployed
    if found is None or mine is None or knob.path not in {each.path for each in found.overlays}:
        return False
    return knob.name in image_repositories(found).values() and found.owner != mine.owner
