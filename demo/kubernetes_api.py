"""The simulated API server: discovery, lists in pages, watches, and the writes that kubectl needs."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .kubernetes_access import Account, authenticate, authorize
from .kubernetes_objects import Kind, Object, Refused, details, expired
from .kubernetes_store import Store, key_of, merged
from .kubernetes_watch import Watch
from .kubernetes_wire import (
    Target,
    add_headers,
    answering,
    body_of,
    checked,
    flag,
    json_response,
    make_token,
    no_such_path,
    number,
    read_response,
    read_token,
    selector,
)

VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.2",
    "gitCommit": "8e16b12fda5b1dccc41a6de48b3e356cc7d5048b",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.27.3",
    "compiler": "gc",
    "platform": "linux/amd64",
}
VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]
LONGEST_WATCH = 1800
MERGE_PATCHES = ("application/merge-patch+json", "application/strategic-merge-patch+json")


@dataclass
class ApiServer:
    """The server and what can be wrong with it.

    The next `busy` requests are answered 429 with `retry_after`. A watch that asks for bookmarks gets one each
    `bookmark_seconds`. `expired_as_status` makes a watch from before the floor fail with HTTP 410 instead of an ERROR
    event; real servers do both. `openapi` are the documents of /openapi/v3 by group and version ("apis/apps/v1").
    """

    store: Store = field(default_factory=Store)
    accounts: dict[str, Account] = field(default_factory=dict)
    busy: int = 0
    retry_after: int = 1
    bookmark_seconds: float = 60
    expired_as_status: bool = False
    openapi: dict[str, Any] = field(default_factory=dict)

    def app(self) -> web.Application:
        """What it serves."""
        app = web.Application(middlewares=[answering])
        app.on_response_prepare.append(add_headers)
        app.router.add_get("/version", self._version)
        app.router.add_get("/openapi/v3/{path:.*}", self._openapi)
        app.router.add_get("/api", self._core_versions)
        app.router.add_get("/apis", self._groups)
        app.router.add_get("/{path:api/v1|apis/[^/]+/[^/]+}", self._kinds)
        app.router.add_route("*", "/{path:.*}", self._resource)
        return app

    def _account(self, request: web.Request) -> Account:
        return authenticate(self.accounts, request.headers.get("Authorization"))

    async def _version(self, request: web.Request) -> web.Response:
        self._account(request)
        return json_response(VERSION)

    async def _openapi(self, request: web.Request) -> web.Response:
        self._account(request)
        document = self.openapi.get(request.match_info["path"])
        if document is None:
            raise no_such_path()
        return json_response(document)

    async def _core_versions(self, request: web.Request) -> web.Response:
        self._account(request)
        return json_response({"kind": "APIVersions", "versions": ["v1"]})

    async def _groups(self, request: web.Request) -> web.Response:
        self._account(request)
        groups = []
        for group, version in {kind.group: kind.version for kind in self.store.served() if kind.group}.items():
            served = {"groupVersion": f"{group}/{version}", "version": version}
            groups.append({"name": group, "versions": [served], "preferredVersion": served})
        return json_response({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})

    async def _kinds(self, request: web.Request) -> web.Response:
        self._account(request)
        version = request.path.removeprefix("/apis/").removeprefix("/api/")
        resources = [
            {
                "name": kind.plural,
                "singularName": kind.kind.lower(),
                "namespaced": kind.namespaced,
                "kind": kind.kind,
                "verbs": VERBS,
            }
            for kind in self.store.served()
            if kind.api_version == version
        ]
        if not resources:
            raise no_such_path()
        head = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version}
        return json_response({**head, "resources": resources})

    async def _resource(self, request: web.Request) -> web.StreamResponse:
        account, target = self._account(request), Target.of(request.path)
        verb = target.verb(request.method, watching=flag(request, "watch"))
        authorize(account, verb, target)
        kind = self._kind(target)
        if self.busy > 0:
            self.busy -= 1
            about = {"retryAfterSeconds": self.retry_after}
            raise Refused(429, "TooManyRequests", "storage is (re)initializing", details=about)
        match verb:
            case "list":
                return read_response(self._list(kind, target, request), request)
            case "watch":
                return await self._watch(kind, target, request).answer(request)
            case "get":
                return read_response(self.store.get(kind, target.namespace or "", target.name or ""), request)
            case "delete":
                return json_response(self._delete(kind, target))
            case "create":
                return json_response(self._create(kind, target, await body_of(request)), 201)
        return json_response(self._update(kind, target, await body_of(request), request))

    def _kind(self, target: Target) -> Kind:
        for kind in self.store.served():
            if (kind.group, kind.version, kind.plural) == (target.group, target.version, target.plural):
                return kind
        raise no_such_path()

    def _list(self, kind: Kind, target: Target, request: web.Request) -> Object:
        selects, limit = selector(kind, target, request), number(request, "limit")
        version, start = self.store.version, ""
        if token := request.query.get("continue"):
            version, start = read_token(token)
        if version < self.store.floor:
            raise expired("The provided continue parameter is too old to display a consistent list result.")
        objects = {_path(item): item for item in self.store.objects(kind, version).values() if selects(item)}
        paths = sorted(path for path in objects if path >= start)
        metadata: Object = {"continue": ""} if kind.custom else {}
        if 0 < limit < len(paths):
            metadata["continue"] = make_token(version, paths[limit - 1])
            if not {"labelSelector", "fieldSelector"} & request.query.keys():
                metadata["remainingItemCount"] = len(paths) - limit
            paths = paths[:limit]
        metadata["resourceVersion"] = str(version)
        items = [objects[path] if kind.custom else _untyped(objects[path]) for path in paths]
        return {"apiVersion": kind.api_version, "items": items, "kind": f"{kind.kind}List", "metadata": metadata}

    def _watch(self, kind: Kind, target: Target, request: web.Request) -> Watch:
        return Watch(
            store=self.store,
            kind=kind,
            selects=selector(kind, target, request),
            version=number(request, "resourceVersion"),
            seconds=number(request, "timeoutSeconds") or LONGEST_WATCH,
            bookmarks=self.bookmark_seconds if flag(request, "allowWatchBookmarks") else 0,
            expired_as_status=self.expired_as_status,
        )

    def _create(self, kind: Kind, target: Target, body: Object) -> Object:
        item = _with_status(checked(body, kind), None)
        if target.namespace:
            item["metadata"] = {**item["metadata"], "namespace": target.namespace}
        return self.store.create(item)

    def _update(self, kind: Kind, target: Target, body: Object, request: web.Request) -> Object:
        before = self.store.get(kind, target.namespace or "", target.name or "")
        if request.method == "PATCH":
            if request.content_type not in MERGE_PATCHES:
                raise Refused(415, "UnsupportedMediaType", f"the body is {request.content_type}, not a merge patch")
            body = merged(before, body)
        after = checked(body, kind)
        if key_of(after) != key_of(before):
            raise Refused(400, "BadRequest", "the name of the object does not match the name on the URL")
        if target.subresource:
            return self.store.replace(_with_status({**before, "metadata": after["metadata"]}, after.get("status")))
        return self.store.replace(_with_status(after, before.get("status")))

    def _delete(self, kind: Kind, target: Target) -> Object:
        gone = self.store.delete(kind, target.namespace or "", target.name or "")
        about = details(kind, target.name, uid=gone["metadata"]["uid"])
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": about}


def _with_status(item: Object, status: Object | None) -> Object:
    rest = {key: value for key, value in item.items() if key != "status"}
    return rest if status is None else {**rest, "status": status}


def _untyped(item: Object) -> Object:
    """Built-in objects do not say in a list what they are."""
    return {key: value for key, value in item.items() if key not in ("apiVersion", "kind")}


def _path(item: Object) -> str:
    return "/" + "/".join(filter(None, key_of(item)))
