"""A household in one process, to be killed in the middle of an approval.

    approval.py DIRECTORY STEP

Proposes, approves and resumes over the journal in DIRECTORY; the repository is DIRECTORY/forge, a file per branch.
Kills itself with SIGKILL at the STEP-th step, counted before and after everything that reaches the disk. Prints the
steps and in the end the states.
"""

import asyncio
from itertools import count
import os
from pathlib import Path
import signal
import sys
from typing import override

from assistant_core.change import ChangeDesk
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Channel, Proposal, ProposalState, Requester, SetReplicas
from assistant_core.models.repository import Draft, PullRequest, PullRequestState, Snapshot
from assistant_core.ports import Forge

MANIFEST = b"""\
apiVersion: apps/v1
kind: Deployment
metadata: {name: jellyfin}
spec: {replicas: 1, selector: {}, template: {spec: {}}}
"""
ANNA = Requester(channel=Channel.TEXT, user_id="1", name="Anna", is_admin=True)
UNFINISHED = (ProposalState.APPROVED, ProposalState.OPENING)


class Steps:
    """Counts the steps and ends the process at the given one."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._count = count(1)

    def step(self, name: str) -> None:
        number = next(self._count)
        print(number, name, flush=True)  # noqa: T201 - read by the test
        if number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppingJournal(SqliteJournal):
    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path)
        self._steps = steps

    @override
    async def record(self, proposal: Proposal) -> None:
        self._steps.step(f"before {proposal.state}")
        await super().record(proposal)
        self._steps.step(f"after {proposal.state}")


class DirectoryForge(Forge):
    """Every pull request is a file named by its branch and commit."""

    def __init__(self, directory: Path, steps: Steps) -> None:
        self._directory = directory
        self._steps = steps

    @override
    async def snapshot(self) -> Snapshot:
        self._steps.step("snapshot")
        return Snapshot(commit="c" * 40, files={"jellyfin.yaml": MANIFEST})

    @override
    async def open(self, draft: Draft) -> PullRequest:
        self._steps.step("before the pull request")
        path = self._directory / f"{draft.branch} {draft.authored:%H%M%S%f}".replace("/", " ")
        path.touch()
        self._steps.step("after the pull request")
        return PullRequest(
            number=1, url=path.as_uri(), branch=draft.branch, head_commit="d" * 40, state=PullRequestState.OPEN
        )


async def main(directory: Path, last: int) -> None:
    steps = Steps(last)
    journal = SteppingJournal(directory / "journal.sqlite", steps)
    await journal.open()
    desk = ChangeDesk(journal)
    finished = asyncio.Event()
    desk.subscribe(lambda proposal: proposal.state is ProposalState.OPEN and finished.set())
    await desk.load()
    desk.attach("anna/homelab", DirectoryForge(directory / "forge", steps))
    if any(proposal.state in UNFINISHED for proposal in desk.proposals):
        await finished.wait()
    elif not desk.proposals:
        await desk.propose(SetReplicas(name="jellyfin", replicas=3), ANNA, words="scale jellyfin to 3")
        await desk.approve(requester=ANNA)
    print(*(proposal.state for proposal in desk.proposals))  # noqa: T201 - read by the test
    await desk.close()
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
