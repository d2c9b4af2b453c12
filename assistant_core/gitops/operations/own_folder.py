"""The folders of overlays that are for one app alone, with all that it builds beside the app."""

import posixpath

from ..index import Index
from ..layouts.files import entries, mapping, normal, word
from ..layouts.kustomize import patch_files
from ..model import Deployed, Owner, Workload
from ..spoken import plain


def below(index: Index, directory: str) -> list[str]:
    """The files of a folder and of those in it; of the repository itself none."""
    return [path for path in index.snapshot.files if directory and path.startswith(f"{directory}/")]


def source_folders(owner: Owner) -> list[str]:
    """The directories that an owner's sources name."""
    spec = mapping(owner.data, "spec")
    named = [word(each, "path") for each in (mapping(spec, "source"), *entries(spec, "sources"), spec)]
    return [normal(each) for each in named if each]


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return not folder or f"{path}/".startswith(f"{folder}/")


def own_folder(index: Index, workload: Workload) -> list[str]:
    """Every plain file of the overlays that bear the app's name and build no other; empty for none.

    A kustomization around it must name it, or Flux find it: what somebody applies himself is not found by its folder.
    """
    found: list[str] = []
    for path in reversed(workload.way if _is_found(workload) else workload.way[:-1]):
        directory = posixpath.dirname(path)
        if plain(posixpath.basename(directory)) in map(plain, (workload.name, *workload.aliases)):
            files = [each for each in below(index, directory) if "/." not in each]
            if not _is_alone(index, workload, path, files):
                break
            found += files
    return found


def used_by(index: Index, listing: str) -> list[str]:
    """The files of a kustomization's own folder from which it makes patches, ConfigMaps and charts, and how."""
    directory = posixpath.dirname(listing)
    data = index.files.mapping(listing)
    named = list(patch_files(directory, data))
    for each in entries(data, "configMapGenerator"):
        files = [name for name in [*entries(each, "files"), *entries(each, "envs"), word(each, "env")] if name]
        named += [posixpath.join(directory, str(name).rpartition("=")[2]) for name in files]
    read = [each for each in named if index.deployment.readers.get(each)]
    told = [
        normal(posixpath.join(directory, each)) for each in entries(data, "configurations") if isinstance(each, str)
    ]
    return [each for each in (*read, *told) if each in index.files and posixpath.dirname(each) == directory]


def laid_bare(index: Index, workload: Workload, listing: str) -> list[str]:
    """What a kustomization left out of its folder, and Flux would take from there once that kustomization is gone."""
    directory = posixpath.dirname(listing)
    if not _is_found(workload) or listing != workload.way[-1]:
        return []
    return [each for each in index.files.yaml(directory, recurse=True) if not index.deployment.readers.get(each)]


def _is_found(workload: Workload) -> bool:
    """Whether Flux looks through the folder around the outermost overlay, and takes whatever lies there."""
    owner = workload.owner
    if owner is None or owner.kind != "Kustomization" or not workload.way:
        return False
    directory = normal(word(owner.data, "spec", "path"))
    return bool(directory) and posixpath.dirname(workload.way[-1]).startswith(f"{directory}/")


def _is_alone(index: Index, workload: Workload, path: str, files: list[str]) -> bool:
    """Whether nothing but the app comes through an overlay, and nothing of its folder comes another way."""
    others = [each for each in index.workloads if path in each.way and not _belongs(each, workload)]
    inside = [each for each in index.deployment.objects if each.path in files]
    return not others and all(_goes_through(each, path) and not _houses_others(index, each, path) for each in inside)


def _belongs(other: Workload, workload: Workload) -> bool:
    same = other.release is not None and other.release == workload.release
    return other is workload or same or other.name.startswith(f"{workload.whole}-")


def _goes_through(found: Deployed, path: str) -> bool:
    return any(each.path == path for each in found.overlays)


def _houses_others(index: Index, found: Deployed, path: str) -> bool:
    """Whether it is the namespace of what comes another way."""
    return found.kind == "Namespace" and any(
        each.namespace == found.name and path not in each.way for each in index.workloads
    )
