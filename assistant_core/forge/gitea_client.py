"""The few calls of Gitea's and Forgejo's REST API that are needed, with our own errors.

Sources: /api/swagger of a Gitea server; Forgejo answers alike.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from ..errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PermissionDenied,
    ResponseInvalid,
    RuleViolated,
    ServiceFailed,
    connection_cause,
    connection_reason,
)
from ..web import TooLong, read_all
from .addresses import checked_url
from .pause import asked_to_wait

_ANSWER_LIMIT = 4 * 1024**2
_ACCESS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.LOCKED)
_REFUSED = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiteaAddress:
    """`site` is the server's URL (with its path, behind a proxy), `repository` OWNER/NAME, `timeout` in seconds."""

    site: str
    repository: str
    token: str = field(repr=False)
    timeout: int

    @property
    def git(self) -> str:
        """The URL that git uses."""
        return f"{self.site}/{self.repository}.git"


def gitea_address(url: str, token: str, *, timeout: int) -> GiteaAddress:
    """The parts of a repository's web address: https://HOST/OWNER/NAME. Raises InputInvalid."""
    example = "https://git.home.arpa/anna/homelab"
    parts = checked_url(url, "the Gitea repository", example, secret=True)
    *path, owner, name = parts.path.removesuffix("/").removesuffix(".git").split("/") if "/" in parts.path else ("", "")
    if not owner or not name:
        raise InputInvalid(f"The address of the Gitea repository looks like {example}.")
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise InputInvalid("The Gitea token is empty or has characters that no token has.")
    site = parts._replace(path="/".join(path)).geturl()
    return GiteaAddress(site=site, repository=f"{owner}/{name}", token=token, timeout=timeout)


class GiteaClient:
    """Asks about one repository."""

    def __init__(self, session: aiohttp.ClientSession, address: GiteaAddress) -> None:
        self._session = session
        self._address = address

    async def get(self, path: str, **query: str) -> Any:
        """The JSON at `path` below the repository's URL."""
        return await self._ask("GET", path, query=query)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the server made of `body`."""
        return await self._ask("POST", path, body=body)

    async def _ask(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """One exchange: what is no success and what breaks the connection is raised as the HomelabError it means."""
        address = self._address
        owner, name = (quote(part, safe="") for part in address.repository.split("/"))
        try:
            async with (
                asyncio.timeout(address.timeout),
                self._session.request(
                    method,
                    f"{address.site}/api/v1/repos/{owner}/{name}{quote(path)}",
                    params=query or None,
                    data=None if body is None else orjson.dumps(body),
                    headers={"Authorization": f"token {address.token}", "Content-Type": "application/json"},
                    allow_redirects=False,
                ) as response,
            ):
                data = await read_all(response.content, _ANSWER_LIMIT)
                if response.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise self._refusal(response.status, _said(data), response.headers.get("Retry-After"))
                return orjson.loads(data)
        except TimeoutError as error:
            silent = f"{address.site} was silent for more than {address.timeout} seconds"
            told = f"{silent}; see whether it is up and try again."
            raise DeadlineExceeded(told, service=address.site, reason="silent") from error
        except aiohttp.ClientPayloadError as error:
            told = f"The connection to {address.site} broke off; try again."
            raise ConnectionFailed(told, service=address.site, reason="broke") from error
        except aiohttp.ClientResponseError:
            raise self.misread() from None  # its repr shows the request's headers
        except (TooLong, orjson.JSONDecodeError) as error:
            raise self.misread() from error
        except (aiohttp.ClientError, OSError) as error:
            told = f"{address.site} cannot be reached: {connection_cause(error)}."
            raise ConnectionFailed(told, service=address.site, reason=connection_reason(error)) from error

    def misread(self) -> ResponseInvalid:
        """The answer is not Gitea's."""
        site = self._address.site
        told = f"What answers at {site} does not speak Gitea's API; check the address."
        return ResponseInvalid(told, service=site, reason="foreign")

    def _refusal(self, status: int, said: str, retry_after: str | None) -> HomelabError:
        """An answer that is no success; `said` are the server's own words."""
        name = self._address.repository
        if status in _ACCESS:
            return self._no_access(status, said)
        if status in _REFUSED:
            return Conflict(
                f'{self._address.site} refuses this for "{name}": {said}',
                service=self._address.site,
                said=said,
                reason="refused",
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return asked_to_wait(self._address.site, retry_after)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            told = f"{self._address.site} failed with status {status}; try again in a few minutes."
            return ServiceFailed(told, service=self._address.site, reason="status", status=status)
        if status < HTTPStatus.BAD_REQUEST:
            return NotFound(
                f'The repository "{name}" has moved; set it up anew with its new address.', reason="renamed"
            )
        return ResponseInvalid(f"{self._address.site} answered with status {status}, which was not expected here.")

    def _no_access(self, status: int, said: str) -> HomelabError:
        site, name = self._address.site, self._address.repository
        if status == HTTPStatus.UNAUTHORIZED:
            return AuthenticationFailed(
                f"{site} does not accept the token: it is wrong or has expired. Enter a new one.",
                service=site,
                reason="credentials",
            )
        if status == HTTPStatus.NOT_FOUND:
            return NotFound(
                f'{site} shows no repository "{name}" to this token; check the name and what the token may see.',
                service=site,
                reason="repository",
                repository=name,
            )
        if status == HTTPStatus.LOCKED:
            return PermissionDenied(
                f'"{name}" is archived at {site}; nothing can be changed in it.', repository=name, reason="archived"
            )
        if "scope" in said:
            return PermissionDenied(
                f'The token may not do this in "{name}"; it needs the scopes write:repository and write:issue.',
                repository=name,
                scopes="write:repository, write:issue",
                reason="scopes",
            )
        if "protected" in said.lower():
            return RuleViolated(
                f'A rule of "{name}" at {site} forbids this: {said}', service=site, said=said, reason="ruled"
            )
        return PermissionDenied(
            f'{site} does not allow this for "{name}": {said}', service=site, said=said, reason="refused"
        )


def _said(data: bytes) -> str:
    """The server's own words, on one line and not too many."""
    try:
        message = orjson.loads(data)["message"]
    except orjson.JSONDecodeError, LookupError, TypeError:
        message = None
    return " ".join(message.split())[:200] if message and isinstance(message, str) else "it does not say why."
