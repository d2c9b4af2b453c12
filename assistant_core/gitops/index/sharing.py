"""Who else reads a place: a base of several overlays, a values file of several releases."""

from collections.abc import Mapping, Sequence
from functools import cached_property
import posixpath

from ..knobs.all import image_repositories
from ..knobs.pods import patch_knobs
from ..layouts.files import Files
from ..layouts.kustomize import patch_files
from ..model import Deployed, Form, Knob, Owner, Release, Topic, Workload
from ..text import Spot

type Chain = tuple[object, ...]


class Sharing:
    """The workloads that a change of a place would change too."""

    def __init__(
        self, workloads: Sequence[Workload], releases: Sequence[Release], objects: Sequence[Deployed], files: Files
    ) -> None:
        self._workloads, self._files = workloads, files
        self.claims: list[Deployed] = []
        self._beside: dict[tuple[str, int], list[Deployed]] = {}
        for found in objects:
            if found.kind == "PersistentVolumeClaim":
                self.claims.append(found)
            if found.kind in ("ConfigMap", "PersistentVolumeClaim"):
                self._beside.setdefault((found.path, found.document), []).append(found)
        self._origins: dict[Chain, list[Workload]] = {}
        self._overlays: dict[str, list[Workload]] = {}
        self._releases: dict[str, list[Release]] = {}
        for each in workloads:
            if each.deployed is not None:
                self._origins.setdefault(_origin(each), []).append(each)
                for path in {overlay.path for overlay in each.deployed.overlays}:
                    self._overlays.setdefault(path, []).append(each)
        for release in releases:
            for path in {layer.path for layer in (*release.layers, release.version) if layer}:
                self._releases.setdefault(path, []).append(release)

    def others(self, knob: Knob, workload: Workload) -> tuple[str, ...]:
        """The labels of workloads that go another way to the cluster and read the same place."""
        if knob.form is Form.VARIABLE:
            return ()
        if beside := self._of_object(knob, workload):
            return beside
        if workload.release is not None:
            return self._of_release(knob, workload.release)
        mine = _chain(workload)
        found = [each for each in self._origins.get(_origin(workload), ()) if _reads(each, knob.path)]
        if knob.form in (Form.KUSTOMIZE_IMAGE, Form.IMAGE_ARGUMENT):
            found += [each for each in self._overlays.get(knob.path, ()) if _takes_image(each, knob, workload)]
        found = [each for each in found if _chain(each) != mine]
        found += self._patched.get((knob.path, knob.spot), ())
        return tuple(dict.fromkeys(each.label for each in found if each is not workload))

    def _of_object(self, knob: Knob, workload: Workload) -> tuple[str, ...]:
        """The claims and ConfigMaps that others make of the same document."""
        made = [
            each for each in self._beside.get((knob.path, knob.spot.document), ()) if _covers(each.keys, knob.spot.path)
        ]
        if len(made) == 1 and _known_owner(made[0].owner) != _known_owner(workload.owner):
            return ()  # it is mounted from there
        others = (each for each in made if not same_way(each, workload))
        return tuple(dict.fromkeys(f"{each.namespace}/{each.name}".lstrip("/") for each in others))

    @cached_property
    def _patched(self) -> Mapping[tuple[str, Spot], list[Workload]]:
        """The workloads that take something from the same place of a patch."""
        users: dict[tuple[str, Spot], list[Workload]] = {}
        for each in self._workloads:
            for knob in patch_knobs(self._files, each.deployed) if each.deployed else ():
                users.setdefault((knob.path, knob.spot), []).append(each)
        return users

    def _of_release(self, knob: Knob, mine: Release) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                f"{each.namespace}/{each.name}".lstrip("/")
                for each in self._releases.get(knob.path, ())
                if _known_as(each) != _known_as(mine) and not _are_of_one_chart(each, mine) and _takes_value(each, knob)
            )
        )


def _are_of_one_chart(one: Release, other: Release) -> bool:
    """Whether both are in one chart, as a dependency is: the values below its key are its own."""
    return one.owner is other.owner and (one.path, one.document) == (other.path, other.document)


def _takes_value(release: Release, knob: Knob) -> bool:
    if knob.topic is Topic.CHART_VERSION:
        version = None if knob.shared_by else release.version
        is_new = version is None or version.spot.inside is not None  # a new patch is for one release
        return version is not None and not is_new and (version.path, version.spot) == (knob.path, knob.spot)
    return any(
        layer.path == knob.path
        and layer.spot.document == knob.spot.document
        and _covers(layer.spot.path, knob.spot.path)
        for layer in release.layers
        if layer.exists or layer.spot.inside is None  # a new patch is for one release
    )


def _known_as(release: Release) -> Chain:
    way = tuple(each.path for each in release.source.overlays if each.style == "kustomize") if release.source else ()
    cluster = release.owner.cluster if release.owner else ""
    return release.path, release.document, release.name, release.namespace, cluster, way


def _covers(outer: Chain, inner: Chain) -> bool:
    return inner[: len(outer)] == outer


def _chain(workload: Workload) -> Chain:
    found = workload.deployed
    if found is None:
        return ()
    return (*(each.path for each in found.overlays), _known_owner(found.owner))


def same_way(found: Deployed, workload: Workload) -> bool:
    """Whether an object is deployed along with a workload; what an overlay makes joins on the way."""
    if _known_owner(found.owner) != _known_owner(workload.owner):
        return False
    way = tuple(each.path for each in found.overlays if each.style == "kustomize")
    length = min(len(way), len(workload.way))
    return not length or way[-length:] == workload.way[-length:]


def _known_owner(owner: Owner | None) -> Chain:
    return (owner.path, owner.document, owner.keys, owner.name) if owner else ()


def _origin(workload: Workload) -> Chain:
    found = workload.deployed
    return (found.path, found.document, found.keys) if found else ()


def _reads(workload: Workload, path: str) -> bool:
    found = workload.deployed
    if found is None:
        return False
    through = {each.path for each in found.overlays}
    patched = {name for each in found.overlays for name in patch_files(posixpath.dirname(each.path), each.data)}
    return path == found.path or path in through or path in patched


def _takes_image(other: Workload, knob: Knob, workload: Workload) -> bool:
    found, mine = other.deployed, workload.deployed
    if found is None or mine is None:
        return False
    return knob.name in image_repositories(found).values() and found.owner != mine.owner
