"""From a draft to its pull request, by looking before each thing that is made.

Objects are named by their content, so making them again gives the same ids; the branch and the pull request are only
made when they are not there, and only taken over when they are exactly what the draft asks for.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC
from http import HTTPStatus

from github import GithubException, InputGitAuthor, InputGitTreeElement, UnknownObjectException
from github.GitCommit import GitCommit
from github.GitTree import GitTree
from github.GitTreeElement import GitTreeElement
from github.PullRequest import PullRequest as GitHubPullRequest
from github.Repository import Repository
from requests.exceptions import RequestException

from ..errors import InputInvalid, ResponseInvalid
from ..logs import EventLog
from ..models.repository import Draft, FileChange, PullRequest, PullRequestState
from .drafts import (
    EMAIL,
    FILE_MODES,
    NAME,
    changed_by_hand,
    closed,
    done_already,
    left_base,
    moved_file,
    no_plain_file,
    refuse_unfit,
    taken,
    unknown_base,
)
from .files import blob_id
from .github_errors import said_by

_EVENTS = EventLog(__name__)


class Opening:
    """Asks for one draft; `go_on` is called before each visible step and raises when nobody waits any more."""

    def __init__(self, repository: Repository, draft: Draft, go_on: Callable[[], None]) -> None:
        self._repository = repository
        self._draft = draft
        self._go_on = go_on
        self._base = repository.default_branch

    def pull_request(self) -> PullRequest:
        """The draft's pull request, whoever's call made it."""
        refuse_unfit(self._draft, self._base)
        commit = self._commit()
        found = self._existing(commit)
        if found is None:
            self._ensure_branch(commit)
            found = self._create(commit)
        if found.state is PullRequestState.OPEN:
            self._label(found)
        return found

    def _commit(self) -> str:
        """Make the commit on the draft's base; returns its id."""
        draft = self._draft
        parent = self._parent()
        tree = whole_tree(self._repository, parent.tree.sha)
        there = {entry.path: entry for entry in tree.tree}
        elements = [self._element(file, there) for file in draft.files]
        author = InputGitAuthor(NAME, EMAIL, draft.authored.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        changed = self._repository.create_git_tree(elements, base_tree=tree)
        commit = self._repository.create_git_commit(draft.message, changed, [parent], author, author)
        return commit.sha

    def _parent(self) -> GitCommit:
        """The base commit; it must be of the default branch's history, or foreign commits would come along."""
        base = self._draft.base_commit
        try:
            parent = self._repository.get_git_commit(base)
            status = self._repository.compare(self._base, base).status
        except GithubException as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise unknown_base(base) from error
        if status not in ("identical", "behind"):
            raise left_base(base, self._base)
        return parent

    def _element(self, file: FileChange, there: Mapping[str, GitTreeElement]) -> InputGitTreeElement:
        entry = there.get(file.path)
        if (entry.sha if entry else None) != (None if file.before is None else blob_id(file.before)):
            raise moved_file(file.path)
        mode = entry.mode if entry else FILE_MODES[0]
        if mode not in FILE_MODES:
            raise no_plain_file(file.path)
        if file.after is None:
            return InputGitTreeElement(file.path, mode, "blob", sha=None)
        blob = self._repository.create_git_blob(base64.b64encode(file.after).decode(), "base64")
        if blob.sha != blob_id(file.after):  # a missing id would mean: delete the file
            raise ResponseInvalid(f'GitHub did not save "{file.path}" as it was sent; try again.')
        return InputGitTreeElement(file.path, mode, "blob", sha=blob.sha)

    def _existing(self, commit: str) -> PullRequest | None:
        """The pull request that an earlier call opened, even when a person has merged it meanwhile."""
        branch, owner = self._draft.branch, self._repository.full_name.split("/")[0]
        pulls = [
            _pull_request(pull, branch)
            for pull in self._repository.get_pulls(state="all", head=f"{owner}:{branch}", base=self._base)
            if pull.head.repo is not None and pull.head.repo.full_name == self._repository.full_name
        ]
        ours = [pull for pull in pulls if pull.head_commit == commit]
        if any(pull.state is not PullRequestState.CLOSED and pull not in ours for pull in pulls):
            raise changed_by_hand(branch)
        for pull in ours:
            if pull.state is not PullRequestState.CLOSED:
                return pull
        if ours:
            raise closed(ours[0].number, "GitHub")
        return None

    def _ensure_branch(self, commit: str) -> None:
        branch = self._draft.branch
        found = self._branch_commit()
        if found is None:
            self._go_on()
            try:
                self._repository.create_git_ref(f"refs/heads/{branch}", commit)
            except GithubException as error:
                if "already exists" not in said_by(error):
                    raise
                found = self._branch_commit()
        if found not in (None, commit):
            raise taken(branch)

    def _branch_commit(self) -> str | None:
        try:
            return self._repository.get_git_ref(f"heads/{self._draft.branch}").object.sha
        except UnknownObjectException:
            return None

    def _create(self, commit: str) -> PullRequest:
        draft = self._draft
        self._go_on()
        try:
            pull = self._repository.create_pull(self._base, draft.branch, title=draft.title, body=draft.body)
        except GithubException as error:
            if "already exists" in said_by(error) and (found := self._existing(commit)):
                return found
            if "No commits between" in said_by(error):
                raise done_already(self._base) from error
            raise
        return _pull_request(pull, draft.branch)

    def _label(self, pull: PullRequest) -> None:
        """Put the labels on (GitHub makes those that are missing); without them it is a pull request all the same."""
        if not self._draft.labels:
            return
        try:
            self._repository.get_issue(pull.number).add_to_labels(*self._draft.labels)
        except (GithubException, RequestException) as error:
            _EVENTS.debug("labels-missing", "Pull request #%s has no labels: %s", pull.number, error)


def whole_tree(repository: Repository, sha: str) -> GitTree:
    """Every file below a tree. Raises HomelabError when the answer is another list, or not all of it."""
    tree = repository.get_git_tree(sha, recursive=True)
    if tree.sha != sha:
        raise ResponseInvalid("GitHub sent another list of files than the one asked for; try again.")
    if tree.raw_data.get("truncated"):
        raise InputInvalid(
            f'"{repository.full_name}" has more files than GitHub can list at once.', service="GitHub", reason="too_big"
        )
    return tree


def _pull_request(pull: GitHubPullRequest, branch: str) -> PullRequest:
    states = {"open": PullRequestState.OPEN, "closed": PullRequestState.CLOSED}
    if None in (pull.number, pull.html_url, pull.head.sha):
        raise ResponseInvalid("GitHub left out which pull request it opened; ask again.")
    return PullRequest(
        number=pull.number,
        url=pull.html_url,
        branch=branch,
        head_commit=pull.head.sha,
        state=PullRequestState.MERGED if pull.merged_at else states[pull.state],
    )
