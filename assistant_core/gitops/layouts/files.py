"""The files of a commit by directory, and their documents; what was read before is not parsed again."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
import posixpath
from typing import Any

from ..text import Unreadable, values

YAML = (".yaml", ".yml")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
JSON = ".json"
_SYNTHESIZED = ".k8s.yaml"
_OBJECT = b'"apiVersion"'
_REMEMBERED = 4096
MAX_FOLLOWED = 30_000
"""Ten times what a large homelab has."""


@lru_cache(maxsize=_REMEMBERED)
def _parsed(data: bytes) -> tuple[Any, ...] | Unreadable:
    """By content, so that a new commit parses only what it changed."""
    try:
        return values(data)
    except Unreadable as error:
        return error


def parsed(data: bytes) -> tuple[Any, ...]:
    """The documents of some YAML; raises Unreadable."""
    found = _parsed(data)
    if isinstance(found, Unreadable):
        raise found
    return found


def normal(path: str) -> str:
    """A path from the root of the repository without `.` and `..`; "" is the root itself."""
    clean = posixpath.normpath(path.strip().lstrip("/")) if path.strip() else "."
    return "" if clean == "." else clean


class Files:
    """A commit's files.

    `budget` is how many objects and kustomizations are still followed: a repository whose bases multiply ends there.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.budget = MAX_FOLLOWED
        self._below: dict[str, list[str]] = {}
        self._directories: dict[str, list[str]] = {}
        for path in sorted(files):
            parent = posixpath.dirname(path)
            self._below.setdefault(parent, []).append(path)
            while parent not in self._directories:
                self._directories[parent] = []
                parent = posixpath.dirname(parent)
        for directory in sorted(self._directories):
            if directory:
                self._directories[posixpath.dirname(directory)].append(directory)

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def paths(self) -> set[str]:
        """Every file."""
        return set(self._files)

    def data(self, path: str) -> bytes:
        """The bytes of a file."""
        return self._files[path]

    def is_directory(self, path: str) -> bool:
        """Whether some file is in or below it."""
        return path in self._directories

    def directories(self, pattern: str) -> list[str]:
        """The directories that match a pattern, each part for itself."""
        parts = normal(pattern).split("/")
        return [each for each in sorted(self._directories) if each and _matches(each.split("/"), parts)]

    def matching(self, pattern: str) -> list[str]:
        """The files that match a pattern, each part for itself; `**` is any number of directories."""
        parts = normal(pattern).split("/")
        return [path for path in sorted(self._files) if _matches(path.split("/"), parts)]

    def yaml(self, directory: str, *, recurse: bool = False) -> Iterator[str]:
        """The manifests of a directory."""
        yield from (path for path in self._below.get(directory, ()) if self.is_manifest(path))
        if recurse:
            for below in self._directories.get(directory, ()):
                yield from self.yaml(below, recurse=True)

    def is_manifest(self, path: str) -> bool:
        """Whether a file may hold objects: YAML, or the JSON of some."""
        return path.endswith(YAML) or (path.endswith(JSON) and _OBJECT in self._files[path])

    def is_synthesized(self, path: str) -> bool:
        """Whether cdk8s writes the file: it has the ending of those, and the settings of cdk8s stand above it."""
        if not path.endswith(_SYNTHESIZED):
            return False
        parts = path.split("/")
        return any("/".join([*parts[:length], "cdk8s.yaml"]) in self for length in range(len(parts)))

    def children(self, directory: str) -> list[str]:
        """The directories in a directory."""
        return self._directories.get(directory, [])

    def all_yaml(self) -> list[str]:
        """Every YAML file, and JSON that holds objects, which is YAML too."""
        return sorted(
            path for path in self._files if self.is_manifest(path) or posixpath.basename(path) in KUSTOMIZATIONS
        )

    def kustomization(self, directory: str) -> str | None:
        """The kustomization file of a directory."""
        return next((path for name in KUSTOMIZATIONS if (path := posixpath.join(directory, name)) in self), None)

    def documents(self, path: str) -> tuple[Any, ...]:
        """The documents of a file; raises Unreadable."""
        return parsed(self._files[path])

    def mapping(self, path: str) -> Mapping[str, Any]:
        """The first document when it is a mapping; empty for whatever else it is, or when it cannot be read."""
        if path not in self._files:
            return {}
        try:
            documents = self.documents(path)
        except Unreadable:
            return {}
        return documents[0] if documents and isinstance(documents[0], dict) else {}


def _matches(parts: list[str], pattern: list[str]) -> bool:
    """Follows all ways at once: `**` may end anywhere."""
    ends = {0}
    for each in pattern:
        if each == "**":
            ends = set(range(min(ends, default=len(parts) + 1), len(parts) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(parts) and fnmatchcase(parts[end], each)}
    return len(parts) in ends


def get(data: Any, *keys: str | int, default: Any = None) -> Any:
    """The value below keys of nested mappings and lists."""
    for key in keys:
        if isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data):
            data = data[key]
            continue
        if not isinstance(data, Mapping) or key not in data:
            return default
        data = data[key]
    return data


def word(data: Any, *keys: str | int) -> str:
    """The text below keys; empty when there is none."""
    found = get(data, *keys)
    return (
        found
        if isinstance(found, str)
        else str(found)
        if isinstance(found, int) and not isinstance(found, bool)
        else ""
    )


def entries(data: Any, *keys: str | int) -> list[Any]:
    """The list below keys; empty when there is none."""
    found = get(data, *keys)
    return found if isinstance(found, list) else []


def mapping(data: Any, *keys: str | int) -> Mapping[str, Any]:
    """The mapping below keys; empty when there is none."""
    found = get(data, *keys)
    return found if isinstance(found, Mapping) else {}


def leaves(data: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every plain value with the keys that lead to it."""
    if isinstance(data, Mapping | list):
        for key, below in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from leaves(below, (*at, key))
    else:
        yield at, data


def merge(weak: Mapping[str, Any], strong: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings as Helm and JSON merge patches make one of them: only mappings are merged."""
    result = dict(weak)
    for key, value in strong.items():
        below = result.get(key)
        result[key] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result
