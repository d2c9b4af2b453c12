"""Names by parts: "adguard backup" for `adguard-restic-backup`, "coder database" for `coder-postgres`."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
import posixpath
import re

from ..knobs.all import image_repositories
from ..model import Workload

_SEPARATORS = re.compile(r"[\s_.\-]+")
_ROLES = (
    (
        frozenset({"database", "db", "datenbank"}),
        frozenset({"postgres", "postgresql", "pg", "mariadb", "mysql", "mongodb", "mongo"}),
    ),
    (frozenset({"cache"}), frozenset({"redis", "valkey", "memcached", "dragonfly"})),
)
"""What people call a server by what it does, and what such servers are called themselves."""


def by_parts(workloads: Sequence[Workload], name: str) -> list[Workload]:
    """The workloads that several words name: by parts of their name, its last one always, and by what they belong to.

    Where there are some of which no part is left out, these are meant.
    """
    words = _parts(name)
    if not words[1:]:
        return []
    found = [(each, left) for each in workloads if (left := _left_out(each, words)) is not None]
    return [each for each, left in found if not left] or [each for each, _ in found]


def is_made_of(name: str, parts: AbstractSet[str]) -> bool:
    """Whether it is made of these parts and of words for what workloads do."""
    return all(each in parts or any(each in general | special for general, special in _ROLES) for each in _parts(name))


def parts_of(workloads: Sequence[Workload]) -> set[str]:
    """The parts of every name by which workloads are known."""
    names = {name for each in workloads for name in (each.name, *each.containers, *each.helpers, *_around(each))}
    return {part for name in names for part in _parts(name)}


def _around(workload: Workload) -> tuple[str, ...]:
    return (workload.namespace, workload.owner.name if workload.owner else "", *workload.aliases)


def _left_out(workload: Workload, words: Sequence[str]) -> set[str] | None:
    """The parts of its name, or of that in its file, that the words leave out; None where they are not about it."""
    names = [workload.name, *([workload.deployed.own_name] if workload.deployed else [])]
    found = (_left_out_of(name, workload, words) for name in dict.fromkeys(names))
    return min((each for each in found if each is not None), key=len, default=None)


def _left_out_of(name: str, workload: Workload, words: Sequence[str]) -> set[str] | None:
    own, image = [each for each in _parts(name) if each != workload.kind.casefold()], _image(workload)
    told = {part: {word for word in words if _means(word, part, image)} for part in own}
    if not own or not told[own[-1]]:
        return None
    around = {part for each in _around(workload) for part in _parts(each)}
    left = {part for part in own if not told[part]} - around
    others = set(words) - {word for part in own for word in told[part]}
    return None if others - around or (others and left) else left


def _means(word: str, part: str, image: Sequence[str]) -> bool:
    """Whether a word tells a part of a name: itself, also of several, what it does, or what runs as it."""
    return word in (part, f"{part}s") or any(
        (word in general and part in general | special) or (word in special and part in general and word in image)
        for general, special in _ROLES
    )


def _image(workload: Workload) -> list[str]:
    """The parts of the name of its only image."""
    images = [*image_repositories(workload.deployed).values()] if workload.deployed else []
    return _parts(posixpath.basename(images[0])) if len(images) == 1 else []


def _parts(name: str) -> list[str]:
    return [each for each in _SEPARATORS.split(name.strip().casefold()) if each]
