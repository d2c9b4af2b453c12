"""One operation on GitHub through PyGithub. Import it in the executor only: PyGithub takes half a second."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from github import Auth, Github, GithubException, UnknownObjectException
from github.Branch import Branch
from github.Repository import Repository

from ..errors import InputInvalid, NotFound, ResponseInvalid
from ..models.repository import Draft, PullRequest, PullRequestStatus
from . import github_rights as rights
from .drafts import FILE_MODES
from .files import FILE_LIMIT, FILES_LIMIT, blob_id, is_configuration
from .github_address import GitHubAddress
from .github_archive import read_archive
from .github_errors import translated
from .github_following import Following
from .github_opening import Opening, whole_tree
from .github_retry import retry
from .jobs import Job
from .repository_info import RepositoryInfo

_ONWARD = ("ahead", "identical")
"""What GitHub says of a commit that has the one it is compared with in its history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The default branch: its commit, and the path -> blob id of the files that describe the homelab."""

    commit: str
    files: Mapping[str, str]


class GitHubSession:
    """A client of its own for one job; it goes no step further once nobody waits for it."""

    def __init__(self, address: GitHubAddress, auth: Auth.Auth, job: Job) -> None:
        self._address = address
        self._job = job
        self._github = Github(
            auth=auth,
            base_url=address.base_url,
            timeout=address.timeout,
            user_agent="homelab-assistant",
            per_page=100,
            lazy=True,
            retry=retry(),
            seconds_between_requests=None,
            seconds_between_writes=None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._github.close()

    def check(self) -> RepositoryInfo:
        """See `GitHubForge.check`."""
        with translated(self._address):
            repository = self._repository()
            branch = self._default_branch(repository)
            # An app has no permissions of a person, and the probes below tell what matters.
            of_an_app = not isinstance(self._address.credentials, str)
            writable = (of_an_app or repository.permissions.push) and not repository.archived
            return RepositoryInfo(
                repository=repository.full_name,
                default_branch=repository.default_branch,
                private=repository.private,
                archived=repository.archived,
                protected=branch.protected,
                can_push=writable and rights.can_push(repository),
                can_open_pull_requests=not repository.archived and rights.can_open(repository),
                excess=rights.excess(self._github, repository, of_an_app=of_an_app),
            )

    def head(self) -> Head:
        """The default branch as it is now."""
        with translated(self._address):
            repository = self._repository()
            commit = self._default_branch(repository).commit
            tree = whole_tree(repository, commit.commit.tree.sha)
            files = {
                entry.path: entry.sha
                for entry in tree.tree
                if entry.mode in FILE_MODES and is_configuration(entry.path) and entry.size <= FILE_LIMIT
            }
            if len(files) > FILES_LIMIT:
                raise InputInvalid(
                    f'"{repository.full_name}" has more than {FILES_LIMIT} configuration files.',
                    maximum_files=FILES_LIMIT,
                    reason="too_many_files",
                )
            return Head(commit=commit.sha, files=files)

    def archive(self, head: Head) -> dict[str, bytes]:
        """The bytes of blobs by their ids, as many as the tarball of a commit has; `blobs` has the others."""
        with translated(self._address):
            link = self._github.get_repo(self._address.repository).get_archive_link("tarball", head.commit)
            return read_archive(
                link,
                head.files,
                base_url=self._address.base_url,
                timeout=self._address.timeout,
                go_on=self._job.go_on,
            )

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The bytes of blobs by their ids, checked against them."""
        with translated(self._address):
            repository = self._github.get_repo(self._address.repository)
            found = {}
            for sha in ids:
                self._job.go_on()
                found[sha] = base64.b64decode(repository.get_git_blob(sha).content)
                if blob_id(found[sha]) != sha:
                    raise ResponseInvalid(f"GitHub sent something else for the file {sha[:8]}; try again.")
            return found

    def open(self, draft: Draft) -> PullRequest:
        """See `GitHubForge.open`."""
        with translated(self._address):
            return Opening(self._repository(), draft, self._job.go_on).pull_request()

    def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None) -> PullRequestStatus:
        """See `GitHubForge.follow`."""
        with translated(self._address):
            return Following(self._github.requester, self._address.repository, pull_request, seen).status()

    def descends(self, commit: str, ancestor: str) -> bool:
        """See `GitHubForge.descends`. GitHub answers 404 when it does not know one, or they have nothing in common."""
        path = f"/repos/{self._address.repository}/compare/{ancestor}...{commit}?per_page=1"
        with translated(self._address):
            try:
                _, found = self._github.requester.requestJsonAndCheck("GET", path)
            except GithubException as error:
                if error.status == HTTPStatus.NOT_FOUND:
                    return False
                raise
            return found["status"] in _ONWARD

    def _repository(self) -> Repository:
        wanted = self._address.repository
        repository = self._github.get_repo(wanted).complete()
        if repository.full_name.lower() != wanted.lower():
            raise NotFound(
                f'The repository "{wanted}" is called "{repository.full_name}" now; set it up anew.', reason="renamed"
            )
        return repository

    @staticmethod
    def _default_branch(repository: Repository) -> Branch:
        try:
            return repository.get_branch(repository.default_branch)
        except UnknownObjectException as error:
            raise NotFound(
                f'"{repository.full_name}" has no branch "{repository.default_branch}"; commit something to it first.'
            ) from error
