"""One operation on a git remote. Import it in the executor only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from dulwich.client import GitClient
from dulwich.object_store import BaseObjectStore, MemoryObjectStore, ObjectStoreGraphWalker
from dulwich.objects import ObjectID, ShaFile
from dulwich.pack import UnpackedObject, pack_objects_to_data
from dulwich.refs import HEADREF, Ref

from ..errors import AuthenticationFailed, InputInvalid, NotFound, PermissionDenied, ResponseInvalid
from ..models.repository import Draft, PullRequest, PullRequestState, PullRequestStatus, Snapshot
from .commits import NewCommit, new_commit, ref_of, snapshot_of
from .drafts import described, refuse_unfit, taken
from .git_address import GitAddress
from .git_errors import rejected, translated
from .git_transport import connection
from .history import contains, existing, status_of
from .jobs import Job
from .repository_info import RepositoryInfo

_HEADS = b"refs/heads/"
_HISTORY = 200
"""How many commits back a base may be, and a merge is looked for."""

_PACK_LIMIT = 256 * 1024**2
"""Bytes; the files themselves are far smaller."""

_MARK = "refs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """What a remote shows: its default branch, that branch's head, all heads by name, and the objects fetched."""

    default_branch: str
    head: str
    branches: Mapping[str, str]
    store: BaseObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A draft's commit, not sent yet, and the remote that it was made for."""

    remote: Remote
    commit: NewCommit


@contextmanager
def git_session(address: GitAddress, job: Job) -> Iterator[GitSession]:
    """A session that leaves nothing open."""
    with connection(address) as (client, path):
        yield GitSession(address, job, client, path)


class GitSession:
    """A connection for one job; it goes no step further once nobody waits for it."""

    def __init__(self, address: GitAddress, job: Job, client: GitClient, path: bytes) -> None:
        self._address = address
        self._job = job
        self._client = client
        self._path = path

    def check(self) -> RepositoryInfo:
        """See `GitForge.check`."""
        remote = self._look(depth=0)
        return RepositoryInfo(
            repository=self._address.url,
            default_branch=remote.default_branch,
            private=None,
            archived=False,
            protected=None,
            can_push=self._may_push(),
            can_open_pull_requests=False,
        )

    def snapshot(self, known: Snapshot | None) -> Snapshot:
        """See `GitForge.snapshot`; `known` is returned when it is still true."""
        if known is not None and self._look(depth=0).head == known.commit:
            return known
        remote = self._look()
        return snapshot_of(remote.store, remote.head, self._address.url)

    def prepare(self, draft: Draft, message: str) -> Prepared:
        """Make the draft's commit in memory."""
        remote = self._look()
        refuse_unfit(draft, remote.default_branch)
        if remote.head != draft.base_commit:
            remote = self._look(depth=_HISTORY)
        return Prepared(remote=remote, commit=new_commit(remote.store, draft, message, remote.default_branch))

    def open(self, draft: Draft) -> PullRequest:
        """See `GitForge.open`."""
        prepared = self.prepare(draft, described(draft))
        remote = prepared.remote
        wanted = PullRequest(
            number=0,
            url=f"{self._address.url}#{draft.branch}",
            branch=draft.branch,
            head_commit=prepared.commit.id.decode(),
            state=PullRequestState.OPEN,
        )
        found = existing(remote.store, wanted, remote.head, remote.branches.get(draft.branch))
        if found is None:
            self.push(draft.branch, prepared.commit)
        return found or wanted

    def push(self, branch: str, commit: NewCommit) -> None:
        """Make the branch, or find that it is there already. Raises Conflict when it has other commits."""
        ref = ref_of(branch)

        def wanted(there: dict[Ref, ObjectID]) -> dict[Ref, ObjectID]:
            if there.get(ref, commit.id) != commit.id:
                raise taken(branch)
            self._job.go_on()
            return {ref: commit.id}

        with translated(self._address):
            result = self._client.send_pack(self._path, wanted, _pack_of(commit.objects))
        reason = (result.ref_status or {}).get(ref)
        if reason and self._look(depth=0).branches.get(branch) != commit.id.decode():
            raise rejected(reason, branch, self._address)

    def follow(self, pull_request: PullRequest, seen: PullRequestStatus | None) -> PullRequestStatus:
        """See `GitForge.follow`."""
        remote = self._look(depth=0)
        branch_head = remote.branches.get(pull_request.branch)
        mark = f"{remote.head} {branch_head}"
        if seen is not None and seen.marks.get(_MARK) == mark:
            return seen
        history = self._look(depth=_HISTORY).store
        return replace(status_of(history, pull_request, remote.head, branch_head), marks={_MARK: mark})

    def descends(self, commit: str, ancestor: str) -> bool:
        """See `GitForge.descends`."""
        return contains(self._look(depth=_HISTORY).store, commit, ancestor)

    def _look(self, depth: int = 1) -> Remote:
        """The remote's branches, and the last `depth` commits of the default one."""
        store, size = MemoryObjectStore(), 0

        def wants(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
            return [refs[HEADREF]] if depth and HEADREF in refs else []

        def take(data: bytes) -> int:
            nonlocal size
            self._job.go_on()
            size += len(data)
            if size > _PACK_LIMIT:
                raise InputInvalid(
                    f"The repository at {self._address.url} is too big to be read.",
                    service=self._address.url,
                    reason="too_big",
                )
            return pack.write(data)

        pack, keep, drop = store.add_pack()
        with translated(self._address):
            try:
                result = self._client.fetch_pack(
                    self._path,
                    wants,
                    ObjectStoreGraphWalker([], lambda _: []),
                    take,
                    depth=depth or None,
                    ref_prefix=[HEADREF, _HEADS],
                )
                keep()
            finally:
                drop()
            return self._remote(result.refs, result.symrefs, store)

    def _remote(
        self, refs: Mapping[Ref, ObjectID | None], symrefs: Mapping[Ref, Ref], store: MemoryObjectStore
    ) -> Remote:
        if getattr(self._client, "dumb", False):
            raise ResponseInvalid(f"What answers at {self._address.url} does not speak git; check the address.")
        branches = {
            ref.removeprefix(_HEADS).decode(errors="replace"): sha.decode()
            for ref, sha in refs.items()
            if sha and ref.startswith(_HEADS)
        }
        default, head = symrefs.get(HEADREF, b"").removeprefix(_HEADS).decode(errors="replace"), refs.get(HEADREF)
        if not head or default not in branches:
            raise NotFound(f"The repository at {self._address.url} has no commit yet; commit something to it first.")
        return Remote(default_branch=default, head=head.decode(), branches=branches, store=store)

    def _may_push(self) -> bool:
        """Whether the login may write: the server says so before anything is sent."""
        try:
            with translated(self._address):
                self._client.send_pack(self._path, lambda _: {}, _pack_of(()))
        except AuthenticationFailed, PermissionDenied:
            return False
        return True


def _pack_of(objects: Sequence[ShaFile]) -> Callable[..., tuple[int, Iterator[UnpackedObject]]]:
    """What dulwich asks for when it sends: exactly these objects, whatever the server has of them."""
    return lambda *_, **__: pack_objects_to_data([(each, None) for each in objects])
