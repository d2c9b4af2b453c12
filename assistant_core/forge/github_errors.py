"""What PyGithub raises, in sentences for a person.

Sources: docs.github.com/rest (troubleshooting, rate limits) and PyGithub's Requester.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import BadStatusLine, RemoteDisconnected
import time
from typing import Any

from github import BadAttributeException, GithubException
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import RequestException, SSLError, Timeout
from urllib3.exceptions import NewConnectionError
from urllib3.exceptions import TimeoutError as PoolTimeoutError

from ..errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    RuleViolated,
    ServiceFailed,
)
from .github_address import GitHubAddress
from .pause import asked_to_wait

_MISREAD = (
    BadAttributeException,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""How PyGithub fails on an answer that is not GitHub's: it reads attributes without looking first."""

_REMAINING = "x-ratelimit-remaining"

_RULED = (HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
_RULES = ("rule violation", "protected branch", "protected ref", "restricted")
"""What GitHub says when branch protection or a ruleset is in the way, and not the token."""


@contextmanager
def translated(address: GitHubAddress) -> Iterator[None]:
    """Raise HomelabErrors instead of what PyGithub and requests raise."""
    try:
        yield
    except GithubException as error:
        raise refusal(error, address.repository) from error
    except RequestException as error:
        raise _silence(error, address) from error
    except _MISREAD as error:
        raise ResponseInvalid(
            f"What answers at {address.base_url} does not speak GitHub's API; check the address.",
            service=address.base_url,
            reason="foreign",
        ) from error


def refusal(error: GithubException, repository: str) -> HomelabError:
    """An answer with an error status."""
    said = said_by(error)
    if is_rate_limit(error):
        return _rate_limit(error)
    if error.status in _RULED and any(words in said.lower() for words in _RULES):
        return RuleViolated(
            f'A rule of "{repository}" on GitHub forbids this: {said}', service="GitHub", said=said, reason="ruled"
        )
    if error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return _no_access(error.status, said, repository)
    if error.status in (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY):
        return Conflict(
            f'GitHub refuses this for "{repository}": {said}', service="GitHub", said=said, reason="refused"
        )
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        told = f"GitHub failed with status {error.status}; try again in a few minutes."
        return ServiceFailed(told, service="GitHub", reason="status", status=error.status)
    return ResponseInvalid(f"GitHub answered with status {error.status}, which was not expected here.")


def is_rate_limit(error: GithubException) -> bool:
    """Whether GitHub wants us to wait: 429, or a 403 that says so in words or headers."""
    headers = error.headers or {}
    return error.status == HTTPStatus.TOO_MANY_REQUESTS or (
        error.status == HTTPStatus.FORBIDDEN
        and ("rate limit" in said_by(error).lower() or "retry-after" in headers or headers.get(_REMAINING) == "0")
    )


def said_by(error: GithubException) -> str:
    """GitHub's own words, on one line and not too many."""
    data: Any = error.data if isinstance(error.data, dict) else {}
    details = data.get("errors")
    words = [data.get("message"), *(details if isinstance(details, list) else ())]
    texts = [word.get("message") if isinstance(word, dict) else word for word in words]
    return " ".join(" ".join(text for text in texts if isinstance(text, str)).split())[:200] or "it does not say why."


def _rate_limit(error: GithubException) -> RateLimited:
    """The hourly share of requests (primary), or too many of them at once (secondary)."""
    headers = error.headers or {}
    reset, told = headers.get("x-ratelimit-reset", ""), headers.get("retry-after", "")
    if headers.get(_REMAINING) == "0" and reset.isdigit() and not told.isdigit():
        seconds = max(float(reset) - time.time(), 0.0)
        return RateLimited(
            f"The token has used up its requests to GitHub for this hour; try again in {seconds:.0f} seconds.",
            retry_after=seconds,
            service="GitHub",
            reason="wait",
        )
    return asked_to_wait("GitHub", told)


def _no_access(status: int, said: str, repository: str) -> HomelabError:
    if status == HTTPStatus.UNAUTHORIZED:
        told = "GitHub does not accept the token: it is wrong or has expired. Enter a new one."
        return AuthenticationFailed(told, service="GitHub", reason="credentials")
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(
            f'GitHub shows no repository "{repository}" to this token; check the name and what the token may see.',
            service="GitHub",
            reason="repository",
            repository=repository,
        )
    if "not accessible by" in said:
        return PermissionDenied(
            f'The GitHub token may not do this in "{repository}"; it needs Contents and Pull requests, read and write.',
            repository=repository,
            scopes="Contents, Pull requests",
            reason="scopes",
        )
    if "archived" in said:
        return PermissionDenied(
            f'"{repository}" is archived on GitHub; nothing can be changed in it.',
            repository=repository,
            reason="archived",
        )
    return PermissionDenied(
        f'GitHub does not allow this for "{repository}": {said}', service="GitHub", said=said, reason="refused"
    )


def _silence(error: RequestException, address: GitHubAddress) -> HomelabError:
    """No answer, or half of one."""
    causes = list(_causes(error))
    if isinstance(error, Timeout) or any(map(_is_timeout, causes)):
        return DeadlineExceeded(
            f"GitHub was silent for more than {address.timeout} seconds; see whether it is up and try again.",
            service="GitHub",
            reason="silent",
        )
    if isinstance(error, SSLError):
        told = f"The certificate of {address.base_url} cannot be trusted; nothing was sent."
        return ConnectionFailed(told, service=address.base_url, reason="untrusted")
    if any(isinstance(cause, BadStatusLine) and not isinstance(cause, RemoteDisconnected) for cause in causes):
        told = f"What answers at {address.base_url} does not speak HTTP; check the address."
        return ResponseInvalid(told, service=address.base_url, reason="foreign")
    if isinstance(error, RequestsConnectionError):
        told = f"GitHub does not answer at {address.base_url}; check the network and the address."
        return ConnectionFailed(told, service=address.base_url, reason="gone")
    return ConnectionFailed("The connection to GitHub broke off; try again.", service="GitHub", reason="broke")


def _is_timeout(cause: BaseException) -> bool:
    return isinstance(cause, PoolTimeoutError) and not isinstance(cause, NewConnectionError)  # refused is one, too


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exceptions that requests and urllib3 wrap into one another."""
    for inner in (*error.args, getattr(error, "reason", None)):
        if isinstance(inner, BaseException):
            yield inner
            yield from _causes(inner)
