"""Finds the one workload that somebody means, or says why there is none."""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
import posixpath
import re

from ...errors import AmbiguousWorkload, EditRefused, UnknownWorkload
from ..layouts.files import leaves
from ..model import Deployed, Workload
from ..spoken import plain
from ..text import Path
from .by_parts import by_parts

_MAX_CANDIDATES = 12
_OTHERS = re.compile(r"(^|\.)(k8s\.io|fluxcd\.io|argoproj\.io)$")
_COUNTS = re.compile(r"replicas|replicaCount|instances|numberOfInstances|clusterSize|count|size", re.IGNORECASE)


type _Names = Callable[[Workload], Iterable[str]]
_NAMES: tuple[_Names, ...] = (
    lambda each: (each.label, *labels_of(each)),
    lambda each: (each.name,),
    lambda each: (_own_name(each),),
    lambda each: (each.name.casefold().removesuffix(f"-{each.kind.casefold()}"),),
    lambda each: (each.release.name,) if each.release else (),
    lambda each: each.aliases,
)
_INSIDE: tuple[_Names, ...] = (lambda each: each.containers, lambda each: each.helpers)


def matching(workloads: Sequence[Workload], name: str) -> list[Workload]:
    """The workloads of that name, or else of that alias, or else with a container of it, or that its parts tell.

    A custom resource is only meant where nothing else is called so, and before an alias or a container of something
    else.
    """
    custom = [each for each in workloads if each.is_custom]
    others = [each for each in workloads if not each.is_custom]
    return (
        _matching(others, name, _NAMES[:-1])
        or _matching(custom, name, _NAMES[:3])
        or _matching(others, name, _NAMES[-1:])
        or _matching(others, name, _INSIDE)
        or _matching(custom, name, (*_NAMES, *_INSIDE, lambda each: (each.kind,)))
        or by_parts(others, name)
        or by_parts(custom, name)
    )


def _matching(workloads: Sequence[Workload], name: str, ways: Sequence[_Names]) -> list[Workload]:
    wanted = plain(name)
    exact = [each for each in workloads if each.name.casefold() == name.strip().casefold()]
    if exact or not wanted:
        return exact
    found = ([each for each in workloads if wanted in set(map(plain, names(each)))] for names in ways)
    return next(filter(None, found), [])


def is_container(workload: Workload, name: str) -> bool:
    """Whether the name is that of one of its containers and of nothing else about it."""
    known = (workload.name, _own_name(workload), workload.label, *labels_of(workload), *workload.aliases)
    inside = map(plain, (*workload.containers, *workload.helpers))
    return plain(name) in inside and plain(name) not in map(plain, known)


def _own_name(workload: Workload) -> str:
    """What its manifest calls it, or its chart: a part by its name, the whole as the chart around it does."""
    if workload.deployed is not None:
        return workload.deployed.own_name
    return workload.part or (workload.release.alias if workload.release else "")


def labels_of(workload: Workload) -> tuple[str, ...]:
    """The labels that an ambiguous answer may have offered."""
    found = workload.deployed or (workload.release.source if workload.release else None)
    bases = [each.path for each in found.overlays if each.is_folder] if found else []
    outermost = bases[-1] if bases else workload.path
    owner = workload.owner
    told = (workload.kind, workload.path, posixpath.dirname(outermost), *((owner.name, owner.path) if owner else ()))
    return tuple(f"{workload.label} ({each})" for each in told)


def narrowed(found: list[Workload], namespace: str | None, kind: str | None) -> list[Workload]:
    """Those in a namespace and of a kind; a cluster or a folder of that name narrows where a namespace does not."""
    if kind is not None:
        wanted = plain(kind)
        found = [each for each in found if wanted in (plain(each.kind), plain(_holder(each)))]
    if namespace is None:
        return found
    wanted = plain(namespace)
    inside = [each for each in found if plain(each.namespace) == wanted]
    elsewhere = [each for each in found if wanted == plain(each.cluster) or wanted in map(plain, places(each))]
    unnamed = [each for each in found if not each.namespace] if wanted == "default" else []
    return inside or elsewhere or unnamed


def _holder(workload: Workload) -> str:
    return workload.release.kind if workload.release else workload.kind


def places(workload: Workload) -> list[str]:
    """The folders of every file that it is made of."""
    paths = [workload.path]
    paths += workload.way
    if workload.deployed is not None:
        paths += [each.path for each in workload.deployed.overlays]
    if workload.release is not None:
        paths += [each.path for each in workload.release.layers]
    paths += [each.path for each in (workload.owner, *workload.twins) if each is not None]
    return [part for path in paths for part in path.split("/")[:-1]]


def refuse_one_of_twins(workload: Workload, place: str) -> None:
    """Refuse what is meant for one cluster of several that take the very same files. Raises EditRefused."""
    owners = [each for each in (workload.owner, *workload.twins) if each is not None]
    inside = [each for each in owners if plain(place) in map(plain, each.path.split("/")[:-1])]
    if workload.twins and plain(place) != plain(workload.namespace) and inside and len(inside) < len(owners):
        raise deployed_twice(workload)


def deployed_twice(workload: Workload) -> EditRefused:
    """The refusal to change one of several that are deployed from the same files."""
    named = either([each.path for each in (workload.owner, *workload.twins) if each is not None])
    return EditRefused(
        f"{workload.label} is deployed from the same files more than once, by {named}: change it there by hand.",
        workload=workload.label,
        path=named,
        reason="deployed_twice",
    )


def labels(workloads: Sequence[Workload]) -> tuple[str, ...]:
    """`namespace/name`; with kind or path where that alone does not tell them apart."""
    found = [each.label for each in workloads]
    for variant in range(5):
        if len(set(found)) == len(found):
            break
        found = [labels_of(each)[variant] for each in workloads]
    return tuple(found)


def either(names: Iterable[str]) -> str:
    """`a, b or c`."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def ambiguous(name: str, found: Sequence[Workload]) -> AmbiguousWorkload:
    """Several workloads answer to the name."""
    candidates = labels(found)[:_MAX_CANDIDATES]
    return AmbiguousWorkload(
        f"Several workloads are called '{name.strip()[:63]}': {either(candidates)}. Say which one you mean.",
        candidates=candidates,
        name=name.strip()[:63],
    )


def of_operator(found: Deployed, name: str) -> UnknownWorkload | None:
    """How to ask for what an unknown kind counts; None for what counts nothing."""
    is_own = "." in found.api.partition("/")[0] and not _OTHERS.search(found.api.partition("/")[0])
    keys = next((keys for keys, value in leaves(found.data) if _is_count(keys, value)), ()) if is_own else ()
    path = ".".join(map(str, keys))
    return (
        UnknownWorkload(
            f"{name} is a {found.kind}, a kind that I do not know. Say the path of the field to change, such as "
            f"'set {path} of {name} to 2'.",
            name=name,
            kind=found.kind,
            path=path,
            reason="own_kind",
        )
        if path
        else None
    )


def _is_count(keys: Path, value: object) -> bool:
    last = str(keys[-1]) if keys[:1] == ("spec",) and not any(isinstance(key, int) for key in keys) else ""
    return isinstance(value, int) and not isinstance(value, bool) and _COUNTS.fullmatch(last) is not None


def unknown(name: str, workloads: Sequence[Workload], namesakes: Sequence[Workload], looked: str) -> UnknownWorkload:
    """No workload answers to the name; `looked` says where it was looked for."""
    asked = name.strip()[:63]
    if namesakes:
        candidates = labels(namesakes)[:_MAX_CANDIDATES]
        return UnknownWorkload(
            f"There is no '{asked}' there; the repository has {either(candidates)}.", candidates=candidates, name=asked
        )
    around = [each.name for each in workloads if _is_around(each, asked)]
    names = sorted({one for each in workloads if each.name not in around for one in (each.name, *each.aliases)})
    candidates = tuple(dict.fromkeys([*around, *get_close_matches(asked.casefold(), names, n=3)]))[:_MAX_CANDIDATES]
    hint = f" Did you mean {either(candidates)}?" if candidates else looked
    return UnknownWorkload(
        f"No workload in the repository is called '{asked}'.{hint}", candidates=candidates, name=asked
    )


def _is_around(workload: Workload, name: str) -> bool:
    """Whether a name is that of what a workload belongs to: its Application, its namespace, or how its name begins."""
    known = (workload.namespace, workload.owner.name if workload.owner else "", workload.name.rpartition("-")[0])
    return plain(name) in filter(None, map(plain, known))
