"""The command that works a change out and changes nothing: plan."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
import sys
from typing import Annotated

import orjson
import typer

from ..change.proposals import weighed
from ..errors import HomelabError, Incomplete, InputInvalid
from ..gitops import Index, apply, plan_from, plan_schema
from ..models.plan import settled
from ..speech import Phrases
from . import show
from .app import (
    GITHUB_API,
    WRITE_MODEL,
    AnyRepository,
    AsJson,
    GitHubApi,
    Kubeconfig,
    KubeContext,
    OllamaUrl,
    WriteModel,
)
from .evidence import evidence
from .exits import EXITS, Exit
from .outcome import Result, failed, of_change, of_error
from .policy import policy
from .progress import progress
from .repositories import UNNAMED, snapshot_of
from .running import run, shielded, traced
from .services import Addresses
from .words import Made, plan_of

WrittenPlan = Annotated[
    str | None, typer.Option("--plan", metavar="JSON", help="A plan in place of words; - reads it from stdin.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A change in words or as a `written` plan, and where the model is that reads words when no sentence does."""

    text: str | None
    written: str | None
    ollama: str | None
    write_model: str


def plan(
    text: Annotated[str | None, typer.Argument(help='Such as "scale jellyfin to 3".')] = None,
    *,
    repo: AnyRepository = None,
    written: WrittenPlan = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of a plan.")] = False,
    ollama: OllamaUrl = None,
    write_model: WriteModel = WRITE_MODEL,
    kubeconfig: Kubeconfig = None,
    kube_context: KubeContext = None,
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
                asked = Asked(text=text, written=written, ollama=ollama, write_model=write_model)
                cluster = Addresses(kubeconfig=kubeconfig, context=kube_context)
                result = await shielded(_work_out(asked, repo, github_api, cluster))
        except HomelabError as error:
            traced(error)
            result = failed(error)
        if as_json:
            show.print_json(result.as_json())
        else:
            show.print_result(result)
        return EXITS[result.outcome]

    run(work())


async def _work_out(asked: Asked, repo: str | None, github_api: str, cluster: Addresses) -> Result:
    """What the words or the plan come to. Raises HomelabError when the repository or the cluster cannot be read."""
    if not repo:
        return of_error(Incomplete(UNNAMED))
    snapshot = await snapshot_of(repo, github_api=github_api)
    async with evidence(cluster) as witness:
        index = await asyncio.to_thread(Index.of, snapshot)
        index = await witness.known(index) if witness else index
        found = None
        try:
            found = settled((await wanted(asked, index)).plan, datetime.now(UTC))
            edit = await asyncio.to_thread(apply, found, index)
            shapes = await witness.shapes(edit.files) if witness else None
            change = await asyncio.to_thread(weighed, edit, snapshot, replace(policy(), shapes=shapes))
        except HomelabError as error:
            traced(error)
            return of_error(error, found)
    return of_change(found, change, await asyncio.to_thread(Phrases.load, "en"))


async def wanted(asked: Asked, index: Index) -> Made:
    """The plan that was given, or that the words ask for in this repository. Raises HomelabError."""
    if asked.text is not None and asked.written is not None:
        raise Incomplete("Give either words or --plan, not both.")
    if asked.written is not None:
        return Made(plan_from(_parsed(asked.written)))
    if asked.text is None:
        raise Incomplete('Say what shall change, such as "scale jellyfin to 3", or give a plan by --plan.')
    text = asked.text.encode(errors="replace").decode()
    return await plan_of(text, index, asked.ollama, asked.write_model)


def _parsed(written: str) -> object:
    try:
        return orjson.loads(sys.stdin.buffer.read() if written == "-" else written)
    except orjson.JSONDecodeError as error:
        if "infinity" in error.msg:
            raise InputInvalid(f"The number at character {error.pos + 1} of the plan is too large.") from error
        raise InputInvalid(f"The plan is no JSON: {error}.") from error
