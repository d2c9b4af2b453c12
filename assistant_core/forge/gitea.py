"""Gitea and Forgejo as a forge: branches travel by git, pull requests by the REST API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, override

import aiohttp

from ..errors import Conflict, HomelabError, NotFound, PermissionDenied
from ..logs import EventLog
from ..models.repository import (
    Capabilities,
    ChecksState,
    Draft,
    PullRequest,
    PullRequestState,
    PullRequestStatus,
    ReviewState,
    Snapshot,
)
from ..ports import Forge
from .checks import checks_of, review_of
from .drafts import changed_by_hand, closed
from .git import GitForge
from .gitea_client import GiteaClient, gitea_address
from .pause import Pause
from .repository_info import RepositoryInfo

_STATES = {"open": PullRequestState.OPEN, "closed": PullRequestState.CLOSED}
_CHECKS = {
    "success": ChecksState.SUCCESS,
    "warning": ChecksState.SUCCESS,
    "skipped": ChecksState.SUCCESS,
    "pending": ChecksState.PENDING,
}
_REVIEWS = {"APPROVED": ReviewState.APPROVED, "REQUEST_CHANGES": ReviewState.CHANGES_REQUESTED}
_COLOUR = "#1f6feb"
_UNMERGEABLE = "unmergeable"

_EVENTS = EventLog(__name__)


class GiteaForge(Forge):
    """The repository whose page is at `url`: https://HOST/OWNER/NAME, on a Gitea or Forgejo server.

    `token` needs the scopes write:repository and, for labels, write:issue. `timeout` is in seconds of silence.
    `retry_at` is what an earlier RateLimited said, so that a restart does not forget it. Raises InputInvalid for what
    cannot be an address or a token.
    """

    capabilities = Capabilities(pull_requests=True, labels=True, checks=True, reviews=True, conflicts=True)

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        token: str,
        *,
        timeout: int = 15,
        retry_at: datetime | None = None,
    ) -> None:
        address = gitea_address(url, token, timeout=timeout)
        self._where = address.site
        self._client = GiteaClient(session, address)
        self._git = GitForge(address.git, token, timeout=timeout, retry_at=retry_at)
        self._pause = Pause(address.site, retry_at)

    async def check(self) -> RepositoryInfo:
        """What the token may do with the repository; changes nothing there. Raises HomelabError."""
        with self._understood():
            repository = await self._client.get("")
            branch = await self._client.get(f"/branches/{repository['default_branch']}")
            archived = bool(repository["archived"])
            return RepositoryInfo(
                repository=str(repository["full_name"]),
                default_branch=str(repository["default_branch"]),
                private=bool(repository["private"]),
                archived=archived,
                protected=bool(branch["protected"]),
                can_push=not archived and (await self._git.check()).can_push,
                can_open_pull_requests=not archived and await self._may_ask(repository["default_branch"]),
            )

    @override
    async def snapshot(self) -> Snapshot:
        """The configuration files of the default branch as it is now; an unchanged one is not fetched again."""
        with self._pause.kept():
            return await self._git.snapshot()

    @override
    async def open(self, draft: Draft) -> PullRequest:
        """Ask for a change: one branch, one commit, one pull request, however often called.

        What a call that failed has done already is found and used. Raises Conflict when the branch, the pull request or
        the files are not as the draft expects them, and other HomelabErrors.
        """
        with self._understood():
            prepared = await self._git.job(lambda git: git.prepare(draft, draft.message))
            base, commit = prepared.remote.default_branch, prepared.commit.id.decode()
            found = await self._existing(draft.branch, base, commit)
            if found is None:
                await self._git.job(lambda git: git.push(draft.branch, prepared.commit))
                found = await self._create(draft, base, commit)
            await self._label(found, draft.labels)
            return found

    @override
    async def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None = None) -> PullRequestStatus:
        """What became of a pull request; checks and reviews are only asked for while it is open."""
        with self._understood():
            pull = await self._client.get(f"/pulls/{pull_request.number}")
            now = _pull_request(pull, pull_request.branch)
            status = PullRequestStatus(
                pull_request=now,
                merge_commit=pull["merge_commit_sha"] if pull["merged"] else None,
                changed_by_hand=now.head_commit != pull_request.head_commit,
            )
            if now.state is not PullRequestState.OPEN:
                return status
            checks, failed = checks_of(await self._statuses(now.head_commit))
            return replace(
                status,
                checks=checks,
                failed_checks=failed,
                review=review_of(await self._reviews(now.number)),
                **_conflicts(pull, seen),
            )

    @override
    async def descends(self, commit: str, ancestor: str) -> bool:
        """Whether a commit is the other one or has it in its history: then it lacks none of that one's commits."""
        try:
            with self._understood():
                missing = await self._client.get(f"/compare/{commit}...{ancestor}")
                return int(missing["total_commits"]) == 0
        except NotFound:  # a commit it does not know, or a server older than 1.22: git can tell
            return await self._git.descends(commit, ancestor)

    async def _existing(self, branch: str, base: str, commit: str) -> PullRequest | None:
        """The pull request that an earlier call opened, even when a person has merged it meanwhile."""
        try:
            pull = _pull_request(await self._client.get(f"/pulls/{base}/{branch}"), branch)
        except NotFound:
            return None
        if pull.head_commit == commit and pull.state is PullRequestState.CLOSED:
            raise closed(pull.number, self._where)
        if pull.head_commit != commit and pull.state is not PullRequestState.CLOSED:
            raise changed_by_hand(branch)
        return pull if pull.head_commit == commit else None

    async def _create(self, draft: Draft, base: str, commit: str) -> PullRequest:
        asked = {"base": base, "head": draft.branch, "title": draft.title, "body": draft.body}
        try:
            return _pull_request(await self._client.post("/pulls", asked), draft.branch)
        except Conflict:
            if found := await self._existing(draft.branch, base, commit):
                return found
            raise

    async def _label(self, pull: PullRequest, names: tuple[str, ...]) -> None:
        """Put labels on, making those that are missing; a pull request without labels is one all the same."""
        try:
            known = {label["name"]: label["id"] for label in await self._client.get("/labels", limit="100")}
            for name in names:
                if name not in known:
                    known[name] = (await self._client.post("/labels", {"name": name, "color": _COLOUR}))["id"]
            await self._client.post(f"/issues/{pull.number}/labels", {"labels": [known[name] for name in names]})
        except HomelabError as error:
            _EVENTS.debug("labels-missing", "Pull request #%s has no labels: %s", pull.number, error)

    async def _statuses(self, commit: str) -> list[tuple[str, ChecksState]]:
        answer = await self._client.get(f"/commits/{commit}/status", limit="100")
        return [
            (each["context"], _CHECKS.get(each["status"], ChecksState.FAILURE)) for each in answer["statuses"] or ()
        ]

    async def _reviews(self, number: int) -> dict[str, ReviewState]:
        """The last word of everybody whose review counts; anybody may write one in a public repository."""
        return {
            review["user"]["login"]: ReviewState.NONE if review["dismissed"] else _REVIEWS[review["state"]]
            for review in await self._client.get(f"/pulls/{number}/reviews", limit="100")  # oldest first
            if review["official"] and review["user"] and review["state"] in _REVIEWS
        }

    async def _may_ask(self, default_branch: str) -> bool:
        """Whether the token may open pull requests: the server looks at that before it misses the branch."""
        probe = {"base": default_branch, "head": f"{default_branch}-permission-probe", "title": "-"}
        try:
            await self._client.post("/pulls", probe)
        except NotFound, Conflict:
            return True
        except PermissionDenied:
            return False
        raise self._client.misread()

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Raise ResponseInvalid for an answer of another shape, and keep the pauses that the server asks for."""
        with self._pause.kept():
            try:
                yield
            except (LookupError, TypeError, AttributeError) as error:
                raise self._client.misread() from error


def _pull_request(pull: Any, branch: str) -> PullRequest:
    return PullRequest(
        number=int(pull["number"]),
        url=str(pull["html_url"]),
        branch=branch,
        head_commit=str(pull["head"]["sha"]),
        state=PullRequestState.MERGED if pull["merged"] else _STATES[pull["state"]],
    )


def _conflicts(pull: Any, seen: PullRequestStatus | None) -> dict[str, Any]:
    """Gitea says "not mergeable" also while it is still looking, so it has to say so twice of the same commits."""
    if pull["mergeable"]:
        return {"conflicts": False}
    mark = f"{pull['base']['sha']} {pull['head']['sha']}"
    again = seen is not None and seen.marks.get(_UNMERGEABLE) == mark
    return {"conflicts": True if again else None, "marks": {_UNMERGEABLE: mark}}
