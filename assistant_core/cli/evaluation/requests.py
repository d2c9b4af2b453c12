"""The requests and their repositories, as they lie beside this file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ...models.repository import Snapshot
from ..exits import Outcome

_HERE = Path(__file__).parent
GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is said in which repository.

    `changes` are the lines that go and come by file (None: the file goes), `new` the lines in new files; `ends` is how
    it ends when nothing is to be changed.
    """

    repository: str
    language: str
    say: str
    changes: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    ends: Outcome = Outcome.PROPOSED


def requests() -> tuple[Request, ...]:
    """All of them. Reads the disk."""
    entries: list[dict[str, Any]] = yaml.safe_load((_HERE / "requests.yaml").read_text(encoding="utf-8"))
    return tuple(
        Request(
            repository=each["in"],
            language=each["language"],
            say=each["say"],
            changes={path: None if lines == GONE else tuple(lines) for path, lines in each.get("changes", {}).items()},
            new=tuple(each.get("new", ())),
            ends=Outcome(each.get("ends", Outcome.PROPOSED)),
        )
        for each in entries
    )


def repositories() -> dict[str, Snapshot]:
    """Every repository by its name. Reads the disk."""
    return {folder.name: _snapshot(folder) for folder in sorted((_HERE / "repositories").iterdir())}


def _snapshot(folder: Path) -> Snapshot:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return Snapshot(commit="0" * 40, files=files)
