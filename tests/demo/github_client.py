"""A client of the simulated GitHub, as curl would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from demo.faults import FaultProxy
from demo.github import REPOSITORY, TOKEN
from demo.github_git import GitStore

AUTHOR = {"name": "Anna", "email": "anna@home.arpa", "date": "2026-11-07T20:15:00+01:00"}


@dataclass
class Client:
    """Speaks to the simulator as curl would."""

    session: aiohttp.ClientSession
    proxy: FaultProxy
    control: str
    store: GitStore
    token: str | None = TOKEN

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = path if path.startswith("http") else f"{self.proxy.url}{path}"
        async with self.session.request(method, url, json=body, headers=headers, allow_redirects=False) as response:
            data = await response.json() if response.content_type == "application/json" else await response.text()
            return response.status, data, response.headers

    async def repo(self, method: str, path: str, **body: object) -> tuple[int, Any]:
        status, data, _ = await self.ask(method, f"/repos/{REPOSITORY}{path}", body or None)
        return status, data

    async def do(self, what: str, **data: object) -> int:
        async with self.session.post(f"{self.control}/github/{what}", json=data) as response:
            return response.status

    async def head(self, branch: str = "main") -> str:
        sha = await self.store.head(branch)
        assert sha is not None
        return sha

    async def commit(self, path: str, content: str, *, parent: str | None = None) -> str:
        parent = parent or await self.head()
        _, tree = await self.repo(
            "POST",
            "/git/trees",
            base_tree=parent,
            tree=[{"path": path, "mode": "100644", "type": "blob", "content": content}],
        )
        _, commit = await self.repo(
            "POST", "/git/commits", message=f"Change {path}", tree=tree["sha"], parents=[parent], author=AUTHOR
        )
        return str(commit["sha"])

    async def branch(self, name: str, path: str, content: str) -> str:
        sha = await self.commit(path, content)
        status, _ = await self.repo("POST", "/git/refs", ref=f"refs/heads/{name}", sha=sha)
        assert status == 201
        return sha

    async def pull(self, name: str, path: str = "new.yaml", content: str = "a: 1\n") -> Any:
        await self.branch(name, path, content)
        status, pull = await self.repo("POST", "/pulls", title=f"Change {path}", head=name, base="main")
        assert status == 201
        return pull


def message(data: Any) -> str:
    return " ".join([data["message"], *(e if isinstance(e, str) else e.get("message", "") for e in data["errors"])])
