"""A desk with one open pull request, and a cluster that tells what a test lets it tell."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import override

import pytest

from assistant_core.change import Backoff, ChangeDesk, DeskSettings, Pace
from assistant_core.journal import SqliteJournal
from assistant_core.models.application import Application
from assistant_core.models.change import Proposal, Step
from assistant_core.models.repository import PullRequestState, PullRequestStatus
from assistant_core.ports import Applications
from tests.core.change.memory import ANNA, REPOSITORY, Clock, MemoryForge, scale

MERGE = "e" * 40
AT_ONCE = Backoff(timedelta(0), timedelta(0))
SETTINGS = DeskSettings(pace=Pace(retries=AT_ONCE, looks=AT_ONCE, rollout=timedelta(0)))


class Cluster(Applications):
    """Tells what it is given, one answer after the other, and waits for the next."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[tuple[Application, ...] | Exception] = asyncio.Queue()
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    @override
    async def deploying(self, repository: str, paths: Sequence[str]) -> tuple[Application, ...]:
        self.asked.append((repository, tuple(paths)))
        answer = await self.answers.get()
        self.answers.task_done()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tells(self, *applications: Application) -> None:
        self.answers.put_nowait(applications)


class Followed:
    """A desk with one open pull request; `steps` are what its subscribers heard since."""

    def __init__(self, desk: ChangeDesk, forge: MemoryForge, opened: Proposal) -> None:
        self.desk = desk
        self.forge = forge
        assert opened.opened is not None
        self.pull = opened.opened
        self.status = PullRequestStatus(pull_request=self.pull)
        self.steps: list[Step] = []
        self._heard = asyncio.Event()
        desk.subscribe(self._hear)

    @property
    def proposal(self) -> Proposal:
        return self.desk.proposals[0]

    async def until(self, step: Step) -> Proposal:
        async with asyncio.timeout(10):
            while step not in self.steps:
                self._heard.clear()
                await self._heard.wait()
        return self.proposal

    def becomes(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)
        self.forge.fate.put_nowait(self.status)

    def merge(self) -> None:
        merged = replace(self.pull, state=PullRequestState.MERGED)
        self.becomes(pull_request=merged, merge_commit=MERGE)

    def _hear(self, proposal: Proposal) -> None:
        self.steps.append(proposal.step)
        self._heard.set()


@pytest.fixture
async def desk(journal: SqliteJournal, forge: MemoryForge, clock: Clock) -> AsyncIterator[ChangeDesk]:
    desk = ChangeDesk(journal, clock=clock, settings=SETTINGS)
    await desk.load()
    desk.attach(REPOSITORY, forge)
    yield desk
    await desk.close()


@pytest.fixture
async def followed(desk: ChangeDesk, forge: MemoryForge) -> Followed:
    await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    return Followed(desk, forge, await desk.approve(requester=ANNA))


@pytest.fixture
def cluster(desk: ChangeDesk) -> Cluster:
    cluster = Cluster()
    desk.attach_applications(cluster)
    return cluster
