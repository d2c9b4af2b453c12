"""What a household keeps for itself: namespaces and files that no change touches."""

from dataclasses import dataclass
import re

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_NO_PARTS = ("", ".", "..")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """Namespaces by name, and paths as globs with `**` from the top of a repository; a folder means all below it."""

    namespaces: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()


def is_namespace(text: str) -> bool:
    """Whether a namespace can be called so (RFC 1123, section 2.1)."""
    return _NAMESPACE.fullmatch(text) is not None


def is_glob(text: str) -> bool:
    """Whether some path inside a repository can match: `apps/**`, `*.tf`, `terraform/`."""
    parts = text.removesuffix("/").split("/")
    return text.isprintable() and "\\" not in text and all(part.strip() not in _NO_PARTS for part in parts)
