"""A Gitea for one repository: the part of its REST API that forges use, and git over smart HTTP.

It shares its git store, pull requests and control routes with the simulated GitHub; below `/gitea/` of the control port
people do what they do there (see `demo.github_control`). A token's `contents` stand for the scope `repository`, its
`pull_requests` for the scope `issue`.
"""

import asyncio
from collections.abc import Awaitable, Callable
import json
from pathlib import Path
from typing import Any

from aiohttp import BasicAuth, web

from .git_http import answer, writes
from .github_access import Access, Level, Token
from .github_control import Control
from .github_git import NOTHING, GitStore
from .github_state import Hub, Pull
from .github_wire import Refusal, user_json, when

REPOSITORY = "anna/homelab"
TOKEN = "gitea_token_of_the_household"
VERSION = "1.24.6"

_REVIEWS = {"APPROVED": "APPROVED", "CHANGES_REQUESTED": "REQUEST_CHANGES", "COMMENTED": "COMMENT"}

_STATUS = {"GET": 200, "POST": 201, "PATCH": 201}

type Handler = Callable[[web.Request, Token], Awaitable[Any]]


class GiteaSimulator:
    """Stands for a Gitea server (see `demo.serving.Simulator`); `path` is a bare git repository with `main`."""

    name = "gitea"

    def __init__(self, path: Path, repository: str = REPOSITORY) -> None:
        access = Access((Token(value=TOKEN, login=repository.partition("/")[0]),))
        self.hub = Hub(store=GitStore(path), access=access, full_name=repository)
        self._writing = asyncio.Lock()
        self._working: set[asyncio.Task[web.Response]] = set()

    def app(self) -> web.Application:
        """The API below `/api/v1`, and the repository for git."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_get("/api/v1/version", self._version)
        for method, path, kind, handler in (
            ("GET", "", "contents", self._repository),
            ("GET", "/branches/{branch:.+}", "contents", self._branch),
            ("POST", "/pulls", "contents", self._create),
            ("GET", r"/pulls/{number:\d+}", "contents", self._get),
            ("PATCH", r"/pulls/{number:\d+}", "contents", self._edit),
            ("DELETE", "/branches/{branch:.+}", "contents", self._delete_branch),
            ("GET", r"/pulls/{number:\d+}/reviews", "contents", self._reviews),
            ("GET", "/pulls/{base}/{head:.+}", "contents", self._find),
            ("GET", "/commits/{sha}/status", "contents", self._status),
            ("GET", "/compare/{base:[^.]+}...{head:[^.]+}", "contents", self._compare),
            ("GET", "/labels", "pull_requests", self._labels),
            ("POST", "/labels", "pull_requests", self._create_label),
            ("POST", r"/issues/{number:\d+}/labels", "pull_requests", self._add_labels),
        ):
            url = f"/api/v1/repos/{{owner}}/{{name}}{path}"
            app.router.add_route(method, url, self._kept(self._endpoint(kind, handler)))
        repository = r"/{owner}/{name:[^/]+?}{suffix:(\.git)?}"  # git finds it by either name
        app.router.add_get(f"{repository}/info/refs", self._kept(self._git))
        app.router.add_post(repository + "/{service:git-(upload|receive)-pack}", self._kept(self._git))
        app.on_cleanup.append(self._finish)
        return app

    def control(self) -> web.Application:
        """What people do there, and how it treats our token."""
        return Control(self.hub).app()

    async def _finish(self, _: web.Application) -> None:
        await asyncio.gather(*self._working, return_exceptions=True)

    def _kept(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            # What was asked for is done even when the client hangs up meanwhile, as on a real server.
            task = asyncio.ensure_future(handler(request))
            self._working.add(task)
            task.add_done_callback(self._working.discard)
            return await asyncio.shield(task)

        return handle

    def _endpoint(self, kind: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def respond(request: web.Request) -> web.Response:
            try:
                level = Level.READ if request.method == "GET" else Level.WRITE
                token = self._checked(request, self.hub.access.identify(request), kind, level)
                async with self._writing:
                    made = await handler(request, token)
            except Refusal as refusal:
                body = {"message": str(refusal), "url": f"{request.url.origin()}/api/swagger"}
                return web.json_response(body, status=refusal.status, headers=refusal.headers)
            return web.Response(status=204) if made is None else web.json_response(made, status=_STATUS[request.method])

        return respond

    def _checked(self, request: web.Request, token: Token | None, kind: str, level: Level) -> Token:
        """The token; refuses what it does not allow in Gitea's order and words."""
        asked = f"{request.match_info['owner']}/{request.match_info['name']}"
        if token is None:
            raise Refusal(401, "token is required")
        if getattr(token, kind) < level:
            scope = f"{'write' if level is Level.WRITE else 'read'}:{'repository' if kind == 'contents' else 'issue'}"
            raise Refusal(403, f"token does not have at least one of required scope(s): [{scope}]")
        if asked.lower() != self.hub.full_name.lower() or not token.repository:
            raise Refusal(404, "The target couldn't be found.")
        if level is Level.WRITE and self.hub.archived:
            raise Refusal(423, f"{self.hub.full_name} is archived.")
        return token

    async def _git(self, request: web.Request) -> web.Response:
        try:
            password = BasicAuth.decode(request.headers.get("Authorization", "")).password
            token = self.hub.access.find(password)
        except ValueError, Refusal:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Gitea"'})
        try:
            self._checked(request, token, "contents", Level.WRITE if writes(request) else Level.READ)
        except Refusal as refusal:
            return web.Response(status=refusal.status if refusal.status == web.HTTPNotFound.status_code else 403)
        if writes(request) and not token.push:
            return web.Response(status=403)
        return await answer(request, self.hub.store, token.login)

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": VERSION})

    async def _repository(self, _: web.Request, token: Token) -> Any:
        hub = self.hub
        return {
            "id": 1,
            "name": hub.full_name.split("/")[1],
            "full_name": hub.full_name,
            "owner": user_json(hub.owner),
            "private": hub.private,
            "archived": hub.archived,
            "default_branch": hub.default_branch,
            "has_pull_requests": True,
            "permissions": {"admin": token.login == hub.owner, "push": token.push, "pull": True},
        }

    async def _branch(self, request: web.Request, _: Token) -> Any:
        name = request.match_info["branch"]
        sha = await self.hub.store.head(name)
        if sha is None:
            raise Refusal(404, "The target couldn't be found.")
        return {"name": name, "commit": {"id": sha}, "protected": name in self.hub.protected}

    async def _delete_branch(self, request: web.Request, _: Token) -> Any:
        name = request.match_info["branch"]
        if name == self.hub.default_branch or name in self.hub.protected:
            raise Refusal(403, "branch is protected")
        if await self.hub.store.head(name) is None:
            raise Refusal(404, "The target couldn't be found.")
        await self.hub.store.delete_ref(f"refs/heads/{name}")

    async def _edit(self, request: web.Request, _: Token) -> Any:
        pull = self.hub.pull(request.match_info["number"])
        if (await _body(request)).get("state") == "closed" and pull.state == "open":
            pull.close()
        return await self._pull_json(request, pull)

    async def _create(self, request: web.Request, token: Token) -> Any:
        data = await _body(request)
        head, base, title = data.get("head"), data.get("base"), data.get("title")
        if not head or not base or not title:
            raise Refusal(422, "[Title]: Required")
        head_sha, base_sha = await self.hub.store.head(head), await self.hub.store.head(base)
        if head_sha is None or base_sha is None:
            raise Refusal(404, "The target couldn't be found.")
        for pull in self.hub.pulls:
            if (pull.state, pull.head, pull.base) == ("open", head, base):
                raise Refusal(
                    409,
                    f"pull request already exists for these targets [id: {pull.number}, issue_id: {pull.number}, "
                    f"head_repo_id: 1, base_repo_id: 1, head_branch: {head}, base_branch: {base}]",
                )
        pull = Pull(
            number=len(self.hub.pulls) + 1,
            title=title,
            body=data.get("body", ""),
            head=head,
            base=base,
            head_sha=head_sha,
            base_sha=base_sha,
            login=token.login,
        )
        self.hub.pulls.append(pull)
        await self.hub.store.update_ref(f"refs/pull/{pull.number}/head", head_sha, NOTHING)
        return await self._pull_json(request, pull)

    async def _get(self, request: web.Request, _: Token) -> Any:
        return await self._pull_json(request, self.hub.pull(request.match_info["number"]))

    async def _find(self, request: web.Request, _: Token) -> Any:
        wanted = (request.match_info["base"], request.match_info["head"])
        for pull in self.hub.pulls:
            if (pull.base, pull.head) == wanted:
                return await self._pull_json(request, pull)
        raise Refusal(404, "The target couldn't be found.")

    async def _pull_json(self, request: web.Request, pull: Pull) -> Any:
        """A pull request; it is not mergeable while that is still being looked at, which begins with a look."""
        hub = self.hub
        await hub.refresh(pull)
        between, mergeable = (pull.base_sha, pull.head_sha), False
        if pull.mergeable_for == between:
            mergeable = await hub.store.merged_tree(*between) is not None
        pull.mergeable_for = between
        url = f"{request.url.origin()}/{hub.full_name}/pulls/{pull.number}"
        gone = await hub.store.head(pull.head) is None
        return {
            "id": pull.number,
            "number": pull.number,
            "url": url,
            "html_url": url,
            "user": user_json(pull.login),
            "title": pull.title,
            "body": pull.body,
            "labels": [hub.labels[name] for name in pull.labels],
            "state": pull.state,
            "mergeable": mergeable and pull.state == "open",
            "merged": pull.merged,
            "merged_at": when(pull.closed) if pull.merged and pull.closed else None,
            "merge_commit_sha": pull.merge_sha,
            "base": {"label": pull.base, "ref": pull.base, "sha": pull.base_sha},
            "head": {
                "label": pull.head,
                "ref": f"refs/pull/{pull.number}/head" if gone else pull.head,
                "sha": pull.head_sha,
            },
        }

    async def _reviews(self, request: web.Request, _: Token) -> Any:
        return [
            {
                "id": review["id"],
                "user": review["user"],
                "state": _REVIEWS.get(review["state"], "PENDING"),
                "body": review["body"],
                "official": review["author_association"] != "NONE",
                "stale": False,
                "dismissed": False,
            }
            for review in self.hub.pull(request.match_info["number"]).reviews
        ]

    async def _status(self, request: web.Request, _: Token) -> Any:
        found = self.hub.statuses.get(request.match_info["sha"], {})
        return {
            "sha": request.match_info["sha"],
            "state": "pending" if found else "",
            "total_count": len(found),
            "statuses": [{"context": name, "status": state} for name, state in found.items()] or None,
        }

    async def _compare(self, request: web.Request, _: Token) -> Any:
        """The commits of `head` that `base` has not, newest first."""
        store = self.hub.store
        base, head = [await store.resolve(request.match_info[side]) for side in ("base", "head")]
        if base is None or head is None:
            raise Refusal(404, "The target couldn't be found.")
        missing = await store.between(base, head)
        return {"total_commits": len(missing), "commits": [{"sha": sha} for sha in reversed(missing)]}

    async def _labels(self, _: web.Request, __: Token) -> Any:
        return list(self.hub.labels.values())

    async def _create_label(self, request: web.Request, _: Token) -> Any:
        data = await _body(request)
        number = len(self.hub.labels) + 1
        return self.hub.labels.setdefault(
            data["name"], {"id": number, "name": data["name"], "color": data["color"].removeprefix("#")}
        )

    async def _add_labels(self, request: web.Request, _: Token) -> Any:
        pull, wanted = self.hub.pull(request.match_info["number"]), (await _body(request))["labels"]
        pull.labels += [
            label["name"]
            for label in self.hub.labels.values()
            if label["id"] in wanted and label["name"] not in pull.labels
        ]
        return [self.hub.labels[name] for name in pull.labels]


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise Refusal(422, "Problems parsing JSON") from error
    if not isinstance(body, dict):
        raise Refusal(422, "Body should be a JSON object")
    return body
