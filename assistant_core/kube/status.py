"""What an API server's refusals mean: HTTP status and `Status` object to our errors.

Bodies are JSON `Status` objects with `message` and, for 429, `details.retryAfterSeconds`; a path that no resource
serves answers in plain text (captured from kube-apiserver 1.36).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from ..errors import (
    AuthenticationFailed,
    Conflict,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)

MESSAGE_LENGTH = 200
LONGEST_RETRY_AFTER = 300


class Expired(Conflict):
    """The version or the continue token we hold is too old (410): only a new list helps."""


@dataclass(frozen=True, slots=True)
class Call:
    """What we asked of which cluster, in the words of RBAC."""

    cluster: str
    verb: str
    resource: str


def service_name(cluster: str) -> str:
    """What a cluster is called in a sentence of any language."""
    return f"Kubernetes ({cluster})"


def refusal(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> HomelabError:
    """The error of an HTTP answer that is not 200."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    return failure(call, status, answer, retry_after=headers.get("Retry-After"))


def failure(call: Call, code: int, status: Any = None, *, retry_after: object = None) -> HomelabError:
    """The error of a code and, where there is one, its `Status` object."""
    where = f"The cluster {call.cluster}"
    about = {"cluster": call.cluster, "service": service_name(call.cluster)}
    match code:
        case HTTPStatus.UNAUTHORIZED:
            return AuthenticationFailed(
                f"{where} does not accept the token or certificate.", **about, reason="credentials"
            )
        case HTTPStatus.FORBIDDEN:
            return PermissionDenied(
                f"{where} does not let us {call.verb} {call.resource}; its account needs a role that allows it.",
                **about,
                reason="role",
                verb=call.verb,
                resource=call.resource,
            )
        case HTTPStatus.NOT_FOUND:
            return NotFound(f"{where} has no {call.resource}.", cluster=call.cluster, resource=call.resource)
        case HTTPStatus.GONE:
            return Expired(f"{where} no longer has the version of {call.resource} that we know.")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(
                f"{where} asks us to wait.", retry_after=_seconds(retry_after, status), **about, reason="wait"
            )
        case _:
            kind = ServiceFailed if code >= HTTPStatus.INTERNAL_SERVER_ERROR else ResponseInvalid
            said = _message(status)
            reason = "status" if kind is ServiceFailed and not said else ""
            told = f"{where} answered {code} when asked to {call.verb} {call.resource}{said}."
            return kind(told, **about, reason=reason, status=code)


def _message(status: Any) -> str:
    match status:
        case {"message": str(message)} if message:
            return f": {message[:MESSAGE_LENGTH].rstrip('.')}"
    return ""


def _seconds(header: object, status: Any) -> float | None:
    match header, status:
        case str(text), _ if text.isdecimal():
            seconds = int(text)
        case _, {"details": {"retryAfterSeconds": int(seconds)}}:
            pass
        case _:
            return None
    return float(min(max(seconds, 0), LONGEST_RETRY_AFTER))
