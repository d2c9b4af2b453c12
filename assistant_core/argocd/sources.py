"""Which files of which repositories an Application is deployed from.

Besides `path`, Helm's value files count: they may lie in another source, as `$REF/path`. A plain directory is not read
recursively unless it says so. `argocd.argoproj.io/manifest-generate-paths` names folders beside the path.
"""

from collections.abc import Iterator, Sequence
import posixpath
from typing import Any

from ..kube.fields import entries, section, text
from ..models.application import FileSource, Reach

PATHS = "argocd.argoproj.io/manifest-generate-paths"
REACHES = {"Directory": Reach.FLAT, "Kustomize": Reach.OVERLAY}


def file_sources(item: dict[str, Any]) -> Iterator[FileSource]:
    """Those of an Application, of one source or several; charts of a Helm repository have none but value files."""
    spec, status = section(item, "spec"), section(item, "status")
    sources = entries(spec, "sources") or [section(spec, "source")]
    match status:
        case {"sourceTypes": [*types]}:
            pass
        case _:
            types = [status.get("sourceType")]
    named = text(section(item, "metadata", "annotations"), PATHS)
    for number, source in enumerate(sources):
        repository, path = text(source, "repoURL"), source.get("path")
        reach = _reach(source, types[number] if number < len(types) else None)
        folder = from_root(path) if isinstance(path, str) and not source.get("chart") else None
        files = tuple(_values(sources, source, folder))
        yield FileSource(repository=repository, folder=folder, reach=reach, files=files)
        if folder is not None:
            for each in filter(None, (each.strip() for each in named.split(";"))):
                yield FileSource(repository=repository, folder=from_root(each, folder))


def from_root(path: str, folder: str = "") -> str:
    """A path from the root of the repository, given from there (`/a`) or from a folder (`../a`); "" is the root."""
    joined = posixpath.normpath(posixpath.join("/", folder, path))
    return joined.strip("/")


def _reach(source: dict[str, Any], kind: object) -> Reach:
    reach = REACHES.get(str(kind), Reach.TREE)
    recursive = section(source, "directory").get("recurse") is True
    return Reach.TREE if reach is Reach.FLAT and recursive else reach


def _values(sources: Sequence[dict[str, Any]], source: dict[str, Any], folder: str | None) -> Iterator[str]:
    """The value files that lie in a source: its own chart's, and those that others find by its `ref`."""
    if folder is not None:
        yield from (from_root(each, folder) for each in _value_files(source) if not each.startswith("$"))
    if ref := text(source, "ref"):
        for other in sources:
            for each in _value_files(other):
                name, _, path = each.partition("/")
                if name == f"${ref}":
                    yield from_root(path)


def _value_files(source: dict[str, Any]) -> list[str]:
    files = section(source, "helm").get("valueFiles")
    return [each for each in files if isinstance(each, str)] if isinstance(files, list) else []
