"""Who may do what on the simulated GitHub, and how often."""

from dataclasses import dataclass, field
from enum import IntEnum
import time
from typing import Any

from aiohttp import web

from .github_wire import Refusal, not_found

WINDOW = 3600
"""The length of a rate limit's window in seconds."""


class Level(IntEnum):
    """What a fine-grained token may do with one kind of thing."""

    NONE = 0
    READ = 1
    WRITE = 2


@dataclass(frozen=True, kw_only=True)
class Token:
    """A fine-grained personal access token, a classic one (with `scopes`), or an installation's (of an `app`).

    `repository` says whether the repository is among those the token was made for. `push` is the right of the person
    behind it, which the repository's `permissions` show; what the token itself may do is never shown. `others` are the
    private repositories that it reaches besides.
    """

    value: str = field(repr=False)
    login: str = "anna"
    repository: bool = True
    push: bool = True
    contents: Level = Level.WRITE
    pull_requests: Level = Level.WRITE
    checks: Level = Level.READ
    administration: Level = Level.NONE
    others: tuple[str, ...] = ()
    scopes: str | None = None
    app: bool = False
    expired: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Token:
        """Build a token from the control port's JSON; raises KeyError, TypeError or ValueError for what is unknown."""
        known = dict(data)
        for kind in known.keys() & {"contents", "pull_requests", "checks", "administration"}:
            known[kind] = Level[str(known[kind]).upper()]
        known["others"] = tuple(known.get("others", ()))
        return cls(**known)


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a route asks for: a kind of thing and the level; None is metadata, which every token may read."""

    kind: str | None = None
    level: Level = Level.READ


@dataclass(kw_only=True)
class Limits:
    """The primary rate limit and, while `secondary` is set, the abuse limit with its retry-after in seconds."""

    limit: int = 5000
    remaining: int = 5000
    reset: int = 0
    secondary: int | None = None

    def count(self) -> None:
        """Take one request off; refuses when none is left."""
        now = int(time.time())
        if now >= self.reset:
            self.reset, self.remaining = now + WINDOW, self.limit if self.reset else self.remaining
        if self.secondary is not None:
            raise Refusal(
                403,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                headers={"Retry-After": str(self.secondary)},
            )
        if not self.remaining:
            raise Refusal(403, "API rate limit exceeded for user ID 1. (Wait until the limit is reset.)")
        self.remaining -= 1

    @property
    def headers(self) -> dict[str, str]:
        """What every answer carries."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Used": str(self.limit - self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Resource": "core",
        }


class Access:
    """The tokens that were handed out, and the limits they share."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.limits = Limits()
        self._tokens = {token.value: token for token in tokens}

    def add(self, token: Token) -> None:
        """Hand out a token, or change what it may do."""
        self._tokens[token.value] = token

    def revoke_apps(self) -> None:
        """Take back the tokens that apps were given."""
        self._tokens = {value: token for value, token in self._tokens.items() if not token.app}

    def identify(self, request: web.Request) -> Token | None:
        """Whose request this is; None without credentials. Refuses credentials that do not hold."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, value = header.partition(" ")
        if scheme.lower() not in ("token", "bearer"):
            raise Refusal(401, "Bad credentials")
        return self.find(value)

    def find(self, value: str) -> Token:
        """The token of that value; refuses one that does not hold."""
        token = self._tokens.get(value)
        if token is None or token.expired:
            raise Refusal(401, "Bad credentials")
        return token

    @staticmethod
    def check(token: Token | None, need: Need, *, private: bool) -> None:
        """Refuse what the token does not allow, in GitHub's order: unseen, unknown, not permitted."""
        if private and not (token and token.repository):
            raise not_found()
        if need.kind is None or (need.level is Level.READ and not private and need.kind != "administration"):
            return
        if token is None:
            raise Refusal(401, "Requires authentication")
        level: Level = getattr(token, need.kind)
        if not token.repository or level < need.level or (need.level is Level.WRITE and not token.push):
            who = "integration" if token.app else "personal access token"
            raise Refusal(403, f"Resource not accessible by {who}")
