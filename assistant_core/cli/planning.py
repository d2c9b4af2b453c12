"""The command that works a change out and changes nothing: plan."""

import asyncio
from datetime import UTC, datetime
import sys
from typing import Annotated

import orjson
import typer

from ..change.proposals import weighed
from ..errors import HomelabError, Incomplete, InputInvalid
from ..gitops import Index, apply, plan_from, plan_schema
from ..guard import Policy
from ..models.plan import ChangePlan, settled
from ..models.repository import Snapshot
from ..speech import Phrases
from . import show
from .app import GITHUB_API, AsJson, GitHubApi, Repository
from .exits import EXITS, Exit
from .outcome import Result, failed, of_change, of_error
from .progress import progress
from .repositories import snapshot_of
from .running import run, shielded, traced
from .words import plan_of

WrittenPlan = Annotated[
    str | None, typer.Option("--plan", metavar="JSON", help="A plan in place of words; - reads it from stdin.")
]


def plan(
    text: Annotated[str | None, typer.Argument(help='Such as "scale jellyfin to 3".')] = None,
    *,
    repo: Repository | None = None,
    written: WrittenPlan = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a plan.")] = False,
    github_api: GitHubApi = GITHUB_API,
    as_json: AsJson = False,
) -> None:
    """Work out a change and judge it; nothing is written, nothing is remembered."""

    async def work() -> Exit:
        if schema:
            show.print_json(plan_schema())
            return Exit.DONE
        try:
            async with progress("Planning"):
                result = await shielded(_work_out(text, written, repo, github_api))
        except HomelabError as error:
            traced(error)
            result = failed(error)
        if as_json:
            show.print_json(result.as_json())
        else:
            show.print_result(result)
        return EXITS[result.outcome]

    run(work())


async def _work_out(text: str | None, written: str | None, repo: str | None, github_api: str) -> Result:
    """What the words or the plan come to. Raises HomelabError when the repository cannot be read."""
    if repo is None:
        return of_error(Incomplete("Say which repository: --repo takes a folder, OWNER/NAME or the URL of a remote."))
    snapshot = await snapshot_of(repo, github_api=github_api)
    return await asyncio.to_thread(_planned, text, written, snapshot)


def _planned(text: str | None, written: str | None, snapshot: Snapshot) -> Result:
    index = Index.of(snapshot)
    found = None
    try:
        found = settled(_plan(text, written, index), datetime.now(UTC))
        change = weighed(apply(found, index), snapshot, Policy())
    except HomelabError as error:
        traced(error)
        return of_error(error, found)
    return of_change(found, change, Phrases.load("en"))


def wanted(text: str | None, written: str | None, snapshot: Snapshot) -> ChangePlan:
    """The plan that was given, or that the words ask for in this repository. Raises InputInvalid."""
    return _plan(text, written, Index.of(snapshot))


def _plan(text: str | None, written: str | None, index: Index) -> ChangePlan:
    if text is not None and written is not None:
        raise Incomplete("Give either words or --plan, not both.")
    if written is not None:
        return plan_from(_parsed(written))
    if text is None:
        raise Incomplete('Say what shall change, such as "scale jellyfin to 3", or give a plan by --plan.')
    return plan_of(text.encode(errors="replace").decode(), index)


def _parsed(written: str) -> object:
    try:
        return orjson.loads(sys.stdin.buffer.read() if written == "-" else written)
    except orjson.JSONDecodeError as error:
        raise InputInvalid(f"The plan is no JSON: {error}.") from error
