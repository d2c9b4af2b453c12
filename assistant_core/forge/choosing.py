"""From what a person writes to the forge that it means."""

import asyncio
from pathlib import Path
import re
from urllib.parse import unquote, urlsplit

import aiohttp

from ..errors import InputInvalid
from ..ports import Forge
from .directory import DirectoryForge
from .git import GitForge
from .git_address import is_scp_like
from .gitea import GiteaForge
from .github import GITHUB_API, GitHubForge

_NAME = re.compile(r"[\w-]+/[\w.-]+", re.ASCII)
_PATH = re.compile(r"[./~\\]|[A-Za-z]:\\")
_VERSION = re.compile(r'\{"version":')
_PROBE = 5
"""Seconds in which a server has to say that it is a Gitea."""


async def at(
    text: str,
    session: aiohttp.ClientSession,
    *,
    token: str | None = None,
    github_api: str = GITHUB_API,
    timeout: int = 15,  # noqa: ASYNC109 - the forge's, in seconds of silence
) -> Forge:
    """The forge of a folder, of OWNER/NAME on GitHub, or of a git remote's URL.

    `github_api` tells which server is the GitHub. Without a `token`, GitHub and Gitea are git remotes like any other:
    what is public can be read. Raises InputInvalid for what is none of these.
    """
    text = text.strip()
    if text.startswith("file://"):
        return DirectoryForge(Path(unquote(urlsplit(text).path)))
    is_folder, is_file = await asyncio.to_thread(lambda path: (path.is_dir(), path.is_file()), Path(text))
    if is_file:
        raise InputInvalid(f"{text[:100]} is a file; name the folder of the repository that it lies in.")
    if _PATH.match(text) or (text and is_folder):
        return DirectoryForge(Path(text))
    site = _site(github_api)
    name = text if _NAME.fullmatch(text) else _name_at(text, site)
    if name is not None:
        if token is None:
            return GitForge(text if name != text else f"{site}/{name}.git", timeout=timeout)
        return GitHubForge(name, token, base_url=github_api, timeout=timeout)
    if not is_scp_like(text) and not text.startswith(("http://", "https://", "ssh://")):
        shown = text[:100]
        raise InputInvalid(f'"{shown}" is neither a folder, nor OWNER/NAME on GitHub, nor the URL of a git remote.')
    if token is not None and text.startswith("http") and await _is_gitea(text, session):
        return GiteaForge(session, text, token, timeout=timeout)
    return GitForge(text, token, timeout=timeout)


def _site(github_api: str) -> str:
    """Where people see what the API serves: GitHub's own has a host for itself, Enterprise a path."""
    parts = urlsplit(github_api)
    host = parts.netloc.removeprefix("api.") if parts.netloc == "api.github.com" else parts.netloc
    return f"{parts.scheme}://{host}"


def _name_at(text: str, site: str) -> str | None:
    """OWNER/NAME of an address on the GitHub at `site`."""
    host = urlsplit(site).netloc
    found = re.fullmatch(
        rf"(?:https?://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[^@/:]*@){re.escape(host)}[/:]({_NAME.pattern}?)(?:\.git)?/?",
        text,
        re.ASCII,
    )
    return found[1] if found else None


async def _is_gitea(url: str, session: aiohttp.ClientSession) -> bool:
    """Whether the server of a repository's address is a Gitea or a Forgejo, which say so to everybody."""
    root = url.rstrip("/").rsplit("/", 2)[0]
    try:
        async with (
            asyncio.timeout(_PROBE),
            session.get(f"{root}/api/v1/version", allow_redirects=False) as response,
        ):
            return (
                response.ok and _VERSION.match((await response.content.read(100)).decode(errors="replace")) is not None
            )
    except TimeoutError, aiohttp.ClientError, ValueError, OSError:
        return False
