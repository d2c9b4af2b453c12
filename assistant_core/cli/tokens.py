"""What the command line proves itself with to the forges."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

GITHUB_TOKEN = "HOMELAB_GITHUB_TOKEN"  # noqa: S105 - the name of a variable
GIT_TOKEN = "HOMELAB_GIT_TOKEN"  # noqa: S105 - same


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A token for GitHub, one for any other forge or git remote (None: there is none), and `own` ones by address."""

    github: str | None = field(default=None, repr=False)
    git: str | None = field(default=None, repr=False)
    own: Mapping[str, str] = field(default_factory=dict, repr=False)


tokens: ContextVar[Tokens] = ContextVar("tokens", default=Tokens())  # noqa: B039 - it cannot be changed
