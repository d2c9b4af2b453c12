"""Any git remote as a forge: a bare repository behind http or ssh, with branches and nothing else.

Where no pull request can be opened, the branch is the question: its one commit says in its message who asks for what
and why. What became of it is read from the branches. A remote on this machine is a directory (see `directory`).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, override

from ..models.repository import Capabilities, Draft, PullRequest, PullRequestStatus, Snapshot
from ..ports import Forge
from .git_address import git_address
from .jobs import Job, run
from .pause import Pause
from .repository_info import RepositoryInfo

if TYPE_CHECKING:
    from .git_session import GitSession

_PATIENCE = 4
"""How many timeouts one job may take altogether."""


class GitForge(Forge):
    """The git remote at `url`: https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH.

    `token` is a token or password for https, `user` the name it is sent with (servers that take tokens mostly do not
    look at it); `key` is the path of a private key for ssh. `timeout` is in seconds of silence. `retry_at` is
    what an earlier RateLimited said, so that a restart does not forget it. Raises InputInvalid.
    """

    capabilities = Capabilities()

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        user: str | None = None,
        key: str | None = None,
        timeout: int = 15,
        retry_at: datetime | None = None,
    ) -> None:
        self._address = git_address(url, token, user=user, key=key, timeout=timeout)
        self._pause = Pause(self._address.url, retry_at)
        self._snapshot: Snapshot | None = None
        self._reading = asyncio.Lock()

    async def check(self) -> RepositoryInfo:
        """What the login may do with the repository; changes nothing there. Raises HomelabError."""
        return await self.job(lambda git: git.check())

    @override
    async def snapshot(self) -> Snapshot:
        """The configuration files of the default branch as it is now; an unchanged one is not fetched again."""
        async with self._reading:
            known = self._snapshot
            self._snapshot = await self.job(lambda git: git.snapshot(known))
            return self._snapshot

    @override
    async def open(self, draft: Draft) -> PullRequest:
        """Push the draft's branch with one commit; the body's words stand in its message.

        What a call that failed has done already is found and used. Raises Conflict when the branch or the files are not
        as the draft expects them, and other HomelabErrors.
        """
        return await self.job(lambda git: git.open(draft))

    @override
    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        """What became of the branch: merged, open, or deleted; nothing is fetched when neither branch moved."""
        return await self.job(lambda git: git.follow(pull_request, seen))

    @override
    async def descends(self, commit: str, ancestor: str) -> bool:
        """Whether a commit of the default branch is the other one or has it in the history that is fetched."""
        return await self.job(lambda git: git.descends(commit, ancestor))

    async def job[T](self, work: Callable[[GitSession], T]) -> T:
        """Do one operation of several steps over one connection."""

        def attempt(job: Job) -> T:
            from .git_session import git_session  # noqa: PLC0415 - dulwich is only imported in the executor

            with git_session(self._address, job) as git:
                return work(git)

        with self._pause.kept():
            return await run(attempt, service=self._address.url, deadline=_PATIENCE * self._address.timeout)
