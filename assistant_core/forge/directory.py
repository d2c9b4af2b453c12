"""A directory on this machine as a forge: a git checkout, a bare repository, or a plain folder that is only read.

What stands in the last commit of the checked-out branch counts, not what lies uncommitted in the working tree; a change
becomes a branch beside it. Neither the working tree nor the checked-out branch is ever touched. A plain folder (or a
checkout without any commit) is read as it lies there.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, override

from ..models.repository import Capabilities, Draft, PullRequest, PullRequestStatus, Snapshot
from ..ports import Forge
from .jobs import Job, run

if TYPE_CHECKING:
    from .checkout import Checkout
    from .folder import PlainFolder

_DEADLINE = 60


class DirectoryForge(Forge):
    """The repository at `path`."""

    capabilities = Capabilities()

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser().absolute()
        self._snapshot: Snapshot | None = None

    @override
    async def snapshot(self) -> Snapshot:
        """The configuration files of the checked-out branch's last commit, or of a plain folder."""
        known = self._snapshot
        self._snapshot = await self._job(lambda checkout: checkout.snapshot(known))
        return self._snapshot

    @override
    async def open(self, draft: Draft) -> PullRequest:
        """Write the draft's branch with one commit, and its description beside it in the git directory.

        The URL is that of the description. Raises Conflict when the branch or the files are not as the draft expects
        them, InputInvalid for a plain folder, and other HomelabErrors.
        """
        return await self._job(lambda checkout: checkout.open(draft))

    @override
    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        """What became of the branch: merged into the checked-out one, open, or deleted."""
        return await self._job(lambda checkout: checkout.follow(pull_request))

    @override
    async def descends(self, commit: str, ancestor: str) -> bool:
        """Whether a commit is the other one or has it in its history."""
        return await self._job(lambda checkout: checkout.descends(commit, ancestor))

    async def _job[T](self, work: Callable[[Checkout | PlainFolder], T]) -> T:
        def attempt(job: Job) -> T:
            from .checkout import checkout_at  # noqa: PLC0415 - dulwich is only imported in the executor

            with checkout_at(self._path, job) as checkout:
                return work(checkout)

        return await run(attempt, service=str(self._path), deadline=_DEADLINE)
