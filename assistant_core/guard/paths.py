"""Which files a change may touch at all."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from .control import Breach
from .policy import Policy

_BY_HAND = ("codeowners", "jenkinsfile")
"""Files that decide who reviews and what runs, in any folder and in any case."""


def breaches(path: str, policy: Policy) -> Iterator[Breach]:
    """Why a path may not be changed."""
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or any(part.strip() in ("", ".", "..") for part in parts):
        yield Breach(where="", message="This is no path inside the repository.")
    elif any(part.startswith(".") or part.lower() in _BY_HAND for part in parts):
        yield Breach(where="", message="Hidden files, workflows and code owners are changed by hand only.")
    elif _is_one_of(path, policy.denied_paths):
        yield Breach(where="", message="The household denies changes of this path.")
    elif policy.allowed_paths and not _is_one_of(path, policy.allowed_paths):
        yield Breach(where="", message="The household allows changes of other paths only.")


def _is_one_of(path: str, patterns: Iterable[str]) -> bool:
    """Whether a glob matches the path itself or a folder above it."""
    found = PurePosixPath(path)
    return any(found.full_match(pattern) or found.full_match(f"{pattern}/**") for pattern in patterns)
