"""Deployers that nobody deploys and that are no roots either: somebody has put them away."""

from collections import defaultdict
from functools import cached_property
import posixpath

from ..model import Owner
from .expansion import Expansion
from .files import KUSTOMIZATIONS, Files, entries, normal, word
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
        self._alike: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for each in seeds:
            for directory in _directories(each):
                self._readers[directory].append(each)
                self._inside[posixpath.dirname(directory)].add(directory)
                if any(one.kind == each.kind for one in alone[id(each)].objects):
                    for pattern in _patterns(directory):
                        self._alike[pattern].add(directory)

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
        if like and not self._is_named(owner, like):
            return f"is not deployed: what names {like} leaves it out"
        match = SHELVED.search(owner.path)
        return f"is not deployed: it lies in a folder called '{match[2]}'" if match else ""

    def _is_named(self, owner: Owner, like: str) -> bool:
        """Whether a kustomization of its folder, or of the one above, names its file, whoever reads that.

        One that no other takes in does not count where the one that names its like is taken in.
        """
        mine, alike = self._naming(owner.path), self._naming(like)
        return bool(mine) and (mine in self._taken_in or alike not in self._taken_in)

    def _naming(self, path: str) -> str:
        """The folder of the kustomization that names a file beside it or below; empty for none."""
        for directory in _upwards(posixpath.dirname(path))[:2]:
            listing = self._files.kustomization(directory)
            if listing and path in _named_by(self._files, listing):
                return directory
        return ""

    @cached_property
    def _taken_in(self) -> set[str]:
        """The folders that kustomizations name."""
        return {
            each
            for path in self._files.all_yaml()
            if posixpath.basename(path) in KUSTOMIZATIONS
            for each in _named_by(self._files, path)
        }

    def _is_left_out(self, owner: Owner, folder: str) -> bool:
        """Whether several folders beside its own are read from elsewhere, and its own is not.

        So are those that lie in folders beside as its own does in one, where such as it come out of them too.
        """
        above = posixpath.dirname(folder)
        sides = [self._inside.get(above, set()) if above else set()]
        sides += [self._alike.get(pattern, set()) for pattern in _patterns(folder)]
        several = (each for each in sides if len(each) > 1)
        beside = (sum(self._is_read(one, owner, folder) for one in each) for each in several)
        return any(each > 1 for each in beside) and not any(
            self._is_read(each, owner, folder) for each in _upwards(folder)
        )

    def _is_read(self, directory: str, owner: Owner, folder: str) -> bool:
        """Whether another of its kind reads a directory that is neither its own nor in the folder."""
        return any(
            each.kind == owner.kind and not each.path.startswith((f"{folder}/", f"{directory}/"))
            for each in self._readers.get(directory, ())
        )


def _named_by(files: Files, listing: str) -> list[str]:
    """The files and folders that a kustomization takes in."""
    listed = [each for each in entries(files.mapping(listing), "resources") if isinstance(each, str)]
    return [normal(posixpath.join(posixpath.dirname(listing), each)) for each in listed]


def _family(path: str) -> tuple[str, str]:
    """What files of one name in folders side by side have in common."""
    folder, file = posixpath.split(path)
    return posixpath.dirname(folder) or folder, file


def _patterns(folder: str) -> list[tuple[str, ...]]:
    """The folder with any other name in the place of one of those above its last."""
    parts = folder.split("/")
    return [(*parts[:at], "*", *parts[at + 1 :]) for at in range(len(parts) - 1)]


def _directories(owner: Owner) -> list[str]:
    spec = owner.data.get("spec") or {}
    listed = [spec, spec.get("source") or {}, *entries(spec, "sources")]
    return [found for each in listed if (found := normal(word(each, "path")))]


def _upwards(folder: str) -> list[str]:
    """A folder and all above it."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
