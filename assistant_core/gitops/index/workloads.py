"""The workloads of what is deployed, with every name by which a person may know them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
import posixpath
import re

from ..knobs.helm import controllers, is_app_template, parts_of
from ..knobs.parts import APP_TEMPLATES
from ..knobs.pods import containers
from ..knobs.stack import merged
from ..layouts.custom_kinds import custom
from ..layouts.expansion import is_name
from ..layouts.files import KUSTOMIZATIONS, get, mapping, word
from ..layouts.workload_kinds import is_whole, is_workload
from ..model import Deployed, Owner, Release, Unread, Workload

_GENERAL = re.compile(
    r"(values|kustomization|deployment|statefulset|daemonset|helm-?release|release|hr|app|application|manifests?|install|ks"
    r"|base|overlays?|apps?|main|resources?|chart|index|all|templates?|default|k8s|kubernetes|helm|config|clusters?|home|src|deploy"
    r"|production|prod|staging|dev|argocd|flux|infrastructure|platform|system)([-_.].*)?",
    re.IGNORECASE,
)
"""File and folder names that name no workload."""
_CONTROLLERS = {"statefulset": "StatefulSet", "daemonset": "DaemonSet", "cronjob": "CronJob", "job": "Job"}


def of_objects(found: list[Deployed]) -> Iterator[Workload | Unread]:
    """The workloads among objects, and why others are none."""
    shared: Counter[tuple[str, int] | None] = Counter()
    users: Counter[str] = Counter()
    for each in found:
        if is_workload(each.kind, each.api) or each.kind in ("HelmRelease", "HelmChart"):
            shared[_owner_key(each.owner)] += 1
            users.update({one.path for one in each.overlays})
    for each in found:
        is_custom = custom(each.kind, each.api) is not None
        if not is_workload(each.kind, each.api) and not is_custom:
            continue
        if not is_custom and not is_whole(each.data, each.kind):
            yield Unread(path=each.path, reason=f"holds only a part of a {each.kind}, such as a patch")
        elif not is_name(each.name) or (each.namespace and not is_name(each.namespace)):
            yield Unread(path=each.path, reason=f"holds a {each.kind} without a valid name")
        else:
            lone = each.owner is not None and shared[_owner_key(each.owner)] == 1
            names = [each.owner.name] if lone and each.owner and not is_custom else []
            folders = [posixpath.basename(posixpath.dirname(one.path)) for one in each.overlays if users[one.path] == 1]
            own = [folder for folder in folders if not _GENERAL.fullmatch(folder)]
            names += [folder for folder in own if folder in each.name.split("-") and folder != each.own_name]
            yield replace(_of_object(each, names), is_custom=is_custom)


def _owner_key(owner: Owner | None) -> tuple[str, int] | None:
    return (owner.path, owner.document) if owner else None


def _of_object(found: Deployed, names: list[str]) -> Workload:
    inside = tuple(name for _, name in containers(found.data, found.kind) if name)
    labels = mapping(found.data, "metadata", "labels")
    called = [word(labels, key) for key in ("app.kubernetes.io/name", "app.kubernetes.io/instance", "app")]
    return Workload(
        kind=found.kind,
        namespace=found.namespace,
        name=found.name,
        path=found.path,
        document=found.document + 1,
        aliases=_names(found.name, [found.own_name, *names, *called, *_file_names(found.path)]),
        containers=inside,
        helpers=tuple(name for _, name in containers(found.data, found.kind, key="initContainers") if name),
        cluster=found.owner.cluster if found.owner else "",
        deployed=found,
    )


def of_release(release: Release) -> Iterator[Workload]:
    """A workload for every part of a release."""
    is_made = release.owner is not None and release.owner.generated and release.path == release.owner.path
    called = [release.name, *(() if is_made else _file_names(release.path))]
    called += [] if release.chart in APP_TEMPLATES else [release.chart]
    called += [release.alias] if release.alias else []
    called += [release.source.own_name] if release.source else []
    called += [release.owner.name] if release.owner and release.owner.kind == "Application" else []
    for layer in release.layers:
        is_own = layer.exists and not layer.shared_by and posixpath.basename(layer.path) not in KUSTOMIZATIONS
        called += _file_names(layer.path) if is_own else []
    if is_app_template(release):
        yield from _of_app_template(release, called)
        return
    for part in parts_of(release):
        name = release.name if not part.name or part.name == release.name else f"{release.name}-{part.name}"
        yield _workload(release, name, part.name, part.kind, [part.name, *called], ())


def _of_app_template(release: Release, called: list[str]) -> Iterator[Workload]:
    found = controllers(release)
    for key, values in found.items():
        alone = len(found) == 1 or key == "main"
        name = release.name if alone or key == release.name else f"{release.name}-{key}"
        kind = _CONTROLLERS.get(word(values, "type"), "Deployment")
        inside = tuple(mapping(values, "containers"))
        made = _workload(release, name, key, kind, [*called, key], inside)
        yield replace(made, helpers=tuple(mapping(values, "initContainers")))
    if not found and not get(merged(release), "controllers"):
        return


def _workload(
    release: Release, name: str, part: str, kind: str, called: list[str], inside: tuple[str, ...]
) -> Workload:
    return Workload(
        kind=kind,
        namespace=release.namespace,
        name=name,
        path=release.path,
        document=release.document + 1,
        aliases=_names(name, called),
        containers=inside,
        cluster=release.owner.cluster if release.owner else "",
        release=release,
        part=part,
    )


def _names(name: str, called: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in called if each and each != name and is_name(each)))


def _file_names(path: str) -> list[str]:
    """What a file and its folder are called, unless that says what kind of file it is."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    folders = posixpath.dirname(path).split("/")
    named = [each for each in [stem, *reversed(folders[-2:])] if each and not _GENERAL.fullmatch(each)]
    return named[:1]
