"""Where a git remote is and as whom we go there."""

from dataclasses import dataclass, field
import re
from urllib.parse import unquote, urlsplit

from ..errors import InputInvalid
from .addresses import checked_url

_SCP = re.compile(r"([^@/:\s-][^@/:\s]*@)?[\w][\w.-]*:(?!/)[^\s:]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAddress:
    """`url` (http, https, ssh:// or USER@HOST:PATH) has no password in it.

    `user` and `password` are for http and https; `key` is the path of a private key for ssh, which else finds its own.
    `timeout` is in seconds of silence.
    """

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    key: str | None = None
    timeout: int = 15

    @property
    def is_ssh(self) -> bool:
        """Whether the way is ssh."""
        return not self.url.startswith("http")


def is_scp_like(text: str) -> bool:
    """Whether the text is of the form USER@HOST:PATH."""
    return _SCP.fullmatch(text) is not None


def git_address(
    text: str, token: str | None = None, *, user: str | None = None, key: str | None = None, timeout: int = 15
) -> GitAddress:
    """The address of a git remote as people write it; a login in it is taken out.

    `token` is a token or a password, sent with the user name `user` (else the address's own, else "git"). Raises
    InputInvalid for what is no such address, and when a secret would travel unencrypted.
    """
    text = text.strip()
    if is_scp_like(text):
        return GitAddress(url=text, key=key, timeout=timeout)
    try:
        parts = urlsplit(text)
        host, port, login, secret = parts.hostname or "", parts.port, parts.username, parts.password
    except ValueError as error:
        raise InputInvalid("The address of the git repository cannot be read.") from error
    if parts.scheme == "ssh":
        if not host or host.startswith("-") or (login or "").startswith("-") or secret or not parts.path.strip("/"):
            raise InputInvalid("An ssh address looks like ssh://git@git.home.arpa/anna/homelab.git, with no password.")
        return GitAddress(url=text, key=key, timeout=timeout)
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    url = parts._replace(netloc=place).geturl().rstrip("/")
    password = token or unquote(secret or "") or None
    checked_url(url, "the git repository", "https://git.home.arpa/anna/homelab.git", secret=password is not None)
    if password is None:
        return GitAddress(url=url, timeout=timeout)
    return GitAddress(url=url, user=user or unquote(login or "") or "git", password=password, timeout=timeout)
