"""A draft as git objects: the same draft on the same base is the same commit, on whatever machine it is made.

Import it in the executor only, as everything that needs dulwich.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dulwich.errors import NotTreeError
from dulwich.object_store import (
    BaseObjectStore,
    MemoryObjectStore,
    OverlayObjectStore,
    commit_tree_changes,
    iter_tree_contents,
    tree_lookup_path,
)
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, valid_hexsha
from dulwich.refs import Ref, check_ref_format

from ..errors import InputInvalid, ResponseInvalid
from ..models.repository import Draft, FileChange, Snapshot
from .drafts import EMAIL, FILE_MODES, NAME, done_already, moved_file, no_plain_file, unknown_base
from .files import FILE_LIMIT, FILES_LIMIT, blob_id, is_configuration

_MODES = {int(mode, 8) for mode in FILE_MODES}
_SIGNATURE = f"{NAME} <{EMAIL}>".encode()


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit, and every object that a repository with its base may lack of it."""

    id: ObjectID
    objects: tuple[ShaFile, ...]


def ref_of(branch: str) -> Ref:
    """The full ref of a branch. Raises InputInvalid for what git takes for no name."""
    ref = Ref(f"refs/heads/{branch}".encode())
    if not check_ref_format(ref):
        raise InputInvalid(f'"{branch}" cannot be the name of a branch.', text=branch, reason="no_such_name")
    return ref


def new_commit(store: BaseObjectStore, draft: Draft, message: str, default_branch: str) -> NewCommit:
    """The draft's commit, made in memory. Raises Conflict where the base is not what the draft changes."""
    base = commit_of(store, draft.base_commit)
    if base is None:
        raise unknown_base(draft.base_commit)
    made = MemoryObjectStore()
    both = OverlayObjectStore([made, store], add_store=made)
    tree = commit_tree_changes(
        both, base.tree, [_change(both, base, file) for file in draft.files if file.before != file.after]
    )
    if tree == base.tree:
        raise done_already(default_branch)
    commit = Commit()
    commit.tree, commit.parents = tree, [base.id]
    commit.author = commit.committer = _SIGNATURE
    commit.author_time = commit.commit_time = int(draft.authored.timestamp())
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = message.encode()
    made.add_object(commit)
    return NewCommit(commit.id, tuple(made[name] for name in made))


def commit_of(store: BaseObjectStore, name: str) -> Commit | None:
    """The commit of that id, if the store has it."""
    commit_id = ObjectID(name.encode())
    found = store[commit_id] if valid_hexsha(commit_id) and commit_id in store else None
    return found if isinstance(found, Commit) else None


def snapshot_of(store: BaseObjectStore, name: str, where: str) -> Snapshot:
    """The configuration files of a commit. Raises InputInvalid when there are too many; `where` names the place."""
    commit = commit_of(store, name)
    if commit is None:
        raise ResponseInvalid(f"{where} lacks its own commit {name[:8]}; try again.")
    files = dict(_files(store, commit))
    if len(files) > FILES_LIMIT:
        raise InputInvalid(
            f"{where} has more than {FILES_LIMIT} configuration files.",
            maximum_files=FILES_LIMIT,
            reason="too_many_files",
        )
    return Snapshot(commit=name, files=files)


def _files(store: BaseObjectStore, commit: Commit) -> Iterator[tuple[str, bytes]]:
    for entry in iter_tree_contents(store, commit.tree):
        path = (entry.path or b"").decode(errors="replace")
        if entry.mode in _MODES and is_configuration(path):
            data = store[entry.sha].as_raw_string()
            if len(data) <= FILE_LIMIT:
                yield path, data


def _change(store: BaseObjectStore, base: Commit, file: FileChange) -> tuple[bytes, int | None, ObjectID | None]:
    """The change as dulwich wants it, with the new file's bytes in the store."""
    path = file.path.encode()
    try:
        mode, there = tree_lookup_path(store.__getitem__, base.tree, path)
    except KeyError:
        mode, there = min(_MODES), None
    except NotTreeError as error:
        raise no_plain_file(file.path) from error
    if (there and there.decode()) != (None if file.before is None else blob_id(file.before)):
        raise moved_file(file.path)
    if mode not in _MODES:
        raise no_plain_file(file.path)
    if file.after is None:
        return path, None, None
    blob = Blob.from_string(file.after)
    store.add_object(blob)
    return path, mode, blob.id
