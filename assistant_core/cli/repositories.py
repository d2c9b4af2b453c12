"""The repository that a command names: a folder, OWNER/NAME on GitHub, or a git remote."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from ..errors import AuthenticationFailed, Incomplete, InputInvalid, NotFound
from ..forge import DirectoryForge, at
from ..models.repository import Snapshot
from ..ports import Forge
from .tokens import GIT_TOKEN, GITHUB_TOKEN, tokens

UNNAMED = "Say which repository: --repo takes a folder, OWNER/NAME or the URL of a remote."


async def known_as(repository: str) -> str:
    """The name under which a repository is remembered: that of a folder holds wherever the next command is run.

    Raises InputInvalid.
    """
    repository = repository.strip()
    if not repository:
        raise Incomplete(UNNAMED)
    if "://" in repository and _parts(repository)[1]:
        raise InputInvalid(f"Leave the password out of the repository's address and put it into {GIT_TOKEN}.")
    return await asyncio.to_thread(_folder, repository) or repository


def _folder(repository: str) -> str | None:
    try:
        folder = Path(repository).expanduser()
    except RuntimeError as error:
        raise InputInvalid(f"There is no home folder for {repository[:100]}.") from error
    return str(folder.absolute()) if folder.is_dir() else None


async def forge_of(repository: str, session: aiohttp.ClientSession, *, github_api: str, writes: bool = False) -> Forge:
    """The forge of a repository by the name it is known as. GitHub's token goes to GitHub, no other token does.

    What a command `writes` on GitHub needs a token, what it reads need not. Raises NotFound, AuthenticationFailed.
    """
    on_github = _is_on_github(repository, github_api)
    known = tokens.get()
    token = (known.github if on_github else known.git) or known.own.get(repository)
    try:
        forge = await at(repository, session, token=token, github_api=github_api)
    except InputInvalid as error:
        raise NotFound(str(error)) from error
    if writes and on_github and not token and not isinstance(forge, DirectoryForge):
        raise AuthenticationFailed(
            f"GitHub needs a token: put it into the environment variable {GITHUB_TOKEN}, or into a file that "
            "token_file names in the configuration file."
        )
    return forge


async def snapshot_of(repository: str, *, github_api: str) -> Snapshot:
    """The files of a repository as they are now. Raises HomelabError."""
    async with aiohttp.ClientSession() as session:
        forge = await forge_of(await known_as(repository), session, github_api=github_api)
        return await forge.snapshot()


def _is_on_github(repository: str, github_api: str) -> bool:
    """Whether it is OWNER/NAME, or an address on the server of the API."""
    if "://" in repository:
        host = _parts(repository)[0]
    elif "@" in repository:
        host = repository.partition("@")[2].partition(":")[0]
    else:
        return ":" not in repository
    return host == _parts(github_api)[0].removeprefix("api.")


def _parts(url: str) -> tuple[str, str | None]:
    """Host with port, and password, of an address. Raises InputInvalid."""
    try:
        parts = urlsplit(url)
        return parts.netloc.rpartition("@")[2], parts.password
    except ValueError as error:
        raise InputInvalid("The address of the repository cannot be read.") from error
