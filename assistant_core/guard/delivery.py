"""Where ArgoCD, Flux and kustomize get things from and bring them to.

Whoever changes that leaves the repository, the project, the namespace or the cluster that a person chose.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import posixpath
import re
from typing import Any, Self

from ..manifest import load
from ..yaml_scan import Unreadable
from .elements import without_fillings
from .objects import KubernetesObject, objects
from .shape import leaves, plain, written

_SOURCE = r"sources?(\[[^\]]*\])?\.(repoURL|chart|plugin\b.*|helm\.valueFiles\[[^\]]*\])"
_SPEC = rf"project|destination\..*|{_SOURCE}"
_ROUTES = {
    ("argoproj.io", "Application"): rf"spec\.({_SPEC})",
    ("argoproj.io", "ApplicationSet"): rf"spec\.(generators.*|templatePatch|template\.spec\.({_SPEC}))",
    ("argoproj.io", "AppProject"): r"spec.*",
    ("source.toolkit.fluxcd.io", "GitRepository"): r"spec\.(url|secretRef\..*|ref\..*)",
    ("source.toolkit.fluxcd.io", "HelmRepository"): r"spec\.(url|secretRef\..*)",
    ("source.toolkit.fluxcd.io", "OCIRepository"): r"spec\.(url|secretRef\..*)",
    ("source.toolkit.fluxcd.io", "Bucket"): r"spec\.(endpoint|bucketName|secretRef\..*)",
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): (
        r"spec\.(sourceRef\..*|path|targetNamespace|kubeConfig\..*|serviceAccountName)"
    ),
    ("helm.toolkit.fluxcd.io", "HelmRelease"): (
        r"spec\.(chart\.spec\.(chart|sourceRef\..*)|chartRef\..*|targetNamespace|storageNamespace|kubeConfig\..*"
        r"|serviceAccountName|postRenderers.*)"
    ),
    ("helm.cattle.io", "HelmChart"): (
        r"spec\.(repo|repoCA.*|chart|chartContent|targetNamespace|bootstrap|jobImage|podSecurityContext.*|securityContext.*"
        r"|authSecret.*|insecureSkipTLSVerify|plainHTTP)"
    ),
    ("kustomize.config.k8s.io", ""): (
        r"(resources|bases|components|configurations|crds|generators|transformers|validators)\[[^\]]*\]"
        r"|helmCharts\[[^\]]*\]\.repo|namespace|openapi\..*"
    ),
}
_PATTERNS = {key: re.compile(pattern, re.DOTALL) for key, pattern in _ROUTES.items()}
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MARKS = (b"argoproj.io", b"toolkit.fluxcd.io", b"helm.cattle.io", b"helmCharts")
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]{1,20}://|git@|(?:github|gitlab|bitbucket|codeberg)\.[a-z]{2,4}/")

REPOSITORIES = (".repoURL", ".url", ".endpoint", ".repo")
PROJECTS = ("spec.project",)
CLUSTERS = (".destination.server", ".destination.name")
"""How the places of these fields end."""


def routes(found: KubernetesObject) -> dict[str, Any]:
    """The fields of an object that decide where things come from and go, by their place."""
    pattern = _PATTERNS.get(_key(found))
    if pattern is None:
        return {}
    places = {written(place): leaf for place, leaf in leaves(found.content)}
    decided = {place: leaf for place, leaf in places.items() if pattern.fullmatch(place)}
    return without_fillings(decided, places) if found.kind == "ApplicationSet" else decided


def is_kustomization(found: KubernetesObject) -> bool:
    """Whether it is kustomize's own file, which may do without a kind."""
    is_file = not found.kind and posixpath.basename(found.name) in _KUSTOMIZATIONS
    return is_file or found.group == "kustomize.config.k8s.io"


def _key(found: KubernetesObject) -> tuple[str, str]:
    return ("kustomize.config.k8s.io", "") if is_kustomization(found) else (found.group, found.kind)


def repository(url: object) -> str:
    """A repository's address in the one form by which two are compared."""
    return plain(url).rstrip("/").removesuffix(".git")


def is_remote(resource: object) -> bool:
    """Whether a kustomize resource is fetched from elsewhere."""
    return isinstance(resource, str) and _REMOTE.search(resource) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the repository's own objects use before a change: new ones may use the same and nothing else."""

    repositories: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Self:
        """What the files of a commit use; one that cannot be read is left out."""
        used = [each for path, data in files.items() for each in _used(path, data)]
        return cls(
            repositories=frozenset(repository(leaf) for where, leaf in used if where.endswith(REPOSITORIES)),
            projects=frozenset(plain(leaf) for where, leaf in used if where.endswith(PROJECTS)),
            clusters=frozenset(plain(leaf) for where, leaf in used if where.endswith(CLUSTERS)),
        )


def _used(path: str, data: bytes) -> Iterator[tuple[str, Any]]:
    if not path.endswith((".yaml", ".yml")) or not any(mark in data for mark in _MARKS):
        return
    try:
        documents = load(data)
    except Unreadable:
        return
    for document in documents:
        for found in objects(document, path):
            if found.kind != "AppProject":
                yield from routes(found).items()
