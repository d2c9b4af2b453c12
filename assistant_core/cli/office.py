"""The change desk of a command line: its journal file, its repositories, and who sits at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import getpass
import os
from pathlib import Path

from ..change import ChangeDesk
from ..errors import ApprovalRefused, InputInvalid, JournalFailed
from ..forge import GitHubForge
from ..gitops import Index
from ..journal import SqliteJournal
from ..models.change import Channel, Proposal, Requester
from ..ports import Forge

TOKEN_VARIABLE = "HOMELAB_GITHUB_TOKEN"  # noqa: S105 - the name of a variable
SHORTEST_HASH = 8


@dataclass(frozen=True, slots=True)
class Office:
    """A desk; `github_api` is where its repositories are."""

    desk: ChangeDesk
    github_api: str

    def attach(self, repository: str) -> GitHubForge:
        """Serve a GitHub repository (OWNER/NAME) with the token from the environment. Raises InputInvalid."""
        token = os.environ.get(TOKEN_VARIABLE)
        if not token:
            raise InputInvalid(f"A repository needs a GitHub token in the environment variable {TOKEN_VARIABLE}.")
        forge = GitHubForge(repository, token, base_url=self.github_api)
        self.desk.attach(repository, forge)
        return forge

    def find(self, start: str) -> Proposal:
        """The proposal whose hash begins with `start`. Raises ApprovalRefused, InputInvalid."""
        if len(start) < SHORTEST_HASH:
            raise InputInvalid(f"Give at least the first {SHORTEST_HASH} characters of the hash.")
        found = [proposal for proposal in self.desk.proposals if proposal.hash.startswith(start.lower())]
        if not found:
            raise ApprovalRefused(f"There is no proposal {start[:64]}; see homelab-assistant proposals.")
        if len({proposal.hash for proposal in found}) > 1:
            raise InputInvalid(f"Several proposals begin with {start[:64]}; give more of the hash.")
        return found[-1]


@asynccontextmanager
async def office(journal: Path, github_api: str) -> AsyncIterator[Office]:
    """Open the journal and take up where it ends. Raises JournalFailed."""
    book = SqliteJournal(await asyncio.to_thread(_place, journal))
    await book.open()
    try:
        desk = ChangeDesk(book)
        await desk.load()
        try:
            yield Office(desk, github_api)
        finally:
            await desk.close()
    finally:
        await book.close()


def _place(journal: Path) -> Path:
    journal = journal.expanduser()
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalFailed(f"The folder {journal.parent} for the journal cannot be made.") from error
    return journal


async def workloads(forge: Forge) -> tuple[set[str], set[str]]:
    """The names and namespaces of what a repository deploys. Raises HomelabError."""
    index = await asyncio.to_thread(Index.of, await forge.snapshot())
    return {each.name for each in index.workloads}, {each.namespace for each in index.workloads}


def person() -> Requester:
    """Who types: whoever has the journal and the token may decide."""
    try:
        name = getpass.getuser()
    except OSError:  # a container's user may have no name
        name = None
    return Requester(channel=Channel.COMMAND_LINE, name=name, is_admin=True)
