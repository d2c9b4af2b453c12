"""Commands that change: propose, proposals, approve, reject."""

import asyncio
from typing import Annotated

import typer

from ..errors import ApprovalRefused, InputInvalid
from ..models.change import Proposal, ProposalState, SetReplicas
from ..ports import Forge
from ..speech import Phrases, Scale, Speech
from . import show
from .app import GITHUB_API, JOURNAL, AsJson, GitHubApi, JournalFile, Repository
from .office import office, person, workloads
from .running import Exit, run

Hash = Annotated[str, typer.Argument(metavar="HASH", help="The proposal's hash, or how it begins.")]


def propose(
    text: Annotated[str, typer.Argument(help='Such as "scale jellyfin to 3".')],
    *,
    repo: Repository,
    yes: Annotated[bool, typer.Option("--yes", help="Approve it at once.")] = False,
    github_api: GitHubApi = GITHUB_API,
    journal: JournalFile = JOURNAL,
    as_json: AsJson = False,
) -> None:
    """Work out a change and show it; nothing is changed until it is approved.

    A yes writes a branch of a local repository or a git remote, or opens the pull request.
    """

    async def work() -> Exit:
        speech = await asyncio.to_thread(Speech.load, "en")
        async with office(journal, github_api) as desk_room:
            name, forge = await desk_room.attach(repo)
            speech.know(*await workloads(forge))
            plan = _plan(speech, text)
            proposal = await desk_room.desk.propose(plan, person(), words=text, repository=name)
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


def _plan(speech: Speech, text: str) -> SetReplicas:
    spoken = speech.recognise(text)
    if not isinstance(spoken, Scale):
        raise InputInvalid('This is no change I know; say for example "scale jellyfin to 3".')
    if spoken.replicas is None:
        raise InputInvalid(speech.phrases.say("not_a_number", amount=spoken.amount, name=spoken.name))
    return SetReplicas(name=spoken.name, namespace=spoken.namespace, replicas=spoken.replicas)


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
            _, forge = await desk_room.attach(found.repository)
            try:
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
