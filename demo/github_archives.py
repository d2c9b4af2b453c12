"""The tarballs of a repository: the API tells where one is, and there it can be fetched without a token.

Source: docs.github.com/rest/repos/contents, "Download a repository archive (tar)".
"""

import secrets

from aiohttp import web

from .github_access import Need
from .github_state import Hub, Route
from .github_wire import Answer, Call, not_found


class Archives:
    """`/repos/OWNER/NAME/tarball/REF`, and what github.com has on a host of its own."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._secret = secrets.token_urlsafe()
        self.route = Route("GET", "/tarball/{ref:.+}", Need(), self._where)

    def add_routes(self, app: web.Application) -> None:
        """Where the tarballs are."""
        app.router.add_get("/codeload/{sha}", self._tarball)

    async def _where(self, call: Call) -> Answer:
        sha = await self._hub.store.resolve(call.path["ref"])
        if sha is None:
            raise not_found()
        return Answer(location=f"{call.site}/codeload/{sha}?token={self._secret}")

    async def _tarball(self, request: web.Request) -> web.Response:
        if request.query.get("token") != self._secret or "Authorization" in request.headers:
            raise web.HTTPNotFound
        sha = request.match_info["sha"]
        prefix = f"{self._hub.full_name.replace('/', '-')}-{sha[:7]}"
        return web.Response(body=await self._hub.store.archive(sha, prefix), content_type="application/x-gzip")
