"""One operation on a directory. Import it in the executor only: it reads files, and dulwich takes a while."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
import shlex

from dulwich.errors import FileFormatException, NotGitRepository
from dulwich.file import FileLocked
from dulwich.refs import HEADREF, Ref, SymrefLoop
from dulwich.repo import Repo, UnsupportedExtension, UnsupportedVersion

from ..errors import Conflict, InputInvalid, NotFound, PermissionDenied, ResponseInvalid, ServiceFailed
from ..models.repository import Draft, PullRequest, PullRequestState, PullRequestStatus, Snapshot
from .commits import NewCommit, new_commit, ref_of, snapshot_of
from .drafts import described, left_base, refuse_unfit, taken
from .folder import PlainFolder
from .history import contains, existing, status_of
from .jobs import Job

_HEADS = b"refs/heads/"
_NOTES = "homelab-assistant"


@contextmanager
def checkout_at(path: Path, job: Job) -> Iterator[Checkout | PlainFolder]:
    """What the directory is; closed again afterwards. Raises HomelabErrors instead of what files and dulwich raise."""
    if not path.is_dir():
        raise NotFound(f"There is no folder {path}.")
    try:
        try:
            repo = Repo(str(path))
        except NotGitRepository:
            yield PlainFolder(path, job)
        else:
            with repo:
                yield Checkout(repo, path, job)
    except (UnsupportedExtension, UnsupportedVersion) as error:
        raise InputInvalid(
            f"The git repository in {path} is of a kind that is not supported: {error}.", path=path, reason="unusable"
        ) from error
    except FileLocked as error:
        raise Conflict(
            f"Another git is writing in {path} right now; try again.", path=path, reason="writing"
        ) from error
    except PermissionError as error:
        raise PermissionDenied(
            f"{error.filename or path} cannot be read or written; check its permissions.", path=path, reason="folder"
        ) from error
    except OSError as error:
        raise ServiceFailed(
            f"{path} cannot be used: {(error.strerror or 'input or output error').lower()}.",
            path=path,
            reason="unusable",
        ) from error
    except (FileFormatException, LookupError, SymrefLoop, ValueError, AssertionError) as error:
        raise ResponseInvalid(f"The git repository in {path} is damaged or incomplete; run git fsck there.") from error


class Checkout:
    """The git repository at `path`."""

    def __init__(self, repo: Repo, path: Path, job: Job) -> None:
        self._repo = repo
        self._store = repo.object_store
        self._path = path
        self._job = job

    def snapshot(self, known: Snapshot | None) -> Snapshot:
        """See `DirectoryForge.snapshot`; `known` is returned when it is still true."""
        _, head = self._head()
        if head is None:
            return PlainFolder(self._path, self._job).snapshot()
        if known is not None and known.commit == head:
            return known
        return snapshot_of(self._store, head, str(self._path))

    def open(self, draft: Draft) -> PullRequest:
        """See `DirectoryForge.open`."""
        base, head = self._base()
        refuse_unfit(draft, base)
        ref = ref_of(draft.branch)
        commit = new_commit(self._store, draft, described(draft), base)
        if not contains(self._store, head, draft.base_commit):
            raise left_base(draft.base_commit, base)
        pull_request = PullRequest(
            number=0,
            url=self._note(draft.branch).as_uri(),
            branch=draft.branch,
            head_commit=commit.id.decode(),
            state=PullRequestState.OPEN,
        )
        found = existing(self._store, pull_request, head, self._branch(ref))
        if found is not None and found.state is PullRequestState.MERGED:
            return found
        if found is None:
            self._create(draft.branch, ref, commit)
        self._describe(draft, commit, base)
        return pull_request

    def follow(self, pull_request: PullRequest) -> PullRequestStatus:
        """See `DirectoryForge.follow`."""
        _, head = self._base()
        return status_of(self._store, pull_request, head, self._branch(ref_of(pull_request.branch)))

    def descends(self, commit: str, ancestor: str) -> bool:
        """See `DirectoryForge.descends`."""
        return contains(self._store, commit, ancestor)

    def _head(self) -> tuple[str, str | None]:
        """The checked-out branch (HEAD when none is) and its commit, None before the first one."""
        names, commit = self._repo.refs.follow(HEADREF)
        return names[-1].removeprefix(_HEADS).decode(), commit.decode() if commit else None

    def _base(self) -> tuple[str, str]:
        base, head = self._head()
        if head is None:
            raise NotFound(f"The git repository in {self._path} has no commit yet; commit something to it first.")
        return base, head

    def _branch(self, ref: Ref) -> str | None:
        with suppress(KeyError):
            return self._repo.refs[ref].decode()
        return None

    def _create(self, branch: str, ref: Ref, commit: NewCommit) -> None:
        for other in self._repo.refs.subkeys(Ref(_HEADS)):
            name = _HEADS + other + b"/"
            if name.startswith(ref + b"/") or (ref + b"/").startswith(name):
                raise Conflict(
                    f'A branch named "{other.decode(errors="replace")}" stands in the way; rename it.',
                    branch=other.decode(errors="replace"),
                    reason="taken",
                )
        self._job.go_on()
        self._store.add_objects([(made, None) for made in commit.objects])
        if not self._repo.refs.add_if_new(ref, commit.id) and self._branch(ref) != commit.id.decode():
            raise taken(branch)

    def _note(self, branch: str) -> Path:
        return Path(self._repo.commondir(), _NOTES, f"{branch}.md").absolute()

    def _describe(self, draft: Draft, commit: NewCommit, base: str) -> None:
        """Write what a pull request would say, and how to look at the branch and to merge it."""
        note, branch = self._note(draft.branch), shlex.quote(draft.branch)
        text = (
            f"# {draft.title}\n\n{draft.body.rstrip()}\n\n"
            f"Commit {commit.id.decode()} on the branch {draft.branch}.\n\n"
            f"    git show {branch}\n    git switch {shlex.quote(base)} && git merge {branch}\n"
        )
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(text, encoding="utf-8")
