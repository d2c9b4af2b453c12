"""A Kubernetes API server that answers as kube-apiserver 1.36 does, with k8sgpt's and ArgoCD's resources, in memory.

Its control port, below `/kubernetes/`: `GET /objects/RESOURCE`, `PUT /objects` (an object or a list of them, created or
replaced with their status), `DELETE /objects/RESOURCE/[NAMESPACE/]NAME`, `PUT /floor` (`{"version": N or null for now,
"as_status": false}`), `PUT /accounts` (`{TOKEN: {"user": ..., "allowed": [...], "denied": [...]}}`), `DELETE|PUT
/crds/RESOURCE`, and `PUT /busy` (`{"requests": N, "retry_after": SECONDS}`). A RESOURCE is such as
`results.core.k8sgpt.ai`.
"""

from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
import yaml

from .kubernetes_access import EVERYTHING, READ, Account
from .kubernetes_api import ApiServer
from .kubernetes_objects import Object, Refused, kind_named
from .kubernetes_seeds import seeds

READER_TOKEN = "demo-reader"
ADMIN_TOKEN = "demo-admin"
READER = Account("system:serviceaccount:homelab-assistant:homelab-assistant")
ADMIN = Account("kubernetes-admin", EVERYTHING)


class KubernetesSimulator:
    """The server, filled with `objects` (None: the demo's cluster); it knows a reader's and an admin's token."""

    name = "kubernetes"

    def __init__(self, objects: Iterable[Object] | None = None) -> None:
        self.server = ApiServer(accounts={READER_TOKEN: READER, ADMIN_TOKEN: ADMIN})
        self.store = self.server.store
        for item in seeds() if objects is None else objects:
            self.store.apply(item)

    def app(self) -> web.Application:
        """The API server."""
        return self.server.app()

    def control(self) -> web.Application:
        """The control port's routes; see the module."""
        app = web.Application(middlewares=[_explaining])
        app.router.add_get("/objects/{resource}", self._show)
        app.router.add_put("/objects", self._put)
        app.router.add_delete("/objects/{resource}/{name}", self._delete)
        app.router.add_delete("/objects/{resource}/{namespace}/{name}", self._delete)
        app.router.add_put("/floor", self._floor)
        app.router.add_put("/accounts", self._accounts)
        app.router.add_delete("/crds/{resource}", self._remove_crd)
        app.router.add_put("/crds/{resource}", self._install_crd)
        app.router.add_put("/busy", self._busy)
        return app

    @staticmethod
    def kubeconfig(url: str, token: str = READER_TOKEN) -> str:
        """A kubeconfig for the server at `url`, such as `kubectl config view --raw --flatten --minify` prints."""
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "demo", "cluster": {"server": url}}],
                "users": [{"name": "homelab-assistant", "user": {"token": token}}],
                "contexts": [{"name": "demo", "context": {"cluster": "demo", "user": "homelab-assistant"}}],
                "current-context": "demo",
            },
            sort_keys=False,
        )

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(list(self.store.objects(kind_named(request.match_info["resource"])).values()))

    async def _put(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        items = wanted if isinstance(wanted, list) else [wanted]
        return web.json_response([self.store.apply(item) for item in items])

    async def _delete(self, request: web.Request) -> web.Response:
        where = request.match_info
        self.store.delete(kind_named(where["resource"]), where.get("namespace", ""), where["name"])
        return web.Response(status=204)

    async def _floor(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        version = wanted.get("version")
        self.store.compact(self.store.version if version is None else int(version))
        self.server.expired_as_status = bool(wanted.get("as_status"))
        return web.json_response({"floor": self.store.floor, "version": self.store.version})

    async def _accounts(self, request: web.Request) -> web.Response:
        self.server.accounts = {
            token: Account(str(account["user"]), tuple(account.get("allowed", READ)), tuple(account.get("denied", ())))
            for token, account in (await request.json()).items()
        }
        return web.Response(status=204)

    async def _remove_crd(self, request: web.Request) -> web.Response:
        self.store.remove_crd(kind_named(request.match_info["resource"]))
        return web.Response(status=204)

    async def _install_crd(self, request: web.Request) -> web.Response:
        self.store.install_crd(kind_named(request.match_info["resource"]))
        return web.Response(status=204)

    async def _busy(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        self.server.busy, self.server.retry_after = int(wanted["requests"]), int(wanted.get("retry_after", 1))
        return web.Response(status=204)


@web.middleware
async def _explaining(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except (KeyError, TypeError, ValueError, Refused) as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from error
