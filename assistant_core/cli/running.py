"""Runs a command to its exit code; an error is one sentence on stderr."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
import traceback
from typing import Any

import typer

from ..errors import Defect, HomelabError
from ..redaction import redact
from .exits import EXITS, Exit, outcome_of

debugging: ContextVar[bool] = ContextVar("debugging", default=False)


INTERRUPTED = 130
"""What a shell gives for a process that was stopped from the keyboard."""


def run(work: Coroutine[Any, Any, Exit]) -> None:
    """Run to the end of the process; while `debugging` an error shows where it came from."""
    code: int
    try:
        code = asyncio.run(shielded(work))
    except HomelabError as error:
        raise ended(error) from error
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


def ended(error: HomelabError) -> typer.Exit:
    """Say what went wrong; returns how the process ends."""
    traced(error)
    typer.echo(str(error), err=True)
    return typer.Exit(EXITS[outcome_of(error)])


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
        typer.echo(redact("".join(traceback.format_exception(error))), err=True, nl=False)
