"""Image references: `registry/repository:tag@digest`."""

from dataclasses import dataclass
import re
from typing import override

from ..model import Knob

_REFERENCE = re.compile(
    r"(?P<repository>(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>[a-z0-9]+:[a-fA-F0-9]{32,}))?"
)
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_MAX = 500


@dataclass(frozen=True, slots=True)
class Reference:
    """An image; "" for what it does not say."""

    repository: str
    tag: str = ""
    digest: str = ""

    @override
    def __str__(self) -> str:
        """As a manifest has it."""
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}{f'@{self.digest}' if self.digest else ''}"


def reference(text: str) -> Reference | None:
    """The parts of a reference; None when it is none."""
    match = _REFERENCE.fullmatch(text) if len(text) <= _MAX else None
    return Reference(match["repository"], match["tag"] or "", match["digest"] or "") if match else None


def repository_of(text: str) -> str:
    """The image without tag and digest, whatever it is."""
    found = reference(text)
    if found:
        return found.repository
    before = text.split("@", maxsplit=1)[0]
    head, _, last = before.rpartition("/")
    return f"{head}/{last.split(':')[0]}" if head else last.split(":")[0]


def image_text(knob: Knob) -> str:
    """The repository of whatever form of image a knob holds."""
    if isinstance(knob.value, str):
        return repository_of(knob.value)
    if isinstance(knob.value, dict):
        return str(knob.value.get("repository") or knob.value.get("name") or "")
    return ""
