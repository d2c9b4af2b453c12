"""How people and tests steer the simulated GitHub: what happens there when nobody of ours is looking.

Below `/github/` of the control port, all bodies JSON: `GET state`; `POST tokens` (a `Token`'s fields; the same value
again changes it); `POST app` (`app_id`, `public_key`, `permissions`, `others`) and `POST forget` (revokes what apps
were given); `POST limits` (`remaining`, `reset` in epoch seconds, `secondary` seconds or null); `POST repository`
(`full_name`, `private`, `archived`); `POST protect` (`branch`, `approvals`; null lifts it); `POST push` (`path`,
`content` or null, `branch`, `message`); `POST checks` (`commit`, `name`, `conclusion` or null) and `POST statuses`
(`commit`, `context`, `state`); `POST pulls/N/merge`, `POST pulls/N/close`, `POST pulls/N/reopen` and `POST
pulls/N/review` (`login`, `merge_method`, `event`, `association`).
"""

from collections.abc import Awaitable, Callable
import time
from typing import Any

from aiohttp import web

from .github_access import Token
from .github_apps import Apps
from .github_git import NOTHING, Person
from .github_pulls import Pulls
from .github_state import Hub, pull_json
from .github_wire import Call, Refusal


class Control:
    """The control routes of one simulated repository."""

    def __init__(self, hub: Hub, apps: Apps | None = None) -> None:
        self._hub = hub
        self._apps = apps
        self._pulls = Pulls(hub)

    def app(self) -> web.Application:
        """Routes below `/github/`."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/state", self._state),
                web.post("/tokens", _json(self._token)),
                *([web.post("/app", _json(self._apps.install))] if self._apps else []),
                web.post("/forget", _json(self._forget)),
                web.post("/limits", _json(self._limit)),
                web.post("/repository", _json(self._repository)),
                web.post("/protect", _json(self._protect)),
                web.post("/push", _json(self._push)),
                web.post("/checks", _json(self._check)),
                web.post("/statuses", _json(self._status)),
                web.post("/pulls/{number}/review", self._decide(self._pulls.review)),
                web.post("/pulls/{number}/merge", self._decide(self._pulls.merge)),
                web.post("/pulls/{number}/close", self._decide(self._close)),
                web.post("/pulls/{number}/reopen", self._decide(self._reopen)),
            ]
        )
        return app

    async def _state(self, _: web.Request) -> web.Response:
        call = Call(login=self._hub.owner, url="", site="", path={}, query={})
        for pull in self._hub.pulls:
            await self._hub.refresh(pull)
        return web.json_response(
            {
                "branches": {
                    ref.removeprefix("refs/heads/"): sha for ref, sha in (await self._hub.store.refs()).items()
                },
                "pulls": [
                    {**pull_json(self._hub, call, pull), "merged": pull.merged, "comments": pull.comments}
                    for pull in self._hub.pulls
                ],
            }
        )

    async def _token(self, data: dict[str, Any]) -> None:
        self._hub.access.add(Token.from_json(data))

    async def _forget(self, _: dict[str, Any]) -> None:
        """Revoke what apps were given."""
        self._hub.access.revoke_apps()

    async def _limit(self, data: dict[str, Any]) -> None:
        limits = self._hub.access.limits
        limits.remaining = int(data.get("remaining", limits.remaining))
        limits.reset = int(data.get("reset", limits.reset))
        limits.secondary = data.get("secondary", limits.secondary)

    async def _repository(self, data: dict[str, Any]) -> None:
        self._hub.private = bool(data.get("private", self._hub.private))
        self._hub.archived = bool(data.get("archived", self._hub.archived))
        self._hub.rename(str(data.get("full_name", self._hub.full_name)))

    async def _protect(self, data: dict[str, Any]) -> None:
        branch = str(data.get("branch", self._hub.default_branch))
        if data.get("approvals") is None:
            self._hub.protected.pop(branch, None)
        else:
            self._hub.protected[branch] = int(data["approvals"])

    async def _push(self, data: dict[str, Any]) -> None:
        """Commit one file as the owner does from a laptop."""
        store, branch = self._hub.store, str(data.get("branch", self._hub.default_branch))
        path, content = str(data["path"]), data["content"]
        parent = await store.head(branch)
        blob = None if content is None else await store.write_blob(str(content).encode())
        tree = await store.write_tree(parent, [(path, "100644", blob)])
        person = Person(name=self._hub.owner, email=f"{self._hub.owner}@home.arpa", date=int(time.time()))
        message = str(data.get("message", f"Change {path}\n"))
        commit = await store.write_commit(tree, (parent,) if parent else (), message, person, person)
        await store.update_ref(f"refs/heads/{branch}", commit, parent or NOTHING)

    async def _check(self, data: dict[str, Any]) -> None:
        self._hub.check_runs.setdefault(str(data["commit"]), {})[str(data["name"])] = data["conclusion"]

    async def _status(self, data: dict[str, Any]) -> None:
        self._hub.statuses.setdefault(str(data["commit"]), {})[str(data["context"])] = str(data["state"])

    async def _close(self, call: Call) -> None:
        self._hub.pull(call.path["number"]).close()

    async def _reopen(self, call: Call) -> None:
        self._hub.pull(call.path["number"]).reopen()

    def _decide(
        self, decision: Callable[[Call], Awaitable[object]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            body = await request.json() if request.can_read_body else {}
            login = body.pop("login", self._hub.owner)
            call = Call(login=login, url="", site="", path=request.match_info, query={}, body=body)
            try:
                await decision(call)
            except Refusal as refusal:
                return web.json_response(refusal.body, status=refusal.status)
            return web.Response(status=web.HTTPNoContent.status_code)

        return handle


def _json(act: Callable[[dict[str, Any]], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            await act(await request.json())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"not understood: {error!r}") from error
        return web.Response(status=web.HTTPNoContent.status_code)

    return handle
