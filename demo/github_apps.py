"""GitHub Apps: an app proves itself with a signed token of a few minutes, and gets one of an hour for a repository."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import secrets
from typing import Any

from aiohttp import web
import jwt

from .github_access import Level, Token
from .github_state import Hub
from .github_wire import Refusal, not_found, when

INSTALLATION = 4711
_LEVELS = {"read": Level.READ, "write": Level.WRITE}


class Apps:
    """The one app that may be installed on the simulated repository."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._app: dict[str, Any] = {}

    async def install(self, data: dict[str, Any]) -> None:
        """Install an app: `app_id`, `public_key` (PEM), `permissions` (name -> read or write), `others`."""
        self._app = {"others": [], **data}

    def add_routes(self, app: web.Application, prefix: str) -> None:
        """Add the endpoints that an app itself asks."""
        app.router.add_get(f"{prefix}/repos/{{owner}}/{{name}}/installation", self._guarded(self._installation))
        app.router.add_post(f"{prefix}/app/installations/{INSTALLATION}/access_tokens", self._guarded(self._token))

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                self._check(request)
                return await handler(request)
            except Refusal as refusal:
                return web.json_response(refusal.body, status=refusal.status)

        return handle

    def _check(self, request: web.Request) -> None:
        _, _, signed = request.headers.get("Authorization", "").partition(" ")
        try:
            claims = jwt.decode(signed, self._app["public_key"], algorithms=["RS256"])
        except (KeyError, jwt.PyJWTError) as error:
            raise Refusal(401, "A JSON web token could not be decoded") from error
        if claims["iss"] != self._app["app_id"]:
            raise Refusal(401, "Integration not found")

    async def _installation(self, request: web.Request) -> web.Response:
        if f"{request.match_info['owner']}/{request.match_info['name']}".lower() != self._hub.full_name.lower():
            raise not_found()
        return web.json_response({"id": INSTALLATION, "permissions": self._app["permissions"]})

    async def _token(self, request: web.Request) -> web.Response:
        wanted: dict[str, str] = (await request.json()).get("permissions") or self._app["permissions"]
        for name, level in wanted.items():
            if _LEVELS[level] > _LEVELS.get(self._app["permissions"].get(name, ""), Level.NONE):
                raise Refusal(422, "The permissions requested are not granted to this installation.")
        levels = {name: _LEVELS[level] for name, level in wanted.items()}
        token = Token(
            value=f"ghs_{secrets.token_hex(16)}",
            login="homelab-assistant[bot]",
            contents=levels.get("contents", Level.NONE),
            pull_requests=levels.get("pull_requests", Level.NONE),
            checks=levels.get("checks", Level.NONE),
            administration=levels.get("administration", Level.NONE),
            others=tuple(self._app["others"]),
            app=True,
        )
        self._hub.access.add(token)
        ends = datetime.now(UTC) + timedelta(hours=1)
        body = {"token": token.value, "expires_at": when(ends), "permissions": wanted}
        return web.json_response(body, status=201)
