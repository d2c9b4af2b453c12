"""Runs a command to its exit code; an error is one sentence on stderr."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from enum import IntEnum
import traceback
from typing import Any

import typer

from ..errors import ApprovalRefused, EditRefused, HomelabError, InputInvalid, PolicyRefused

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
        code = asyncio.run(work)
    except HomelabError as error:
        if debugging.get():
            traceback.print_exception(error)
        typer.echo(str(error), err=True)
        code = _code(error)
    raise typer.Exit(code)


def _code(error: HomelabError) -> Exit:
    match error:
        case InputInvalid():
            return Exit.CLARIFY
        case ApprovalRefused() | EditRefused() | PolicyRefused():
            return Exit.REFUSED
        case _:
            return Exit.FAILED
