"""The workloads of what is deployed, with every name by which a person may know them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
import posixpath
import re

from ..knobs.helm import controllers, is_app_template, main_container, parts_of
from ..knobs.parts import APP_TEMPLATES, Part
from ..knobs.pods import containers
from ..knobs.sidecars import sidecars
from ..knobs.stack import merged
from ..layouts.custom_kinds import custom
from ..layouts.expansion import is_name
from ..layouts.files import KUSTOMIZATIONS, get, mapping, word
from ..layouts.workload_kinds import is_whole, is_workload
from ..model import Deployed, Owner, Release, Unread, Workload

_GENERAL = re.compile(
    r"(values|kustomization|deployment|statefulset|daemonset|helm-?release|release|hr|app|application|manifests?|install|ks"
    r"|base|overlays?|apps?|main|resources?|chart|index|all|templates?|default|k8s|kubernetes|helm|config|clusters?|home|src|deploy"
    r"|production|prod|staging|sts|ds|dev|argocd|flux|infrastructure|platform|system)([-_.].*)?",
    re.IGNORECASE,
)
"""File and folder names that name no workload."""
_ORDER = re.compile(r"^\d+[-_.]")
_APP = "-app"
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
        aliases=_names(found.name, [found.own_name, *names, *called, *_file_names(found.path, found.name)]),
        containers=inside,
        helpers=tuple(name for _, name in containers(found.data, found.kind, key="initContainers") if name),
        cluster=found.owner.cluster if found.owner else "",
        deployed=found,
    )


def of_release(release: Release) -> Iterator[Workload]:
    """A workload for every part of a release."""
    is_made = release.owner is not None and release.owner.generated and release.path == release.owner.path
    called = [release.name, *(() if is_made else _file_names(release.path, release.name))]
    called += [] if release.chart in APP_TEMPLATES else [release.chart]
    called += [release.alias] if release.alias else []
    called += [word(merged(release), "nameOverride"), word(merged(release), "name")]
    called += [release.source.own_name] if release.source else []
    called += [release.owner.name] if release.owner and release.owner.kind == "Application" else []
    for layer in release.layers:
        is_own = layer.exists and not layer.shared_by and posixpath.basename(layer.path) not in KUSTOMIZATIONS
        called += _file_names(layer.path, release.name) if is_own else []
    whole = _full_name(release)
    if is_app_template(release):
        yield from _of_app_template(release, whole, called)
        return
    for part in parts_of(release):
        name = whole if not part.name or part.name == whole else f"{whole}-{part.name}"
        names = [part.name, *([f"{whole}-{part.at[0]}"] if part.name and part.at else []), *called]
        if release.rendered:
            name, names = part.name, [*_sections(release, part), *called]
        made = _workload(release, name, part.name, part.kind, names, _beside(release, part))
        helpers = tuple(each.name for each in sidecars(release, part) if each.is_helper)
        yield replace(made, helpers=helpers, is_custom=bool(part.api))


def _sections(release: Release, part: Part) -> list[str]:
    """The keys of the values that are for one workload of the templates alone."""
    mine, *others = sorted(release.rendered, key=lambda each: each.name != part.name)
    taken = {keys[0] for each in others for keys in each.takes.values()}
    return list(dict.fromkeys(str(keys[0]) for keys in mine.takes.values() if len(keys) > 1 and keys[0] not in taken))


def _beside(release: Release, part: Part) -> tuple[str, ...]:
    """The containers of a part, where its values put others beside its own."""
    others = [each.name for each in sidecars(release, part) if not each.is_helper]
    return (main_container(release, part), *others) if others else ()


def _full_name(release: Release) -> str:
    """What the workloads of a release are called, or begin with."""
    values = merged(release)
    said = word(values, "fullnameOverride") or word(values, "global", "fullnameOverride")
    return said if is_name(said) else release.name


def _of_app_template(release: Release, whole: str, called: list[str]) -> Iterator[Workload]:
    found = controllers(release)
    for key, values in found.items():
        alone = len(found) == 1 or key == "main"
        name = whole if alone or key == whole else f"{whole}-{key}"
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
    """Every name once; people leave out that it is an app."""
    short = [each.removesuffix(_APP) for each in (name, *called) if each.endswith(_APP)]
    return tuple(dict.fromkeys(each for each in [*called, *short] if each and each != name and is_name(each)))


def _file_names(path: str, name: str) -> list[str]:
    """What a file, or else its folder, is called beside the name, unless that says what kind of file it is."""
    stem = _ORDER.sub("", posixpath.splitext(posixpath.basename(path))[0])
    folders = posixpath.dirname(path).split("/")
    named = (each for each in [stem, *reversed(folders[-2:])] if each == name or not _GENERAL.fullmatch(each))
    return [each for each in [next(named, "")] if each]
