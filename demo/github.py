"""A GitHub for one repository: the REST API that PyGithub speaks, over a real bare git repository.

Answers and refusals are worded as github.com words them. It serves the API at the root and, as GitHub Enterprise does,
below `/api/v3`; the page of a pull request shows its diff to a person who follows the link.
"""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from .github_access import Access, Level, Need, Token
from .github_apps import Apps
from .github_archives import Archives
from .github_checks import Checks
from .github_control import Control
from .github_git import GitStore
from .github_objects import Objects
from .github_pulls import Pulls
from .github_state import Hub, Route, repository_json
from .github_wire import Answer, Call, Refusal, answer, not_found, user_json

REPOSITORY = "demo/homelab"
TOKEN = "github_pat_demo_of_the_household"

_METADATA = Need()


class GitHubSimulator:
    """Stands for github.com (see `demo.serving.Simulator`); `path` is a bare git repository with a branch `main`."""

    name = "github"

    def __init__(self, path: Path, repository: str = REPOSITORY, *, tokens: tuple[Token, ...] | None = None) -> None:
        access = Access((Token(value=TOKEN),) if tokens is None else tokens)
        self.hub = Hub(store=GitStore(path), access=access, full_name=repository)
        self._objects = Objects(self.hub)
        self._pulls = Pulls(self.hub)
        self._checks = Checks(self.hub)
        self._apps = Apps(self.hub)
        self._archives = Archives(self.hub)
        self._writing = asyncio.Lock()
        self._working: set[asyncio.Task[web.Response]] = set()

    def app(self) -> web.Application:
        """The API, and the pull requests' pages."""
        app = web.Application(client_max_size=64 * 1024**2)
        repository = Route("GET", "", _METADATA, self._repository)
        keys = Route("GET", "/keys", Need(kind="administration"), self._keys)
        for prefix in ("", "/api/v3"):
            app.router.add_get(f"{prefix}/user", self._alone(self._user))
            app.router.add_get(f"{prefix}/user/repos", self._alone(self._repositories))
            app.router.add_get(f"{prefix}/installation/repositories", self._alone(self._installed))
            self._apps.add_routes(app, prefix)
            app.router.add_get(f"{prefix}/rate_limit", self._alone(self._rate_limit))
            for route in (repository, keys, self._archives.route, *self._rooms()):
                path = f"{prefix}/repos/{{owner}}/{{name}}{route.path}"
                app.router.add_route(route.method, path, self._endpoint(route, prefix))
            app.router.add_route("*", f"{prefix}/repos/{{path:.*}}", self._alone(self._nothing))
        self._archives.add_routes(app)
        app.router.add_get("/{owner}/{name}/pull/{number}", self._page)
        app.on_cleanup.append(self._finish)
        return app

    def _rooms(self) -> list[Route]:
        return [*self._objects.routes(), *self._pulls.routes(), *self._checks.routes()]

    def control(self) -> web.Application:
        """What people do on GitHub, and how it treats our token; see `demo.github_control`."""
        return Control(self.hub, self._apps).app()

    async def _finish(self, _: web.Application) -> None:
        await asyncio.gather(*self._working, return_exceptions=True)

    def _endpoint(self, route: Route, prefix: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def respond(request: web.Request, token: Token | None) -> web.Response:
            hub = self.hub
            asked = f"{request.match_info['owner']}/{request.match_info['name']}"
            if hub.was_called(asked):
                return _moved(request, f"{prefix}/repos/{hub.full_name}{request.path.split(asked, 1)[1]}")
            if asked.lower() != hub.full_name.lower():
                raise not_found()
            hub.access.check(token, route.need, private=hub.private)
            if hub.archived and route.need.level is Level.WRITE:
                raise Refusal(403, "Repository was archived so is read-only.")
            call = Call(
                login=token.login if token else "",
                push=token is not None and token.push and not token.app,
                url=f"{request.url.origin()}{prefix}/repos/{hub.full_name}",
                site=str(request.url.origin()),
                path=request.match_info,
                query=request.query,
                body=await _body(request),
            )
            if route.need.level is Level.READ:
                return answer(request, await route.handler(call))
            async with self._writing:
                return answer(request, await route.handler(call))

        return self._guarded(respond)

    def _alone(
        self, handler: Callable[[Token | None], Awaitable[Answer]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def respond(request: web.Request, token: Token | None) -> web.Response:
            return answer(request, await handler(token))

        return self._guarded(respond)

    def _guarded(
        self, respond: Callable[[web.Request, Token | None], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def work(request: web.Request) -> web.Response:
            limits, token = self.hub.access.limits, None
            try:
                token = self.hub.access.identify(request)
                limits.count()
                response = await respond(request, token)
            except Refusal as refusal:
                response = web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)
            if response.status == web.HTTPNotModified.status_code:
                limits.remaining += 1
            response.headers.update(limits.headers)
            if token and token.scopes is not None:
                response.headers["X-OAuth-Scopes"] = token.scopes
            return response

        async def handle(request: web.Request) -> web.Response:
            # What was asked for is done even when the client hangs up meanwhile, as on a real server.
            task = asyncio.create_task(work(request))
            self._working.add(task)
            task.add_done_callback(self._working.discard)
            return await asyncio.shield(task)

        return handle

    async def _repository(self, call: Call) -> Answer:
        admin = call.push and call.login == self.hub.owner
        return Answer(repository_json(self.hub, call.url, call.site, push=call.push, admin=admin))

    async def _user(self, token: Token | None) -> Answer:
        if token is None:
            raise Refusal(401, "Requires authentication")
        return Answer(user_json(token.login))

    async def _keys(self, _: Call) -> Answer:
        return Answer([])

    async def _repositories(self, token: Token | None) -> Answer:
        if token is None:
            raise Refusal(401, "Requires authentication")
        names = (*((self.hub.full_name,) if token.repository and self.hub.private else ()), *token.others)
        return Answer([{"full_name": name, "name": name.rpartition("/")[2], "private": True} for name in names])

    async def _installed(self, token: Token | None) -> Answer:
        if token is None or not token.app:
            raise Refusal(403, "You must authenticate with an installation access token.")
        names = (self.hub.full_name, *token.others)
        return Answer({"total_count": len(names), "repositories": [{"full_name": name} for name in names]})

    async def _rate_limit(self, _: Token | None) -> Answer:
        limits = self.hub.access.limits
        limits.remaining += 1  # asking costs nothing
        core = {"limit": limits.limit, "remaining": limits.remaining, "reset": limits.reset, "used": 0}
        return Answer({"resources": {"core": core}, "rate": core})

    async def _nothing(self, _: Token | None) -> Answer:
        raise not_found()

    async def _page(self, request: web.Request) -> web.Response:
        try:
            pull = self.hub.pull(request.match_info["number"])
        except Refusal as refusal:
            raise web.HTTPNotFound from refusal
        await self.hub.refresh(pull)
        files = await self._pulls.changes(pull)
        diff = "\n".join(f"{file.path}\n{file.patch}" for file in files)
        state = "merged" if pull.merged else pull.state
        text = f"#{pull.number} {pull.title} ({state})\n{pull.head} into {pull.base}\n\n{pull.body}\n\n{diff}\n"
        page = f"<!doctype html><meta charset=utf-8><title>{escape(pull.title)}</title><pre>{escape(text)}</pre>"
        return web.Response(text=page, content_type="text/html")


async def _body(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    if request.method == "GET" or not text:
        return {}
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Refusal(400, "Problems parsing JSON") from error
    if isinstance(body, list) and request.path.endswith("/labels"):
        return {"labels": body}  # a bare list is allowed there, and what PyGithub sends
    if not isinstance(body, dict):
        raise Refusal(400, "Body should be a JSON object")
    return body


def _moved(request: web.Request, path: str) -> web.Response:
    location = f"{request.url.origin()}{path}"
    body = {"message": "Moved Permanently", "url": location}
    return web.json_response(body, status=301 if request.method == "GET" else 307, headers={"Location": location})
