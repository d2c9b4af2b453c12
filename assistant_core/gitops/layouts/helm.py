"""Helm charts in the repository: their dependencies, their values, and what they may hide."""

from dataclasses import replace
import posixpath
import re
from typing import Any

from ..model import ChartVersion, Deployed, Layer, Owner, Release, Rendered
from ..text import Path, Spot
from .chart_templates import rendered
from .expansion import Expansion
from .files import entries, get, mapping, merge, normal, word

_VALUE = re.compile(r"\.Values((?:\.[A-Za-z0-9_-]+)+)")
_ALL_VALUES = re.compile(r"\.Values(?![.\w])")
_HOOK = b"helm.sh/hook"
_NAMELESS = "app-template"
"""A chart that calls its workloads as the release, whatever it is itself called."""
_LIBRARY = "common"
_OF_LIBRARY = b"bjw-s.common.loader."
"""How the templates of a chart hand all its values to the library behind app-template, which it is then like."""
_WORKLOADS = (b"kind: Deployment", b"kind: StatefulSet", b"kind: DaemonSet", b"kind: CronJob", b"kind: Rollout")


def is_chart(out: Expansion, directory: str) -> bool:
    """Whether the directory is a Helm chart."""
    return posixpath.join(directory, "Chart.yaml") in out.files


def add_chart(
    out: Expansion,
    directory: str,
    name: str,
    namespace: str,
    layers: tuple[Layer, ...] | None,
    owner: Owner | None,
    source: Deployed | None = None,
    kind: str = "Chart",
) -> None:
    """Take in a chart of the repository as a release; `layers` are stronger than its own values.

    None of either where nobody can tell which are in force.
    """
    path = posixpath.join(directory, "Chart.yaml")
    chart = out.files.mapping(path)
    out.read.add(path)
    own = posixpath.join(directory, "values.yaml")
    _add_plain(out, directory, namespace, owner)
    mine = Layer(path=own, spot=Spot(0, ()), data=_values(out, own), exists=own in out.files)
    stack = () if layers is None else (*layers, mine)
    if own in out.files:
        out.read.add(own)
    near = next((each for each in stack if each.exists and not each.parameters and not each.shared_by), None)
    place = (near.path, near.spot.document) if near else (path, 0)
    releases = []
    wanted = [(n, each) for n, each in enumerate(entries(chart, "dependencies")) if _is_enabled(each, stack)]
    has_own = _has_workloads(out, directory)
    single = len(wanted) == 1 and not has_own
    takes_library = any(_OF_LIBRARY in out.files.data(each) for each in _templates(out, directory))
    for number, dependency in wanted:
        key = word(dependency, "alias") or word(dependency, "name")
        keys = ("dependencies", number, "version")
        local = word(dependency, "repository").removeprefix("file://")
        is_library = key == _LIBRARY and takes_library
        under = stack if is_library else tuple(_below(layer, key) for layer in stack)
        if local != word(dependency, "repository"):
            found = posixpath.join(normal(posixpath.join(directory, local)), "values.yaml")
            out.read.update((found, posixpath.join(posixpath.dirname(found), "Chart.yaml")))
            if found in out.files:
                under = (*under, Layer(path=found, spot=Spot(0, ()), data=_values(out, found)))
        releases.append(
            Release(
                kind=kind,
                name=name if single or is_library or key == _NAMELESS else _full_name(name, key),
                namespace=namespace,
                chart=word(dependency, "name"),
                path=place[0],
                document=place[1],
                layers=under,
                version=ChartVersion(path=path, spot=Spot(0, keys), value=word(dependency, "version")),
                source=source,
                owner=owner,
                alias=key,
            )
        )
    if has_own or not (entries(chart, "dependencies") or _speaks_for_itself(out, directory)):
        releases.append(
            Release(
                kind=kind,
                name=name,
                namespace=namespace,
                chart=word(chart, "name") or posixpath.basename(directory),
                path=place[0],
                document=place[1],
                layers=stack,
                source=source,
                owner=owner,
                taken=None if entries(chart, "dependencies") else _taken(out, directory),
                rendered=_rendered(out, directory, name, word(chart, "name"), stack),
            )
        )
    out.releases += releases


def _add_plain(out: Expansion, directory: str, namespace: str, owner: Owner | None) -> None:
    """Take in the templates that have nothing to fill in: manifests, which Helm deploys as they are."""
    for path in _templates(out, directory):
        out.read.add(path)
        if _is_plain(out, path):
            before = len(out.objects)
            out.add_file(path, owner)
            added = out.objects[before:]
            out.objects[before:] = [each if each.namespace else replace(each, namespace=namespace) for each in added]


def _templates(out: Expansion, directory: str) -> list[str]:
    return list(out.files.yaml(posixpath.join(directory, "templates"), recurse=True))


def _is_plain(out: Expansion, path: str) -> bool:
    """Whether nothing is filled in, and it is no test or job of Helm's own."""
    data = out.files.data(path)
    return b"{{" not in data and _HOOK not in data


def _taken(out: Expansion, directory: str) -> frozenset[Path] | None:
    """The values that the templates speak of; None where they hand on all of them."""
    templates = out.files.matching(posixpath.join(directory, "templates", "**", "*"))
    found: set[Path] = set()
    for each in templates:
        text = out.files.data(each).decode(errors="replace")
        if _ALL_VALUES.search(text):
            return None
        found |= {tuple(match[1:].split(".")) for match in _VALUE.findall(text)}
    return frozenset(found)


def _rendered(out: Expansion, directory: str, name: str, chart: str, stack: tuple[Layer, ...]) -> tuple[Rendered, ...]:
    """The workloads of every template; none where one of them is beyond us."""
    values: dict[str, Any] = {}
    for layer in reversed(stack):
        values = merge(values, {} if layer.parameters else mapping(layer.data))
    texts = [out.files.data(each).decode(errors="replace") for each in _templates(out, directory)]
    found = [rendered(text, name, chart, values) for text in texts if "{{" in text]
    each_name = {one.name: one for each in reversed(found) for one in each or ()}  # one of several kinds is made
    return () if None in found else tuple(each_name.values())


def _is_enabled(dependency: Any, stack: tuple[Layer, ...]) -> bool:
    """What the first condition that the values speak of says, strongest layer first."""
    for condition in word(dependency, "condition").split(","):
        keys = condition.strip().split(".")
        for layer in stack:
            found = None if layer.parameters else get(layer.data, *keys)
            if isinstance(found, bool):
                return found
    return True


def _values(out: Expansion, path: str) -> Any:
    if path not in out.files:
        return {}
    documents = out.documents(path)
    return documents[0] if documents and isinstance(documents[0], dict) else {}


def _below(layer: Layer, key: str) -> Layer:
    """The values of a dependency."""
    if layer.parameters:
        return replace(layer, prefix=(*layer.prefix, key))
    return replace(layer, spot=layer.spot.below(key), data=mapping(layer.data, key))


def _full_name(release: str, chart: str) -> str:
    """What most charts call their workloads."""
    return release if chart in release else f"{release}-{chart}"


def _has_workloads(out: Expansion, directory: str) -> bool:
    """Whether templates that are to be filled in hold workloads."""
    filled = [data for each in _templates(out, directory) if b"{{" in (data := out.files.data(each))]
    return any(mark in data for data in filled for mark in _WORKLOADS)


def _speaks_for_itself(out: Expansion, directory: str) -> bool:
    """Whether the templates are Applications, or manifests that are read as they are."""
    found = _templates(out, directory)
    return any(b"kind: Application" in out.files.data(each) or _is_plain(out, each) for each in found)
