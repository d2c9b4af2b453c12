"""The change desk of a command line: its journal file, its repositories, and who sits at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import getpass
from pathlib import Path

import aiohttp

from ..change import ChangeDesk, DeskSettings
from ..errors import ApprovalRefused, Incomplete, JournalFailed
from ..journal import SqliteJournal
from ..models.change import Channel, Proposal, Requester
from ..ports import Forge
from .policy import policy
from .repositories import forge_of, known_as

SHORTEST_HASH = 8


@dataclass(frozen=True, slots=True)
class Office:
    """A desk; `github_api` is where its repositories are."""

    desk: ChangeDesk
    github_api: str
    session: aiohttp.ClientSession

    async def attach(self, repository: str) -> tuple[str, Forge]:
        """Serve a repository; returns the name it is known as, and its forge. Raises InputInvalid."""
        name = await known_as(repository)
        forge = await forge_of(name, self.session, github_api=self.github_api, writes=True)
        self.desk.attach(name, forge)
        return name, forge

    def find(self, start: str) -> Proposal:
        """The proposal whose hash begins with `start`. Raises ApprovalRefused, Incomplete."""
        if len(start) < SHORTEST_HASH:
            raise Incomplete(f"Give at least the first {SHORTEST_HASH} characters of the hash.")
        found = [proposal for proposal in self.desk.proposals if proposal.hash.startswith(start.lower())]
        if not found:
            raise ApprovalRefused(f"There is no proposal {start[:64]}; see homelab-assistant proposals.")
        if len({proposal.hash for proposal in found}) > 1:
            raise Incomplete(f"Several proposals begin with {start[:64]}; give more of the hash.")
        return found[-1]


@asynccontextmanager
async def office(journal: Path, github_api: str) -> AsyncIterator[Office]:
    """Open the journal and take up where it ends. Raises JournalFailed."""
    async with aiohttp.ClientSession() as session, _book(journal) as book:
        desk = ChangeDesk(book, settings=DeskSettings(policy=policy()), tended=False)
        await desk.load()
        try:
            yield Office(desk, github_api, session)
        finally:
            await desk.close()


@asynccontextmanager
async def _book(journal: Path) -> AsyncIterator[SqliteJournal]:
    book = SqliteJournal(await asyncio.to_thread(_place, journal))
    await book.open()
    try:
        yield book
    finally:
        await book.close()


def _place(journal: Path) -> Path:
    journal = journal.expanduser()
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalFailed(f"The folder {journal.parent} for the journal cannot be made.") from error
    return journal


def person() -> Requester:
    """Who types: whoever has the journal and the token may decide."""
    try:
        name = getpass.getuser()
    except OSError:  # a container's user may have no name
        name = None
    return Requester(channel=Channel.COMMAND_LINE, name=name, is_admin=True)
