"""What a repository deploys, and the places in it that decide how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .text import Path, Spot


class Topic(StrEnum):
    """What a place decides."""

    REPLICAS = "replicas"
    IMAGE = "image"
    CPU_REQUEST = "cpu_request"
    MEMORY_REQUEST = "memory_request"
    CPU_LIMIT = "cpu_limit"
    MEMORY_LIMIT = "memory_limit"
    ENV = "env"
    CHART_VERSION = "chart_version"
    STORAGE = "storage"
    STORAGE_CLASS = "storage_class"
    SUSPEND = "suspend"
    RESTART = "restart"


class Confidence(StrEnum):
    """How sure it is that the place decides: as Kubernetes reads it, known of the chart, or found by its name."""

    CERTAIN = "certain"
    KNOWN = "known"
    LIKELY = "likely"


class Form(StrEnum):
    """How a place holds its value."""

    VALUE = "value"
    REFERENCE = "reference"  # an image as one text, `repository:tag@digest`
    IMAGE = "image"  # a mapping of repository, tag and perhaps digest
    KUSTOMIZE_IMAGE = "kustomize image"  # a mapping of name, newName, newTag, digest
    IMAGE_ARGUMENT = "image argument"  # `name=new:tag`, as ArgoCD hands it to kustomize
    ENV_LIST = "env list"  # items of name and value
    ENV_MAP = "env map"
    LITERAL = "literal"  # `NAME=value`
    OVERLAY_REPLICAS = "new kustomize replicas"
    OVERLAY_IMAGE = "new kustomize image"
    OVERLAY_PATCH = "new kustomize patch"
    OVERLAY_CLAIM = "new kustomize patch of a claim"
    VARIABLE = "variable"  # a text that Flux puts where `${NAME}` stands

    @property
    def is_of_overlay(self) -> bool:
        """Whether it is a new entry of a kustomization, stronger than all that its bases say."""
        return self in (Form.OVERLAY_REPLICAS, Form.OVERLAY_IMAGE, Form.OVERLAY_PATCH, Form.OVERLAY_CLAIM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """One place that decides something about a workload, or could; `value` is None where it is not set.

    `container` is the container or the part of a chart, `name` the variable or the volume. Whoever else reads the place
    stands in `shared_by`: changing it changes them too. `first`: a new key is put above the others. `wins`: once set,
    it is stronger than every place that is set already. `filled_by`: what puts the value in, whoever sets it here.
    """

    topic: Topic
    path: str
    spot: Spot
    value: Any = None
    is_set: bool = False
    container: str = ""
    name: str = ""
    form: Form = Form.VALUE
    confidence: Confidence = Confidence.CERTAIN
    shared_by: tuple[str, ...] = ()
    first: bool = False
    wins: bool = False
    filled_by: str = ""

    @property
    def field(self) -> str:
        """The path of keys as a person reads it."""
        return ".".join(map(str, self.spot.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file, or a document of it, that was left out; `reason` completes "this file ..."."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An Application or a Flux Kustomization, whose files are deployed together.

    `keys` lead to the object in its document. `filled` are the keys in it that one element of a list, or one file,
    fills in for it alone, each with the path of a file and the place of the value in it; `element` is that element or
    file as a whole. `made_of` is the directory of which a generator makes it and nothing else; `folders` is the pattern
    of the directories that a template takes.
    `root` is the folder of the repository from which its paths begin.
    """

    kind: str
    name: str
    namespace: str
    path: str
    document: int
    keys: Path = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    target_namespace: str = ""
    cluster: str = ""
    generated: bool = False
    filled: Mapping[Path, tuple[str, Spot]] = field(default_factory=dict)
    element: tuple[str, Spot] | None = None
    made_of: str = ""
    folders: str = ""
    root: str = ""
    parent: Owner | None = None

    @property
    def spot(self) -> Spot:
        """Where the object stands."""
        return Spot(self.document, self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A kustomization that objects go through: a kustomization.yaml, or the same keys of an Application or of Flux."""

    path: str
    spot: Spot
    data: Mapping[str, Any]
    style: str = "kustomize"  # or "argocd", "flux"

    @property
    def is_folder(self) -> bool:
        """Whether it is the kustomization of a folder of its own, and no component of others."""
        return self.style == "kustomize" and self.data.get("kind") != "Component"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """One Kubernetes object on its way to a cluster; `overlays` are innermost first.

    `name` and `namespace` are those it has in the end, `own_name` is the one in its file.
    """

    kind: str
    api: str
    name: str
    namespace: str
    own_name: str
    path: str
    document: int
    data: Mapping[str, Any]
    keys: Path = ()
    overlays: tuple[Overlay, ...] = ()
    owner: Owner | None = None

    def goes_through(self, overlay: Overlay) -> bool:
        """Whether it is among what that kustomization builds."""
        return any((each.path, each.spot) == (overlay.path, overlay.spot) for each in self.overlays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Helm values in one place, `spot` being where the chart's own values begin.

    `parameters` are a list of names and values, whose names begin with `prefix`.
    """

    path: str
    spot: Spot
    data: Any
    shared_by: tuple[str, ...] = ()
    parameters: bool = False
    prefix: Path = ()
    exists: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartVersion:
    """Where the version of a chart stands."""

    path: str
    spot: Spot
    value: str
    shared_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A workload in the templates of a chart; `takes` are the keys of the values that decide its settings."""

    kind: str
    name: str
    takes: Mapping[str, Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A chart with its values, strongest layer first; `alias` is what the chart around it calls it.

    `secrets` are those that set values below all layers. `taken` are the values that its templates speak of, None where
    nobody knows them all, `rendered` the workloads in them, as far as they are known.
    """

    kind: str
    name: str
    namespace: str
    chart: str
    path: str
    document: int
    layers: tuple[Layer, ...]
    version: ChartVersion | None = None
    source: Deployed | None = None
    owner: Owner | None = None
    secrets: tuple[str, ...] = ()
    alias: str = ""
    taken: frozenset[Path] | None = None
    rendered: tuple[Rendered, ...] = ()

    @property
    def known_as(self) -> tuple[str, ...]:
        """What its chart is called: by itself, and by the object that a HelmRelease refers to."""
        spec = self.source.data.get("spec") if self.source else None
        reference = spec.get("chartRef") if isinstance(spec, Mapping) else None
        named = reference.get("name") if isinstance(reference, Mapping) else None
        return (self.chart, named) if isinstance(named, str) else (self.chart,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Something that can be asked for by name; `namespace` is "" when the files name none, `document` counts from 1.

    `aliases` are the other names that lead to it, `helpers` its init containers. What it is made of is for the knobs:
    an object, or a release and the part of it. `is_custom`: an operator runs it from a custom resource.
    `twins` are the other owners that deploy the very same, as for another cluster.
    """

    kind: str
    namespace: str
    name: str
    path: str
    document: int
    aliases: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    cluster: str = ""
    is_custom: bool = False
    deployed: Deployed | None = field(default=None, repr=False, compare=False)
    release: Release | None = field(default=None, repr=False, compare=False)
    part: str = ""
    twins: tuple[Owner, ...] = field(default=(), repr=False, compare=False)

    @property
    def label(self) -> str:
        """The name that tells it apart from its namesakes."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def whole(self) -> str:
        """The name of the release that it is a part of, or its own."""
        return self.release.name if self.release else self.name

    @property
    def owner(self) -> Owner | None:
        """What deploys it."""
        source = self.deployed or self.release
        return source.owner if source else None

    @property
    def way(self) -> tuple[str, ...]:
        """The kustomizations that it goes through, innermost first: two ways lead to two workloads."""
        found = self.deployed or (self.release.source if self.release else None)
        return tuple(each.path for each in found.overlays if each.style == "kustomize") if found else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """Something that sets a workload's replicas in its place; empty fields match any workload.

    `by` names it for a person.
    """

    by: str
    path: str
    kind: str
    namespace: str
    name: str

    def scales(self, workload: Workload) -> bool:
        """Whether it decides over this workload, as far as the files tell."""
        return (
            self.name == workload.name
            and self.kind in ("", workload.kind)
            and ("" in (self.namespace, workload.namespace) or self.namespace == workload.namespace)
        )
