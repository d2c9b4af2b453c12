"""Commands that change: propose, proposals, approve, reject."""

import asyncio
from typing import Annotated

import typer

from ..errors import ApprovalRefused, Unchanged
from ..gitops import Index
from ..models.change import Proposal, ProposalState
from ..ports import Forge
from ..speech import Phrases
from . import show
from .app import (
    GITHUB_API,
    JOURNAL,
    WRITE_MODEL,
    AsJson,
    GitHubApi,
    JournalFile,
    Kubeconfig,
    KubeContext,
    OllamaUrl,
    Repository,
    WriteModel,
)
from .evidence import evidence
from .exits import Exit
from .office import office, person
from .planning import Asked, WrittenPlan, wanted
from .progress import progress
from .running import run
from .services import Addresses

Hash = Annotated[str, typer.Argument(metavar="HASH", help="The proposal's hash, or how it begins.")]


def propose(
    text: Annotated[str | None, typer.Argument(help='Such as "scale jellyfin to 3".')] = None,
    *,
    repo: Repository,
    written: WrittenPlan = None,
    ollama: OllamaUrl = None,
    write_model: WriteModel = WRITE_MODEL,
    kubeconfig: Kubeconfig = None,
    kube_context: KubeContext = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approve it at once.")] = False,
    github_api: GitHubApi = GITHUB_API,
    journal: JournalFile = JOURNAL,
    as_json: AsJson = False,
) -> None:
    """Work out a change and show it; nothing is changed until it is approved.

    A yes writes a branch of a local repository or a git remote, or opens the pull request.
    """

    async def work() -> Exit:
        cluster = Addresses(kubeconfig=kubeconfig, context=kube_context)
        async with office(journal, github_api) as desk_room, evidence(cluster) as witness:
            async with progress("Planning"):
                name, forge = await desk_room.attach(repo)
                index = await asyncio.to_thread(Index.of, await forge.snapshot())
                if witness is not None:
                    desk_room.desk.attach_evidence(witness)
                    index = await witness.known(index)
                asked = Asked(text=text, written=written, ollama=ollama, write_model=write_model)
                made = await wanted(asked, index)
                said = text or f"A plan: {made.plan.operation} of {made.plan.name}"
                try:
                    proposal = await desk_room.desk.propose(
                        made.plan, person(), words=said, repository=name, model=made.model
                    )
                except Unchanged as error:
                    return _unchanged(error, as_json=as_json)
            if not as_json:
                show.print_diff(proposal.diff)
                typer.echo(f"hash {proposal.hash}")
            if yes:
                proposal = await desk_room.desk.approve(requester=person(), hash=proposal.hash)
        if yes:
            return await _tell(proposal, as_json=as_json, forge=forge)
        if as_json:
            show.print_json(show.proposal_data(proposal))
        else:
            typer.echo(f"To send it off: homelab-assistant approve {proposal.hash[: show.SHORT_HASH]}")
        return Exit.DONE

    run(work())


def _unchanged(error: Unchanged, *, as_json: bool) -> Exit:
    if as_json:
        show.print_json({"state": ProposalState.UNCHANGED, "failure": str(error)})
    else:
        typer.echo(show.safe(str(error)))
    return Exit.DONE


def proposals(
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are decided.")] = False,
    journal: JournalFile = JOURNAL,
    as_json: AsJson = False,
) -> None:
    """List the proposals that wait for a yes."""

    async def work() -> Exit:
        async with office(journal, GITHUB_API) as desk_room:
            shown = desk_room.desk.proposals if every else desk_room.desk.awaiting
        if as_json:
            show.print_json([show.proposal_data(proposal) for proposal in shown])
        elif shown:
            show.print_proposals(shown)
        else:
            typer.echo("There are no proposals." if every else "Nothing waits for a yes.")
        return Exit.DONE

    run(work())


def approve(
    proposal_hash: Hash,
    *,
    github_api: GitHubApi = GITHUB_API,
    journal: JournalFile = JOURNAL,
    as_json: AsJson = False,
) -> None:
    """Send a proposal off: as a pull request, or as a branch where there are branches only."""

    async def work() -> Exit:
        async with office(journal, github_api) as desk_room:
            found = desk_room.find(proposal_hash)
            try:
                async with progress("Sending it off"):
                    _, forge = await desk_room.attach(found.repository)
                    proposal = await desk_room.desk.approve(requester=person(), hash=found.hash)
            except ApprovalRefused:
                if found.state not in (ProposalState.APPROVED, ProposalState.OPENING):
                    raise
                proposal = desk_room.find(found.hash)  # approved before: the desk took it up itself
            return await _tell(proposal, as_json=as_json, forge=forge)

    run(work())


def reject(proposal_hash: Hash, *, journal: JournalFile = JOURNAL, as_json: AsJson = False) -> None:
    """Drop a proposal."""

    async def work() -> Exit:
        async with office(journal, GITHUB_API) as desk_room:
            found = desk_room.find(proposal_hash)
            rejected = await desk_room.desk.reject(requester=person(), hash=found.hash)
            return await _tell(rejected, as_json=as_json)

    run(work())


async def _tell(proposal: Proposal, *, as_json: bool, forge: Forge | None = None) -> Exit:
    is_open = proposal.state is ProposalState.OPEN
    if as_json:
        show.print_json(show.proposal_data(proposal))
    elif is_open and forge and not forge.capabilities.pull_requests:
        typer.echo("The change stands in a branch of its own, for you to look at and to merge.")
    else:
        phrases = await asyncio.to_thread(Phrases.load, "en")
        typer.echo(show.safe(phrases.say_proposal(proposal)))
    if proposal.pull_request and not as_json:
        typer.echo(show.safe(proposal.pull_request))
    return Exit.DONE if is_open or proposal.state is ProposalState.REJECTED else Exit.FAILED
