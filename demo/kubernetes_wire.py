"""How requests to the simulated API server are read and its answers written."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import gzip
import json
from typing import Any, Self
import uuid

from aiohttp import web

from .kubernetes_objects import Kind, Object, Refused, details
from .kubernetes_selectors import Selector, field_selector, label_selector
from .kubernetes_store import key_of

TRUE = ("1", "t", "T", "TRUE", "true", "True")  # as Go parses a bool
COMPRESSED_ABOVE = 128 * 1024  # bytes
COMPRESSION = 1  # the fastest
FLOW_SCHEMA, PRIORITY_LEVEL = str(uuid.uuid4()), str(uuid.uuid4())


@dataclass(frozen=True)
class Target:
    """What a path names: a group and version, a namespace perhaps, a resource, perhaps a name and `status`."""

    group: str
    version: str
    plural: str
    namespace: str | None = None
    name: str | None = None
    subresource: str | None = None

    @classmethod
    def of(cls, path: str) -> Self:
        """Read a path; raises HTTPNotFound."""
        match path.strip("/").split("/"):
            case ["api", version, *rest]:
                group = ""
            case ["apis", group, version, *rest]:
                pass
            case _:
                raise no_such_path()
        namespace = None
        if len(rest) > 2 and rest[0] == "namespaces" and rest[2] != "status":  # noqa: PLR2004 - namespaces/NAME/PLURAL
            namespace, rest = rest[1], rest[2:]
        match rest:
            case [plural]:
                return cls(group, version, plural, namespace)
            case [plural, name]:
                return cls(group, version, plural, namespace, name)
            case [plural, name, "status"]:
                return cls(group, version, plural, namespace, name, "status")
        raise no_such_path()

    def verb(self, method: str, *, watching: bool) -> str:
        """The verb of RBAC for a method on this target; raises Refused 405."""
        match method, self.name:
            case "GET", None:
                return "watch" if watching else "list"
            case "POST", None:
                return "create"
            case ("GET" | "PUT" | "PATCH" | "DELETE") as known, str():
                return {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}[known]
        raise Refused(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


@web.middleware
async def answering(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Send refusals as `Status`."""
    try:
        return await handler(request)
    except Refused as refused:
        response = json_response(refused.status, refused.code)
        if retry_after := refused.status.get("details", {}).get("retryAfterSeconds"):
            response.headers["Retry-After"] = str(retry_after)
        return response


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """The headers of every answer."""
    response.headers["Audit-Id"] = str(uuid.uuid4())
    response.headers["Cache-Control"] = "no-cache, private"
    if response.status in (web.HTTPForbidden.status_code, web.HTTPNotFound.status_code):
        response.headers["X-Content-Type-Options"] = "nosniff"
    if response.status != web.HTTPUnauthorized.status_code:
        response.headers["X-Kubernetes-Pf-Flowschema-Uid"] = FLOW_SCHEMA
        response.headers["X-Kubernetes-Pf-Prioritylevel-Uid"] = PRIORITY_LEVEL


def json_response(content: Object, status: int = 200) -> web.Response:
    """An answer in JSON."""
    body = json.dumps(content, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, content_type="application/json")


def read_response(content: Object, request: web.Request) -> web.Response:
    """An answer to get or list: gzip for those who take it, if it is long (the feature gate APIResponseCompression)."""
    response = json_response(content)
    if (
        "gzip" in request.headers.get("Accept-Encoding", "")
        and isinstance(response.body, bytes)
        and len(response.body) > COMPRESSED_ABOVE
    ):
        response.body = gzip.compress(response.body, COMPRESSION)
        response.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return response


def no_such_path() -> web.HTTPNotFound:
    """What a server says of a path that nothing serves, such as that of a missing CRD."""
    return web.HTTPNotFound(text="404 page not found\n")


def selector(kind: Kind, target: Target, request: web.Request) -> Selector:
    """Which objects a list or watch is about; raises Refused 400."""
    try:
        labels = label_selector(request.query.get("labelSelector", ""))
        fields = field_selector(request.query.get("fieldSelector", ""), kind)
    except ValueError as error:
        raise Refused(400, "BadRequest", str(error)) from error
    return lambda item: target.namespace in (None, item["metadata"].get("namespace")) and labels(item) and fields(item)


def number(request: web.Request, name: str) -> int:
    """A number of the query, 0 without one; raises Refused 400."""
    text = request.query.get(name) or "0"
    if not text.isdecimal():
        raise Refused(400, "BadRequest", f'{name}: Invalid value: "{text}": not a number')
    return int(text)


def flag(request: web.Request, name: str) -> bool:
    """A switch of the query."""
    return request.query.get(name) in TRUE


def make_token(version: int, last: str) -> str:
    """The continue token after the object at path `last`, for the state at `version`."""
    token = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": f"{last}\0"}, separators=(",", ":"))
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def read_token(token: str) -> tuple[int, str]:
    """Version and first path of a continue token; raises Refused 400."""
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return int(content["rv"]), str(content["start"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(400, "BadRequest", "continue key is not valid") from error


async def body_of(request: web.Request) -> Object:
    """The object in a request; raises Refused 400."""
    try:
        body: Any = json.loads(await request.read())
    except ValueError as error:
        raise Refused(400, "BadRequest", "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, "BadRequest", "the body is not an object")
    return body


def checked(item: Object, kind: Kind) -> Object:
    """The item, if it is one of `kind` and has a name; raises Refused 400 or 422."""
    if (item.get("apiVersion"), item.get("kind")) != (kind.api_version, kind.kind):
        raise Refused(400, "BadRequest", f"the object provided is not a {kind.kind} of {kind.api_version}")
    try:
        key_of(item)
    except ValueError as error:
        message = f"{kind.kind} is invalid: metadata.name: Required value"
        raise Refused(422, "Invalid", message, details=details(kind)) from error
    return item
