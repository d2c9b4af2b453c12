"""The command that judges: check."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Annotated, Any

import typer

from ..errors import InputInvalid, NotFound, PermissionDenied
from ..guard import RULES, UNREADABLE, Level, Policy, Violation, is_accepted, judge_file
from ..yaml_scan import MAX_BYTES
from . import show
from .app import AsJson
from .exits import Exit
from .outcome import violation_data
from .progress import progress
from .running import run

_STDIN = "-"
_JUDGED = (".yaml", ".yml", ".tf", ".tfvars")


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
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Manifests, Helm values or Terraform, folders of them, or - for stdin."),
    ],
    *,
    level: Annotated[Level, typer.Option("--level", help="Of the Pod Security Standards.")] = Level.RESTRICTED,
    rule: Annotated[
        list[str] | None, typer.Option("--rule", metavar="ID", help="Judge by this rule alone; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge files by the rules that every change is held against."""

    async def work() -> Exit:
        only = _rules(rule or [])
        async with progress("Judging"):
            judged = await asyncio.to_thread(_judge, files, Policy(level=level), only)
        if as_json:
            show.print_json({"files": [_data(each) for each in judged]})
        else:
            for each in judged:
                show.print_judgement(each.path, each.violations, accepted=each.accepted)
        return Exit.DONE if all(each.accepted for each in judged) else Exit.REFUSED

    run(work())


def _rules(asked: list[str]) -> frozenset[str]:
    """The rules to judge by, none: all. Raises InputInvalid."""
    unknown = next((each for each in asked if each not in RULES), None)
    if unknown is not None:
        raise InputInvalid(f"There is no rule {unknown[:60]}; there are {', '.join(RULES)}.")
    return frozenset(asked)


def _judge(paths: list[str], policy: Policy, only: frozenset[str]) -> tuple[Judged, ...]:
    """Every file held against the policy, those in folders too. Raises NotFound, PermissionDenied."""
    every = dict.fromkeys(each for path in paths for each in _files(path))
    return tuple(Judged(path=_text(path), violations=_wanted(_judged(path, policy), only)) for path in every)


def _wanted(violations: tuple[Violation, ...], only: frozenset[str]) -> tuple[Violation, ...]:
    """Those of the asked rules; what cannot be read cannot be judged by any."""
    return tuple(each for each in violations if not only or each.rule in only or each.rule == UNREADABLE)


def _judged(path: str, policy: Policy) -> tuple[Violation, ...]:
    if path == _STDIN:
        return judge_file("stdin.yaml", sys.stdin.buffer.read(MAX_BYTES + 1), policy)
    return judge_file(_text(path), _content(path), policy)


def _text(path: str) -> str:
    """A path as text that can be printed, though its bytes be none."""
    return path.encode(errors="backslashreplace").decode()


def _files(path: str) -> Iterator[str]:
    """What a path stands for: a folder for the manifests and the Terraform below it, hidden ones left out.

    Raises NotFound where a folder has none: whoever named the wrong one is not told that all is well.
    """
    if path == _STDIN or not _is_folder(path):
        yield path
        return
    found = False
    for directory, folders, names in Path(path).expanduser().walk():
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.endswith(_JUDGED) and name[0] != "." and (directory / name).is_file():
                found = True
                yield str(directory / name)
    if not found:
        raise NotFound(f"There is no manifest and no Terraform in {show.safe(path)}.")


def _is_folder(path: str) -> bool:
    try:
        return Path(path).expanduser().is_dir()
    except (OSError, RuntimeError) as error:
        raise NotFound(f"There is no file {show.safe(path)}.") from error


def _content(path: str) -> bytes:
    """A file's content, or of one too large to be judged enough to see that."""
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"There is no file {show.safe(path)}.") from error
    except ValueError as error:
        raise NotFound(f"There is no file {show.safe(path)}.") from error
    except OSError as error:
        raise PermissionDenied(f"The file {show.safe(path)} cannot be read.") from error


def _data(judged: Judged) -> dict[str, Any]:
    return {
        "path": judged.path,
        "accepted": judged.accepted,
        "violations": [violation_data(each) for each in judged.violations],
    }
