"""GitHub as a forge.

PyGithub is synchronous and slow to import, so every operation is one job in the executor with a client of its own. A
job that nobody waits for any more stops before its next step.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import batched
import re
from typing import TYPE_CHECKING, override

from ..errors import AuthenticationFailed, HomelabError, InputInvalid
from ..models.repository import Capabilities, Draft, PullRequest, PullRequestStatus, Snapshot
from ..ports import Forge
from ..together import together
from .addresses import checked_url
from .github_address import GitHubAddress, GitHubApp
from .jobs import Job, run
from .pause import Pause
from .repository_info import RepositoryInfo

if TYPE_CHECKING:
    from .github_credentials import Credentials
    from .github_session import GitHubSession, Head

GITHUB_API = "https://api.github.com"

_PATIENCE = 4
"""How many timeouts one job may take altogether: a server that drips is given up, too."""

_PARALLEL = 4
"""How many jobs fetch files at once: GitHub asks for few concurrent requests."""

_FEW = 16
"""How many files are fetched one by one; more are taken out of one tarball."""

_SHARE = 64
"""How many files one job fetches at most, to end within its deadline."""


class GitHubForge(Forge):
    """A repository on github.com or a GitHub Enterprise server.

    `repository` is OWNER/NAME, `credentials` a token or a GitHub App, `base_url` that of the REST API (Enterprise:
    https://HOST/api/v3), `timeout` the seconds of silence we wait for. `retry_at` is what an earlier RateLimited said,
    so that a restart does not forget it. Raises InputInvalid for what cannot be an address or a token.
    """

    capabilities = Capabilities(pull_requests=True, labels=True, checks=True, reviews=True, conflicts=True)

    def __init__(
        self,
        repository: str,
        credentials: str | GitHubApp,
        *,
        base_url: str = GITHUB_API,
        timeout: int = 15,
        retry_at: datetime | None = None,
    ) -> None:
        if not re.fullmatch(r"[\w-]+/(?!\.{1,2}$)[\w.-]+", repository, re.ASCII):
            raise InputInvalid(f'"{repository}" is not a repository on GitHub; it is written OWNER/NAME.')
        if isinstance(credentials, str) and not re.fullmatch(r"[\x21-\x7e]+", credentials):
            raise InputInvalid("The GitHub token is empty or has characters that no token has.")
        checked_url(base_url, "the GitHub API", "https://api.github.com", secret=True)
        self._address = GitHubAddress(
            repository=repository, credentials=credentials, base_url=base_url.rstrip("/"), timeout=timeout
        )
        self._deadline = _PATIENCE * timeout
        self._credentials: Credentials | None = None
        self._pause = Pause("GitHub", retry_at)
        self._snapshot: Snapshot | None = None
        self._blobs: dict[str, bytes] = {}
        self._reading = asyncio.Lock()

    async def check(self) -> RepositoryInfo:
        """What the token may do with the repository; changes nothing there. Raises HomelabError."""
        return await self._job(lambda github: github.check())

    @override
    async def snapshot(self) -> Snapshot:
        """The configuration files of the default branch as it is now; unchanged files are not fetched again."""
        async with self._reading:
            head = await self._job(lambda github: github.head())
            if self._snapshot is None or self._snapshot.commit != head.commit:
                await self._fetch(head)
                self._blobs = {sha: self._blobs[sha] for sha in head.files.values()}
                files = {path: self._blobs[sha] for path, sha in head.files.items()}
                self._snapshot = Snapshot(commit=head.commit, files=files)
            return self._snapshot

    @override
    async def open(self, draft: Draft) -> PullRequest:
        """Ask for a change: one branch, one commit, one pull request, however often called.

        What a call that failed has done already is found and used. Raises Conflict when the branch, the pull request or
        the files are not as the draft expects them, and other HomelabErrors.
        """
        return await self._job(lambda github: github.open(draft))

    @override
    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        """What became of a pull request; what did not change since `seen` is not sent and does not count for limits."""
        return await self._job(lambda github: github.follow(pull_request, seen))

    @override
    async def descends(self, commit: str, ancestor: str) -> bool:
        """Whether a commit is the other one or has it in its history, by one comparison."""
        return await self._job(lambda github: github.descends(commit, ancestor))

    async def _fetch(self, head: Head) -> None:
        """Fetch the blobs that are not known: many at once; the rest in shares, of which those that came stay."""
        wanted = set(head.files.values()) - self._blobs.keys()
        if len(wanted) > _FEW:
            with suppress(HomelabError):  # not every server has tarballs; what keeps the blobs away, too, is told below
                self._blobs.update(await self._job(lambda github: github.archive(head)))
            wanted -= self._blobs.keys()
        size = max(min(len(wanted) // _PARALLEL, _SHARE), 1)
        turn = asyncio.Semaphore(_PARALLEL)
        await together(self._fetch_share(share, turn) for share in batched(wanted, size, strict=False))

    async def _fetch_share(self, share: tuple[str, ...], turn: asyncio.Semaphore) -> None:
        async with turn:
            found = await self._job(lambda github: github.blobs(share))
            self._blobs.update(found)

    async def _job[T](self, work: Callable[[GitHubSession], T]) -> T:
        def attempt(job: Job) -> T:
            from .github_credentials import Credentials  # noqa: PLC0415 - half a second of imports: in the executor
            from .github_session import GitHubSession  # noqa: PLC0415 - same

            if self._credentials is None:
                self._credentials = Credentials(self._address)
            with GitHubSession(self._address, self._credentials.auth(), job) as github:
                return work(github)

        with self._pause.kept():
            try:
                return await run(attempt, service="GitHub", deadline=self._deadline)
            except AuthenticationFailed:
                self._credentials = None  # an app's token may have been revoked before its time
                raise
