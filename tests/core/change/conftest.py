"""A desk over a real journal and a repository in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.journal import SqliteJournal
from tests.core.change.memory import REPOSITORY, Clock, MemoryForge, Restart


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def forge() -> MemoryForge:
    return MemoryForge()


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    await journal.open()
    yield journal
    await journal.close()


@pytest.fixture
async def desk(journal: SqliteJournal, forge: MemoryForge, clock: Clock) -> AsyncIterator[ChangeDesk]:
    desk = ChangeDesk(journal, clock=clock)
    await desk.load()
    desk.attach(REPOSITORY, forge)
    yield desk
    await desk.close()


@pytest.fixture
async def restarted(journal: SqliteJournal, clock: Clock) -> AsyncIterator[Restart]:
    desks: list[ChangeDesk] = []

    def start() -> ChangeDesk:
        desks.append(ChangeDesk(journal, clock=clock))
        return desks[-1]

    yield start
    for desk in desks:
        await desk.close()
