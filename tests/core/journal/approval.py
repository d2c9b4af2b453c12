"""A household in one process, to be killed in the middle of a change.

    approval.py DIRECTORY STEP

Proposes, approves, follows and resumes over the journal in DIRECTORY; the repository is DIRECTORY/forge, a file per
branch. Every pull request is merged as soon as it is looked at, and the cluster is healthy with it.
Kills itself with SIGKILL at the STEP-th step, counted before and after everything that reaches the disk. Prints the
steps and in the end the states.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
import os
from pathlib import Path
import signal
import sys
from typing import override

from assistant_core.change import Backoff, ChangeDesk, DeskSettings, Pace
from assistant_core.journal import SqliteJournal
from assistant_core.models.application import Application, HealthStatus, SyncStatus
from assistant_core.models.change import Channel, Proposal, Requester, SetReplicas
from assistant_core.models.repository import Draft, PullRequest, PullRequestState, PullRequestStatus, Snapshot
from assistant_core.ports import Applications, Forge

MANIFEST = b"""\
apiVersion: apps/v1
kind: Deployment
metadata: {name: jellyfin}
spec: {replicas: 1, selector: {}, template: {spec: {}}}
"""
ANNA = Requester(channel=Channel.TEXT, user_id="1", name="Anna", is_admin=True)
MERGE = "e" * 40
AT_ONCE = Backoff(timedelta(0), timedelta(0))
SETTINGS = DeskSettings(pace=Pace(retries=AT_ONCE, looks=AT_ONCE, rollout=timedelta(0)))


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

    @override
    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        self._steps.step("look")
        merged = replace(pull_request, state=PullRequestState.MERGED)
        return PullRequestStatus(pull_request=merged, merge_commit=MERGE)

    @override
    async def descends(self, commit: str, ancestor: str) -> bool:
        return commit == ancestor


class Cluster(Applications):
    """Has what was merged, and is well."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    @override
    async def deploying(self, repository: str, paths: Sequence[str]) -> tuple[Application, ...]:
        self._steps.step("ask the cluster")
        return (
            Application(
                namespace="argocd",
                name="media",
                project="default",
                destination="media",
                sync=SyncStatus.SYNCED,
                health=HealthStatus.HEALTHY,
                compared=(MERGE,),
                operation=None,
                history=(),
                conditions=(),
            ),
        )


async def main(directory: Path, last: int) -> None:
    steps = Steps(last)
    journal = SteppingJournal(directory / "journal.sqlite", steps)
    await journal.open()
    desk = ChangeDesk(journal, settings=SETTINGS)
    finished = asyncio.Event()
    desk.subscribe(lambda proposal: finished.set() if proposal.settled else None)
    await desk.load()
    desk.attach_applications(Cluster(steps))
    desk.attach("anna/homelab", DirectoryForge(directory / "forge", steps))
    if not desk.proposals:
        await desk.propose(SetReplicas(name="jellyfin", replicas=3), ANNA, words="scale jellyfin to 3")
        await desk.approve(requester=ANNA)
    if not desk.awaiting and not desk.proposals[0].settled:
        await finished.wait()
    print(*(proposal.state for proposal in desk.proposals))  # noqa: T201 - read by the test
    await desk.close()
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
