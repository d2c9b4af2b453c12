"""Runs a command to its exit code; an error is one sentence on stderr."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from enum import IntEnum
import traceback
from typing import Any

import typer

from ..errors import (
    ApprovalRefused,
    Defect,
    EditRefused,
    HomelabError,
    InputInvalid,
    PolicyRefused,
    Unchanged,
    UnknownWorkload,
)

debugging: ContextVar[bool] = ContextVar("debugging", default=False)


class Exit(IntEnum):
    """How a command ended, for scripts."""

    DONE = 0
    CLARIFY = 3  # what was asked for cannot be, or is not clear
    REFUSED = 4
    FAILED = 5


def run(work: Coroutine[Any, Any, Exit]) -> None:
    """Run to the end of the process; while `debugging` an error shows where it came from."""
    try:
        code = asyncio.run(shielded(work))
    except HomelabError as error:
        traced(error)
        typer.echo(str(error), err=True)
        code = _code(error)
    raise typer.Exit(code)


async def shielded[T](work: Coroutine[Any, Any, T]) -> T:
    """The result of work that raises nothing but HomelabErrors; a pipe that is closed is the terminal's affair."""
    try:
        return await work
    except HomelabError, BrokenPipeError:
        raise
    except Exception as error:
        raise Defect("A mistake in this program stopped the command; run it with --debug to see where.") from error


def traced(error: HomelabError) -> None:
    """Show where an error comes from, to whoever wants to see that."""
    if debugging.get():
        traceback.print_exception(error)


def _code(error: HomelabError) -> Exit:
    match error:
        case Unchanged():
            return Exit.DONE
        case UnknownWorkload() if not error.candidates:
            return Exit.REFUSED
        case InputInvalid():
            return Exit.CLARIFY
        case ApprovalRefused() | EditRefused() | PolicyRefused():
            return Exit.REFUSED
        case _:
            return Exit.FAILED
