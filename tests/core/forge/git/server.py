"""A git server with the household's repository."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from assistant_core.forge import GitForge
from assistant_core.models.repository import Draft
from demo.faults import FaultProxy
from demo.git_remote import PATH
from demo.github_git import NOTHING, GitStore, Person

ANNA = Person(name="Anna", email="anna@home.arpa", date=1_794_000_000)


@dataclass
class Server:
    """A git server with the household's repository, and the hands of the people who use it."""

    proxy: FaultProxy
    store: GitStore
    control: str

    def forge(self, token: str | None = None, *, timeout: int = 10, **options: Any) -> GitForge:
        return GitForge(f"{self.proxy.url}{PATH}", token, timeout=timeout, **options)

    async def login(self, **data: Any) -> None:
        async with aiohttp.ClientSession() as session, session.post(f"{self.control}/git/login", json=data) as response:
            assert response.status == 204

    async def commit(self, branch: str, path: str, content: str, *, message: str = "Change it\n") -> str:
        parent = await self.store.head(branch) or await self.store.head("main")
        tree = await self.store.write_tree(parent, [(path, "100644", await self.store.write_blob(content.encode()))])
        commit = await self.store.write_commit(tree, (parent,), message, ANNA, ANNA)
        await self.store.update_ref(f"refs/heads/{branch}", commit, await self.store.head(branch) or NOTHING)
        return commit

    async def branches(self) -> dict[str, str]:
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in (await self.store.refs()).items()}


async def assert_exactly_one(server: Server, draft: Draft, commit: str) -> None:
    assert await server.branches() == {"main": draft.base_commit, draft.branch: commit}
    assert await server.store.between(draft.base_commit, commit) == [commit]
