"""Deployers that nobody deploys and that are no roots either: somebody has put them away."""

from collections import defaultdict
import posixpath

from ..model import Owner
from .expansion import Expansion
from .files import Files, entries, normal, word
from .roots import SHELVED


class Shelves:
    """Which folders are read by whom, looked up once for all; `alone` is what comes out of each one, by its `id`."""

    def __init__(self, files: Files, seeds: list[Owner], alone: dict[int, Expansion]) -> None:
        self._files = files
        self._alone = alone
        named = {
            each.path for out in alone.values() for each in out.objects if any(one.is_folder for one in each.overlays)
        }
        self._named = {_family(path): path for path in sorted(named, reverse=True)}
        self._readers: dict[str, list[Owner]] = defaultdict(list)
        self._inside: dict[str, set[str]] = defaultdict(set)
        for each in seeds:
            for directory in _directories(each):
                self._readers[directory].append(each)
                self._inside[posixpath.dirname(directory)].add(directory)

    def reason(self, owner: Owner) -> str:
        """Why an owner that nobody deploys is no root either; empty when it is one."""
        folder = posixpath.dirname(owner.path)
        for directory in _upwards(folder):
            for other in self._readers.get(directory, ()):
                out = self._alone[id(other)]
                passes = other is not owner and owner.path not in out.read
                if passes and any(each.kind == other.kind for each in out.objects):
                    return f"is not deployed: the {other.kind} {other.name} reads {directory}, but not this file"
        if self._is_left_out(owner, folder):
            return f"is not deployed: no {owner.kind} reads {folder}, as others read what is beside it"
        like = self._named.get(_family(owner.path), "")
        if like and not self._is_named(owner):
            return f"is not deployed: what names {like} leaves it out"
        match = SHELVED.search(owner.path)
        return f"is not deployed: it lies in a folder called '{match[2]}'" if match else ""

    def _is_named(self, owner: Owner) -> bool:
        """Whether a kustomization of its folder, or of the one above, names its file, whoever reads that."""
        for directory in _upwards(posixpath.dirname(owner.path))[:2]:
            listed = entries(self._files.mapping(self._files.kustomization(directory) or ""), "resources")
            if owner.path in [normal(posixpath.join(directory, each)) for each in listed if isinstance(each, str)]:
                return True
        return False

    def _is_left_out(self, owner: Owner, folder: str) -> bool:
        """Whether several folders beside its own are read from elsewhere, and its own is not."""
        above = posixpath.dirname(folder)
        if not above or len(self._inside.get(above, ())) < 2:  # noqa: PLR2004 - several
            return False
        beside = [each for each in self._inside[above] if self._is_read(each, owner, folder)]
        return len(beside) > 1 and not any(self._is_read(each, owner, folder) for each in _upwards(folder))

    def _is_read(self, directory: str, owner: Owner, folder: str) -> bool:
        """Whether another of its kind reads a directory that is neither its own nor in the folder."""
        return any(
            each.kind == owner.kind and not each.path.startswith((f"{folder}/", f"{directory}/"))
            for each in self._readers.get(directory, ())
        )


def _family(path: str) -> tuple[str, str]:
    """What files of one name in folders side by side have in common."""
    folder, file = posixpath.split(path)
    return posixpath.dirname(folder) or folder, file


def _directories(owner: Owner) -> list[str]:
    spec = owner.data.get("spec") or {}
    listed = [spec, spec.get("source") or {}, *entries(spec, "sources")]
    return [found for each in listed if (found := normal(word(each, "path")))]


def _upwards(folder: str) -> list[str]:
    """A folder and all above it."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
