"""The command that judges: check."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import NotFound, PermissionDenied
from ..guard import Level, Policy, Violation, is_accepted, judge_file
from ..yaml_scan import MAX_BYTES
from . import show
from .app import AsJson
from .outcome import violation_data
from .running import Exit, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the guard says of one file, named as it was given."""

    path: str
    violations: tuple[Violation, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing in it is an error."""
        return is_accepted(self.violations)


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Manifests, Helm values or Terraform.")],
    *,
    level: Annotated[Level, typer.Option("--level", help="Of the Pod Security Standards.")] = Level.RESTRICTED,
    as_json: AsJson = False,
) -> None:
    """Judge files by the rules that every change is held against."""

    async def work() -> Exit:
        judged = await asyncio.to_thread(_judge, files, Policy(level=level))
        if as_json:
            show.print_json({"files": [_data(each) for each in judged]})
        else:
            for each in judged:
                show.print_judgement(each.path, each.violations, accepted=each.accepted)
        return Exit.DONE if all(each.accepted for each in judged) else Exit.REFUSED

    run(work())


def _judge(paths: list[str], policy: Policy) -> tuple[Judged, ...]:
    """Every file held against the policy. Raises NotFound, PermissionDenied."""
    return tuple(Judged(path=path, violations=judge_file(path, _content(path), policy)) for path in paths)


def _content(path: str) -> bytes:
    """A file's content, or of one too large to be judged enough to see that."""
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"There is no file {show.safe(path)}.") from error
    except IsADirectoryError as error:
        raise NotFound(f"{show.safe(path)} is a folder; name the files in it.") from error
    except (OSError, ValueError) as error:
        raise PermissionDenied(f"The file {show.safe(path)} cannot be read.") from error


def _data(judged: Judged) -> dict[str, Any]:
    return {
        "path": judged.path,
        "accepted": judged.accepted,
        "violations": [violation_data(each) for each in judged.violations],
    }
