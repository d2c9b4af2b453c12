"""The workloads in the templates of a chart of the repository, and the values that they take."""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from ..model import Rendered
from ..text import Path
from .expansion import is_name
from .files import word
from .templating import EXPRESSION

_DOCUMENTS = re.compile(r"^---.*$", re.MULTILINE)
_KIND = re.compile(r"^kind: *(Deployment|StatefulSet|DaemonSet|CronJob) *$", re.MULTILINE)
_VALUE = re.compile(r"\.Values((?:\.[A-Za-z0-9_-]+)+)")
_INCLUDED = re.compile(r'(?:include|template) +"[^"]*?(fullname|\.name)"')
_LINE = re.compile(r"^ *(?:- )?(replicas|image|containers): *(.*)$", re.MULTILINE)
_RESOURCES = re.compile(r"resources:\s{0,80}\{\{-? *toYaml +\(?\.Values((?:\.[A-Za-z0-9_-]+)+)")
_OF_IMAGES = {"registry", "repository", "tag", "digest"}
_LAST = {"env": "env", "extraEnv": "env", "extraEnvs": "env", "podAnnotations": "annotations", "resources": "resources"}
"""What a value is by its last key, where no other of the template ends alike."""


def rendered(text: str, release: str, chart: str, values: Mapping[str, Any]) -> list[Rendered] | None:
    """The workloads of one template; None where only Helm can tell how many there are or what they are called."""
    found = []
    for document in _DOCUMENTS.split(text):
        kind = _KIND.search(document)
        if kind is None:
            continue
        name = _resolved(_name(document), release, chart, values)
        if "range" in document[: kind.start()] or not is_name(name):
            return None
        found.append(Rendered(kind=kind[1], name=name, takes=_takes(document)))
    return found


def _name(document: str) -> str:
    """What stands as the name of the object."""
    inside = False
    for line in document.splitlines():
        if line.rstrip() == "metadata:":
            inside = True
        elif inside and line.strip().startswith("name:"):
            return line.partition(":")[2].strip().strip("\"'")
        elif inside and line[:1].strip() and not line.startswith("{{"):
            break
    return ""


def _resolved(text: str, release: str, chart: str, values: Mapping[str, Any]) -> str:
    """A name with what is filled in; what nobody knows stays, which is no name."""
    full = word(values, "fullnameOverride") or (release if chart in release else f"{release}-{chart}")

    def known(match: re.Match[str]) -> str:
        said = match[1].partition("|")[0].strip()
        if said in (".Release.Name", "$.Release.Name"):
            return release
        if said == ".Chart.Name":
            return chart
        if included := _INCLUDED.match(said):
            return full if included[1] == "fullname" else word(values, "nameOverride") or chart
        value = _VALUE.fullmatch(said)
        return (word(values, *_path(value[1])) if value else "") or match[0]

    return EXPRESSION.sub(known, text)


def _takes(document: str) -> dict[str, Path]:
    """The keys of the values that decide each setting."""
    found = dict(_by_last_key(document))
    if match := _RESOURCES.search(document):
        found["resources"] = _path(match[1])
    lines = [(each.start(), each[1], each[2]) for each in _LINE.finditer(document)]
    main = max((at for at, key, _ in lines if key == "containers"), default=0)
    images = [text for at, key, text in lines if key == "image" and at > main]
    replicas = [path for _, key, text in lines if key == "replicas" for path in _paths(text)]
    if len(replicas) == 1:
        found["replicas"] = replicas[0]
    beside = [path for each in images[1:] for path in _paths(each)]
    paths = set(_paths(images[0])) if images and not beside else set()
    parents = {path[:-1] if path[-1] in _OF_IMAGES else path for path in paths}
    if len(parents) == 1 and () not in parents:
        found["image"] = parents.pop()
    elif len(tags := {path for path in paths if str(path[-1]).casefold().endswith("tag")}) == 1:
        found["tag"] = tags.pop()
    return found


def _by_last_key(document: str) -> Iterator[tuple[str, Path]]:
    paths = set(_paths(document))
    for key, setting in _LAST.items():
        if len(fitting := {path for path in paths if path[-1] == key}) == 1:
            yield setting, fitting.pop()


def _paths(text: str) -> list[Path]:
    return [_path(each) for each in _VALUE.findall(text)]


def _path(dotted: str) -> Path:
    return tuple(dotted.strip(".").split("."))
