"""A household in one process that sends a change off to a GitHub, to be killed in the middle of it.

    sending.py DIRECTORY URL

Proposes and approves over the journal in DIRECTORY, or goes on with what it finds there; prints the states once every
yes has its pull request.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
import sys

from assistant_core.change import Backoff, ChangeDesk, DeskSettings, Pace
from assistant_core.forge import GitHubForge
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Channel, Proposal, ProposalState, Requester, SetReplicas
from demo.github import REPOSITORY, TOKEN

ANNA = Requester(channel=Channel.TEXT, user_id="1", name="Anna", is_admin=True)
AT_ONCE = Backoff(timedelta(0), timedelta(0))
SETTINGS = DeskSettings(pace=Pace(retries=AT_ONCE))


async def main(directory: Path, url: str) -> None:
    journal = SqliteJournal(directory / "journal.sqlite")
    await journal.open()
    desk = ChangeDesk(journal, settings=SETTINGS)
    opened = asyncio.Event()

    def moved(proposal: Proposal) -> None:
        if proposal.state is ProposalState.OPEN:
            opened.set()

    desk.subscribe(moved)
    await desk.load()
    desk.attach(REPOSITORY, GitHubForge(REPOSITORY, TOKEN, base_url=url))
    if not desk.proposals:
        await desk.propose(SetReplicas(name="jellyfin", replicas=3), ANNA, words="scale jellyfin to 3")
        await desk.approve(requester=ANNA)
    if desk.proposals[0].state is not ProposalState.OPEN:
        await opened.wait()
    print(*(proposal.state for proposal in desk.proposals))  # noqa: T201 - read by the test
    await desk.close()
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
