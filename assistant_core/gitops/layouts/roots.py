"""The deployers of a repository, which of them are applied first, and which are never read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
import posixpath
import re
from typing import Any

from ..model import Deployed, Owner, Release, Unread
from ..text import Path, Unreadable
from .applicationsets import applications
from .argocd import add_application, address, application, chart_of, sources
from .deleted import surviving
from .expansion import Expansion
from .files import KUSTOMIZATIONS, Files, entries, mapping, merge, normal, word
from .flux import KUSTOMIZE, add_flux, instance, kustomization
from .patched_applications import as_patched

SHELVED = re.compile(r"(^|/)(archived?|disabled|deprecated|unused|attic|old)(/|$)", re.IGNORECASE)
"""Folders of what somebody has put away."""

_PARENT = re.compile(r"((?:[\w.-]+/)+)(?:%s|\{\{)")
_CHILDREN = re.compile(rb"path:[^\n]*\}\}/\*['\"]?[ \t]*\r?$", re.MULTILINE)
"""How a template says that an ApplicationSet takes every folder of one that is filled in."""
_HIDDEN = re.compile(r"(^|/)\.")

type Identity = tuple[str, int, Path]


def identity(owner: Owner | Deployed) -> Identity:
    """What makes two owners the same one."""
    return owner.path, owner.document, owner.keys


def owners(files: Files, found: Deployed) -> list[Owner]:
    """The Applications or Kustomizations that an object stands for."""
    group = found.api.split("/")[0]
    if found.kind == "Application" and group == "argoproj.io":
        own = application(found.data, found.path, found.document, found.keys, parent=found.owner)
        return [as_patched(files, own, found)]
    if found.kind == "ApplicationSet" and group == "argoproj.io":
        return list(applications(files, found.data, found.path, found.document, (*found.keys, "spec"), found.owner))
    if found.kind == "Kustomization" and group == KUSTOMIZE:
        return [kustomization(files, found)]
    if found.kind == "FluxInstance" and mapping(found.data, "spec", "sync"):
        return [instance(files, found)]
    return []


def expand(files: Files, owner: Owner, own: frozenset[str]) -> Expansion:
    """What one owner deploys, without what that deploys in its turn."""
    out = Expansion(files, own=own)
    if owner.kind == "Kustomization":
        add_flux(out, owner)
    else:
        add_application(out, owner)
    out.objects = surviving(files, out.objects)
    return out


def objects(files: Files, charts: tuple[str, ...]) -> tuple[list[Deployed], list[Unread]]:
    """Every Kubernetes object of the repository as it stands in its file, whoever deploys it."""
    out = Expansion(files)
    for path in files.all_yaml():
        if _HIDDEN.search(path) or is_template(path, charts):
            continue
        if posixpath.basename(path) not in KUSTOMIZATIONS:
            out.add_file(path, None)
    return out.objects, out.problems


TEMPLATE = "is a Helm template"
"""Why a template is not read."""


def is_template(path: str, charts: tuple[str, ...]) -> bool:
    """Whether a file belongs to what a chart renders or brings along."""
    parts = path.split("/")
    return any(part in ("templates", "charts") and "/".join(parts[:at]) in charts for at, part in enumerate(parts[:-1]))


def own_addresses(found: list[Owner], files: Files) -> frozenset[str]:
    """The addresses by which Applications know this repository: the one whose paths are here, and its mirrors."""
    here: Counter[str] = Counter()
    for owner in found:
        for _, source in sources(owner):
            path = word(source, "path")
            if path and word(source, "repoURL") and not chart_of(source) and files.is_directory(normal(path)):
                here[address(word(source, "repoURL"))] += 1
    if not here:
        return frozenset()
    best = max(sorted(here), key=here.__getitem__)
    name = posixpath.basename(best)
    return frozenset(each for each in _urls(found) if each == best or posixpath.basename(each) == name)


def _urls(found: list[Owner]) -> Iterator[str]:
    for owner in found:
        for _, source in sources(owner):
            yield address(word(source, "repoURL"))


def of_charts(files: Files, charts: tuple[str, ...]) -> Iterator[Owner]:
    """The Applications in the values of ArgoCD's own chart for them, argocd-apps."""
    for chart in charts:
        data = files.mapping(posixpath.join(chart, "Chart.yaml"))
        for dependency in entries(data, "dependencies"):
            if word(dependency, "name") == "argocd-apps":
                key = word(dependency, "alias") or "argocd-apps"
                yield from in_values(files, posixpath.join(chart, "values.yaml"), 0, (key,))
        yield from _of_templates(files, chart)


def _of_templates(files: Files, chart: str) -> Iterator[Owner]:
    """The Applications that a chart of the repository makes of entries of its values, known by the paths they name."""
    if not makes_applications(files, chart):
        return
    path = posixpath.join(chart, "values.yaml")
    parents = _parents(files, chart)
    spreads = any(_CHILDREN.search(files.data(each)) for each in _templates(files, chart))
    for key, listed in files.mapping(path).items():
        pairs = listed.items() if isinstance(listed, dict) else enumerate(listed) if isinstance(listed, list) else ()
        for name, each in pairs:
            called = word(each, "name") or (name if isinstance(name, str) else "")
            named = word(each, "path") or word(each, "source", "path")
            directory = normal(
                named or next((p for p in parents if files.is_directory(normal(p + called))), "") + called
            )
            is_on = isinstance(each, dict) and each.get("enabled") is not False
            if is_on and called and directory != chart and files.is_directory(directory):
                namespace = word(each, "namespace") or called
                if spreads:
                    yield from _of_each(files, directory, word(each, "namespace"), path, (key, name))
                    continue
                source = {"repoURL": "", "path": directory, **mapping(each, "source")}
                spec = {"source": source, "destination": {"namespace": namespace}}
                yield application({"metadata": {"name": called}, "spec": spec}, path, 0, (key, name))


def _of_each(files: Files, directory: str, namespace: str, path: str, keys: Path) -> Iterator[Owner]:
    """The Applications of an ApplicationSet that takes every folder in a directory."""
    folders = f"{directory}/*"
    template = {
        "metadata": {"name": "{{path.basename}}"},
        "spec": {"source": {"path": "{{path}}"}, "destination": {"namespace": namespace or "{{path.basename}}"}},
    }
    spec = {"generators": [{"git": {"directories": [{"path": folders}]}}], "template": template}
    for each in applications(files, {"spec": spec}, path, 0, keys):
        yield replace(each, folders=folders)


def _templates(files: Files, chart: str) -> list[str]:
    return list(files.yaml(posixpath.join(chart, "templates"), recurse=True))


def _parents(files: Files, chart: str) -> list[str]:
    """The folders in which the templates of a chart look for what is called by an entry of its values."""
    templates = _templates(files, chart)
    return [each for path in templates for each in _PARENT.findall(files.data(path).decode(errors="replace"))]


def makes_applications(files: Files, chart: str) -> bool:
    """Whether the templates of a chart are Applications."""
    templates = _templates(files, chart)
    return any(b"kind: Application" in files.data(path) for path in templates)


def of_release(files: Files, release: Release) -> list[Owner]:
    """The Applications that a chart from elsewhere makes of its values, where they name folders of this repository."""
    if release.taken is not None:
        return []
    found = [
        replace(owner, parent=release.owner)
        for layer in release.layers
        if layer.exists and not layer.parameters and layer.spot.inside is None
        for owner in in_values(files, layer.path, layer.spot.document, layer.spot.keys)
    ]
    folders = [word(source, "path") for owner in found for _, source in sources(owner)]
    return found if any(each and files.is_directory(normal(each)) for each in folders) else []


def in_values(files: Files, path: str, document: int, keys: Path) -> Iterator[Owner]:
    """The Applications and ApplicationSets that the chart argocd-apps makes of its values."""
    if path not in files:
        return
    try:
        data: Any = files.documents(path)[document]
    except Unreadable, IndexError:
        return
    for key in keys:
        data = mapping(data, key) if isinstance(key, str) else {}
    for kind in ("applications", "applicationsets"):
        listed = data.get(kind)
        pairs = listed.items() if isinstance(listed, dict) else enumerate(listed) if isinstance(listed, list) else ()
        for name, each in pairs:
            if not isinstance(each, dict) or each.get("enabled") is False:
                continue
            at = (*keys, kind, name)
            if kind == "applications":
                named = {
                    "metadata": {"name": word(each, "name") or str(name), "namespace": word(each, "namespace")},
                    "spec": merge(mapping(data, "default", "app"), each),
                }
                yield application(named, path, document, at)
            else:
                yield from applications(files, {"spec": each}, path, document, at)
