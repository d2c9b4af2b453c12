"""What became of a pull request on GitHub, asked for part by part with entity tags.

An answer 304 costs nothing of the rate limit (docs.github.com/rest, best practices), so what has not changed is not
sent again. Import it in the executor only.
"""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from github import GithubException
from github.Requester import Requester

from ..models.repository import ChecksState, PullRequest, PullRequestState, PullRequestStatus, ReviewState
from .checks import checks_of, review_of
from .github_errors import is_rate_limit

_STATES = {"open": PullRequestState.OPEN, "closed": PullRequestState.CLOSED}
_RUNS = {
    "success": ChecksState.SUCCESS,
    "neutral": ChecksState.SUCCESS,
    "skipped": ChecksState.SUCCESS,
    None: ChecksState.PENDING,
}
_STATUSES = {"success": ChecksState.SUCCESS, "pending": ChecksState.PENDING}
_REVIEWS = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "DISMISSED": ReviewState.NONE,
}
_REVIEWERS = ("OWNER", "MEMBER", "COLLABORATOR")
"""Whose reviews count: anybody may write one in a public repository."""

_HIDDEN = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


class Following:
    """One look at a pull request; `seen` is what the last one told."""

    def __init__(
        self, requester: Requester, repository: str, pull_request: PullRequest, seen: PullRequestStatus | None
    ) -> None:
        self._requester = requester
        self._repository = f"/repos/{repository}"
        self._opened = pull_request
        self._seen = seen or PullRequestStatus(pull_request=pull_request)
        self._known = dict(self._seen.marks)
        self._marks: dict[str, str] = {}

    def status(self) -> PullRequestStatus:
        """How it stands; checks and reviews are only asked for while it is open."""
        status = self._pull()
        if status.pull_request.state is PullRequestState.OPEN:
            status = self._reviewed(self._checked(status))
        return replace(status, marks=self._marks)

    def _pull(self) -> PullRequestStatus:
        path = f"{self._repository}/pulls/{self._opened.number}"
        if self._seen.conflicts is None and self._seen.pull_request.state is PullRequestState.OPEN:
            self._known.pop(path, None)  # GitHub works it out when it is asked, and did not tell yet
        pull = self._ask(path)
        if pull is None:
            return self._seen
        head = pull["head"]["sha"]
        return replace(
            self._seen,
            pull_request=replace(
                self._opened,
                head_commit=head,
                state=PullRequestState.MERGED if pull["merged_at"] else _STATES[pull["state"]],
            ),
            merge_commit=pull["merge_commit_sha"] if pull["merged_at"] else None,
            changed_by_hand=head != self._opened.head_commit,
            conflicts=None if pull["mergeable"] is None else not pull["mergeable"],
        )

    def _checked(self, status: PullRequestStatus) -> PullRequestStatus:
        """With what check runs and the older commit statuses say; either may be hidden from the token."""
        commit = f"{self._repository}/commits/{status.pull_request.head_commit}"
        paths = (f"{commit}/check-runs?per_page=100", f"{commit}/status?per_page=100")
        try:
            answers = [self._ask(path) for path in paths]
            if not any(answers):
                return status
            runs, statuses = (answer or self._ask(path, anew=True) for answer, path in zip(answers, paths, strict=True))
        except GithubException as error:
            if error.status not in _HIDDEN or is_rate_limit(error):
                raise
            return replace(status, checks=ChecksState.UNKNOWN, failed_checks=())
        checks, failed = checks_of((*_runs(runs), *_statuses(statuses)))
        return replace(status, checks=checks, failed_checks=failed)

    def _reviewed(self, status: PullRequestStatus) -> PullRequestStatus:
        reviews = self._ask(f"{self._repository}/pulls/{self._opened.number}/reviews?per_page=100")
        if reviews is None:
            return status
        latest = {
            review["user"]["login"]: _REVIEWS[review["state"]]
            for review in reviews  # oldest first
            if review["user"] and review["state"] in _REVIEWS and review.get("author_association") in _REVIEWERS
        }
        return replace(status, review=review_of(latest))

    def _ask(self, path: str, *, anew: bool = False) -> Any:
        """The answer, or None when it is the one that was seen."""
        tag = None if anew else self._known.get(path)
        headers, answer = self._requester.requestJsonAndCheck(
            "GET", path, headers={"If-None-Match": tag} if tag else None
        )
        if mark := headers.get("etag", tag):
            self._marks[path] = mark
        return None if tag and answer is None else answer


def _runs(answer: Any) -> Iterator[tuple[str, ChecksState]]:
    for run in answer["check_runs"]:
        yield run["name"], _RUNS.get(run["conclusion"], ChecksState.FAILURE)


def _statuses(answer: Any) -> Iterator[tuple[str, ChecksState]]:
    for status in answer["statuses"]:
        yield status["context"], _STATUSES.get(status["state"], ChecksState.FAILURE)
