"""A git server with nothing but git: one bare repository behind smart HTTP and, if wanted, a login.

Control routes below `/git/`: `POST login` (`user`, `password`, `read`, `write`; the same user again changes it; while
none is known, everybody may do everything). People push with git itself.
"""

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import BasicAuth, web

from .git_http import answer, writes
from .github_git import GitStore

PATH = "/anna/homelab.git"


class GitRemoteSimulator:
    """Stands for a git server (see `demo.serving.Simulator`); `path` is a bare git repository."""

    name = "git"

    def __init__(self, path: Path) -> None:
        self.store = GitStore(path)
        self._logins: dict[tuple[str, str], tuple[bool, bool]] = {}
        self._working: set[asyncio.Task[web.Response]] = set()

    def app(self) -> web.Application:
        """The repository at `PATH`."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_get(f"{PATH}/info/refs", self._serve)
        app.router.add_post(PATH + "/{service:git-(upload|receive)-pack}", self._serve)
        app.on_cleanup.append(self._finish)
        return app

    def control(self) -> web.Application:
        """Who may log in."""
        app = web.Application()
        app.router.add_post("/login", self._login)
        return app

    async def _login(self, request: web.Request) -> web.Response:
        data: dict[str, Any] = await request.json()
        rights = bool(data.get("read", True)), bool(data.get("write", True))
        self._logins[str(data["user"]), str(data["password"])] = rights
        return web.Response(status=web.HTTPNoContent.status_code)

    async def _finish(self, _: web.Application) -> None:
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _serve(self, request: web.Request) -> web.Response:
        # What was asked for is done even when the client hangs up meanwhile, as on a real server.
        task = asyncio.create_task(self._work(request))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return await asyncio.shield(task)

    async def _work(self, request: web.Request) -> web.Response:
        login = "anybody"
        if self._logins:
            try:
                given = BasicAuth.decode(request.headers.get("Authorization", ""))
                read, write = self._logins[given.login, given.password]
            except KeyError, ValueError:
                return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="git"'}, text="Who are you?")
            if not (write if writes(request) else read):
                return web.Response(status=403, text="You may not do this.")
            login = given.login
        return await answer(request, self.store, login)
