"""ArgoCD Applications: their sources, and the values, parameters and kustomize settings in them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
import posixpath
import re
from typing import Any

from ..model import ChartVersion, Layer, Overlay, Owner, Release, Unread
from ..text import Path, Spot, Unreadable, values
from .expansion import Expansion
from .files import entries, get, mapping, normal, word
from .helm import add_chart, is_chart
from .kustomize import add_kustomization
from .templating import EXPRESSION

_OVERRIDES = (".argocd-source.yaml", ".argocd-source-{app}.yaml")
"""Files beside the manifests that override a source: https://argo-cd.readthedocs.io/en/stable/user-guide/parameters/"""

_PARAMETERS: Path = ("helm", "parameters")
_VALUES_FILE = re.compile(r"(?:^|\s)(?:-f|--values)[ =]\s*([^\s'\"]+)")
_SCHEME = re.compile(r"^[a-z+]+://|^[^@/]+@")


def application(
    data: Mapping[str, Any],
    path: str,
    document: int,
    keys: Path = (),
    *,
    generated: bool = False,
    parent: Owner | None = None,
) -> Owner:
    """An Application as the owner of what it deploys."""
    destination = mapping(data, "spec", "destination")
    namespace = word(destination, "namespace")
    return Owner(
        kind="Application",
        name=word(data, "metadata", "name"),
        namespace=word(data, "metadata", "namespace"),
        path=path,
        document=document,
        keys=keys,
        data=data,
        target_namespace="" if EXPRESSION.search(namespace) else namespace,
        cluster=word(destination, "name") or word(destination, "server"),
        generated=generated,
        parent=parent,
    )


def address(url: str) -> str:
    """A repository's address without what differs between https and ssh."""
    clean = _SCHEME.sub("", url.strip().lower()).replace(":", "/")
    return clean.removesuffix("/").removesuffix(".git")


def sources(owner: Owner) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every source with the keys that lead to it."""
    spec = mapping(owner.data, "spec")
    listed = entries(spec, "sources")
    if listed:
        for number, each in enumerate(listed):
            if isinstance(each, dict):
                yield (*owner.keys, "spec", "sources", number), each
    elif isinstance(spec.get("source"), dict):
        yield (*owner.keys, "spec", "source"), spec["source"]


def add_application(out: Expansion, owner: Owner) -> None:
    """Take in what an Application deploys from this repository, and the charts it takes from elsewhere."""
    references = {word(each, "ref"): _is_own(out, each) for _, each in sources(owner) if word(each, "ref")}
    for keys, source in sources(owner):
        if chart_of(source):
            out.releases.append(_foreign(out, owner, keys, source, references))
        elif "path" in source and _is_own(out, source):
            _add_path(out, owner, keys, source, references)


def chart_of(source: Mapping[str, Any]) -> str:
    """The chart that a source takes from elsewhere; that of an OCI address is its last part."""
    url = word(source, "repoURL")
    return posixpath.basename(word(source, "chart") or (url if url.startswith("oci://") else ""))


def _is_own(out: Expansion, source: Mapping[str, Any]) -> bool:
    url = word(source, "repoURL")
    return not out.own or not url or address(url) in out.own


def _foreign(
    out: Expansion, owner: Owner, keys: Path, source: Mapping[str, Any], references: Mapping[str, bool]
) -> Release:
    version = ChartVersion(
        path=owner.path,
        spot=Spot(owner.document, (*keys, "targetRevision")),
        value=word(source, "targetRevision"),
        shared_by=_sharing(owner),
    )
    return Release(
        kind="Application",
        name=word(source, "helm", "releaseName") or owner.name,
        namespace=owner.target_namespace,
        chart=chart_of(source),
        path=owner.path,
        document=owner.document,
        layers=_layers(out, owner, keys, source, references, None) or (),
        version=version,
        owner=owner,
    )


def _sharing(owner: Owner) -> tuple[str, ...]:
    if not owner.generated:
        return ()
    made = owner.keys[-1:] == ("template",)
    return ("every Application of its ApplicationSet" if made else "every Application that a patch is for",)


def _layers(
    out: Expansion,
    owner: Owner,
    keys: Path,
    source: Mapping[str, Any],
    references: Mapping[str, bool],
    directory: str | None,
) -> tuple[Layer, ...] | None:
    """The values of a source, strongest first; where there are none yet, a `valuesObject` could be.

    None where nobody can tell which of them are in force.
    """
    helm, found = mapping(source, "helm"), list[Layer]()
    inside = (*keys[len(owner.keys) :], "helm")
    if owner.element is None and any(each[: len(inside)] == inside for each in owner.filled):
        out.problems.append(Unread(path=owner.path, reason="has Helm values that a kustomization patches"))
        return None
    over = [each for each in _overrides(out, owner, directory or "") if entries(each[1], "helm", "parameters")]
    if directory and over:
        beside, data = over[-1]
        found.append(Layer(path=beside, spot=Spot(0, _PARAMETERS), data=get(data, *_PARAMETERS), parameters=True))
    elif entries(helm, "parameters"):
        spot, sharing = Spot(owner.document, (*keys, "helm", "parameters")), _sharing(owner)
        found.append(Layer(path=owner.path, spot=spot, data=helm["parameters"], shared_by=sharing, parameters=True))
    own = _inside(out, owner, keys, helm)
    if own is None:
        out.problems.append(Unread(path=owner.path, reason="has Helm values that I cannot read or ArgoCD fills in"))
        return None
    found.append(own)
    named = [each for each in entries(helm, "valueFiles") if isinstance(each, str)]
    for name in reversed([*named, *_of_plugin(source)]):
        path = _values_file(name, references, directory)
        if path is None:
            continue
        for each in reversed(out.files.matching(path)) if "*" in path else [path]:
            if each in out.files:
                documents = out.documents(each)
                data = documents[0] if documents and isinstance(documents[0], dict) else {}
                found.append(Layer(path=each, spot=Spot(0, ()), data=data))
            elif not get(helm, "ignoreMissingValueFiles"):
                out.misses(owner.path, "values file", name)
    return tuple(found)


def _inside(out: Expansion, owner: Owner, keys: Path, helm: Mapping[str, Any]) -> Layer | None:
    """The values in the source itself, or where they could be; None where something stands there that nobody knows."""
    sharing, spot = _sharing(owner), Spot(owner.document, (*keys, "helm", "valuesObject"))
    handed = [owner.filled.get((*keys[len(owner.keys) :], "helm", key)) for key in ("valuesObject", "values")]
    for path, at in filter(None, handed):
        return Layer(path=path, spot=at, data=get(out.documents(path)[at.document], *at.keys))
    if mapping(helm, "valuesObject"):
        return Layer(path=owner.path, spot=spot, data=helm["valuesObject"], shared_by=sharing)
    if isinstance(helm.get("values"), str) and (inline := _inline(helm["values"])) is not None:
        spot = Spot(owner.document, (*keys, "helm", "values"), ())
        return Layer(path=owner.path, spot=spot, data=inline, shared_by=sharing)
    if any(_says_something(helm.get(key)) for key in ("valuesObject", "values")):
        return None
    return Layer(path=owner.path, spot=spot, data={}, shared_by=sharing, exists=False)


def _says_something(text: Any) -> bool:
    """Whether a text is more than comments."""
    return isinstance(text, str) and any(line.strip() and line.strip()[0] != "#" for line in text.splitlines())


def _of_plugin(source: Mapping[str, Any]) -> list[str]:
    """The values files that the arguments of a plugin name, as those around `helm template` have them."""
    arguments = [word(each, "value") for each in entries(source, "plugin", "env")]
    return [name for each in arguments for name in _VALUES_FILE.findall(each)]


def _inline(text: str) -> Any:
    try:
        documents = values(text.encode())
    except Unreadable:
        return None
    return documents[0] if len(documents) == 1 and isinstance(documents[0], dict) else None


def _values_file(name: str, references: Mapping[str, bool], directory: str | None) -> str | None:
    """The path of a values file in this repository; None when it is in another one."""
    if name.startswith("$"):
        reference, _, rest = name[1:].partition("/")
        return normal(rest) if references.get(reference) else None
    if directory is None or "://" in name:
        return None
    return normal(name) if name.startswith("/") else normal(posixpath.join(directory, name))


def _add_path(
    out: Expansion, owner: Owner, keys: Path, source: Mapping[str, Any], references: Mapping[str, bool]
) -> None:
    directory = normal(word(source, "path"))
    if not out.files.is_directory(directory):
        if "{{" in directory:
            out.problems.append(Unread(path=owner.path, reason="has a source whose path only ArgoCD can fill in"))
        else:
            out.misses(owner.path, "folder", _templated(out, owner, keys) or directory)
        return
    if out.files.kustomization(directory) is not None:
        add_kustomization(out, directory, owner, tuple(_overlays(out, owner, keys, source, directory)))
    elif is_chart(out, directory):
        name = word(source, "helm", "releaseName") or owner.name
        layers = _layers(out, owner, keys, source, references, directory)
        add_chart(out, directory, name, owner.target_namespace, layers, owner, kind="Application")
    else:
        for path in _plain(out, directory, mapping(source, "directory")):
            out.add_file(path, owner)


def _templated(out: Expansion, owner: Owner, keys: Path) -> str:
    """The folder as the template of an ApplicationSet names it, so that it is told once for all it makes."""
    documents = list(out.documents(owner.path)) if owner.keys[-1:] == ("template",) else []
    return word(documents, owner.document, *keys, "path")


def _overlays(out: Expansion, owner: Owner, keys: Path, source: Mapping[str, Any], directory: str) -> Iterator[Overlay]:
    """The kustomize settings of a source, weakest first; what a file overrides it overrides whole."""
    settings, spot = mapping(source, "kustomize"), Spot(owner.document, (*keys, "kustomize"))
    found: list[Overlay] = []
    if settings or not owner.generated:
        found.append(Overlay(path=owner.path, spot=spot, data=settings, style="argocd"))
    for path, data in _overrides(out, owner, directory):
        if over := mapping(data, "kustomize"):
            found = [replace(each, data={k: v for k, v in each.data.items() if k not in over}) for each in found]
            found.append(Overlay(path=path, spot=Spot(0, ("kustomize",)), data=over, style="argocd"))
    yield from found


def _overrides(out: Expansion, owner: Owner, directory: str) -> Iterator[tuple[str, Any]]:
    for name in _OVERRIDES:
        path = posixpath.join(directory, name.format(app=owner.name))
        documents = out.documents(path) if path in out.files else ()
        if documents:
            yield path, documents[0]


def _plain(out: Expansion, directory: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """The manifests of a plain directory."""
    include, exclude = _globs(word(settings, "include")), _globs(word(settings, "exclude"))
    for path in out.files.yaml(directory, recurse=settings.get("recurse") is True):
        name = path.removeprefix(f"{directory}/") if directory else path
        if include and not any(fnmatchcase(name, glob) for glob in include):
            continue
        if out.files.is_manifest(path) and not any(fnmatchcase(name, glob) for glob in exclude):
            yield path


def _globs(text: str) -> list[str]:
    """`{a,b}` is several."""
    match = re.fullmatch(r"(.*)\{([^{}]*)\}(.*)", text)
    if match:
        return [f"{match[1]}{each.strip()}{match[3]}" for each in match[2].split(",")]
    return [text] if text else []
