"""A bare git repository, read and written through the git binary: real object ids, real diffs, real merges."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import override

NOTHING = "0" * 40
"""The object id that stands for "no such ref"."""

_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
}


class GitFailed(Exception):
    """Git ended with a status that was not expected; the text is what it wrote to standard error."""


@dataclass(frozen=True)
class Output:
    """What git wrote to standard output, and how it ended."""

    data: bytes
    status: int

    @property
    def text(self) -> str:
        """The output without the newline at its end."""
        return self.data.decode("utf-8", "replace").rstrip("\n")

    @property
    def fields(self) -> list[str]:
        """The NUL-terminated fields of the output."""
        return self.data.decode("utf-8", "replace").split("\0")[:-1]


@dataclass(frozen=True, kw_only=True)
class TreeEntry:
    """An entry of a tree; `size` in bytes is None for what is not a blob."""

    path: str
    mode: str
    type: str
    sha: str
    size: int | None


@dataclass(frozen=True, kw_only=True)
class Person:
    """An author or committer; `date` in seconds since the epoch, `offset` as git writes it."""

    name: str
    email: str
    date: int
    offset: str = "+0000"

    @override
    def __str__(self) -> str:
        return f"{self.name} <{self.email}> {self.date} {self.offset}"


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit object."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True, kw_only=True)
class ChangedFile:
    """A file that differs between two trees; `patch` has the hunks only."""

    path: str
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str


class GitStore:
    """The objects and refs of one bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def run(
        self, *arguments: str, stdin: bytes | None = None, expect: Iterable[int] = (0,), **environment: str
    ) -> Output:
        """Run git on the repository; raises GitFailed when it ends with a status that is not in `expect`."""
        process = await asyncio.create_subprocess_exec(
            "git",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**_ENVIRONMENT, "GIT_DIR": str(self.path), **environment},
        )
        data, complaint = await process.communicate(stdin or b"")
        status = process.returncode or 0
        if status not in expect:
            raise GitFailed(complaint.decode("utf-8", "replace").strip())
        return Output(data, status)

    async def create(self, default_branch: str = "main") -> None:
        """Make the empty repository."""
        await self.run("init", "--quiet", "--bare", "-b", default_branch, str(self.path))

    async def resolve(self, revision: str) -> str | None:
        """The commit a revision names, or None."""
        out = await self.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", expect=(0, 1, 128)
        )
        return None if out.status else out.text

    async def head(self, branch: str) -> str | None:
        """The commit a branch points at, or None."""
        return await self.resolve(f"refs/heads/{branch}")

    async def type_of(self, sha: str) -> str | None:
        """`blob`, `tree`, `commit` or `tag`; None when there is no such object."""
        out = await self.run("cat-file", "-t", sha, expect=(0, 128))
        return None if out.status else out.text

    async def blob(self, sha: str) -> bytes:
        """The bytes of a blob."""
        return (await self.run("cat-file", "blob", sha)).data

    async def archive(self, sha: str, prefix: str) -> bytes:
        """A commit's files below `prefix`, as a packed tarball."""
        return (await self.run("archive", "--format=tar.gz", f"--prefix={prefix}/", sha)).data

    async def tree(self, sha: str, *, recursive: bool) -> list[TreeEntry]:
        """The entries of a tree (or of a commit's tree), in git's order."""
        flags = ["-r", "-t"] if recursive else []
        out = await self.run("ls-tree", "-l", "-z", *flags, sha)
        entries = []
        for line in out.fields:
            head, path = line.split("\t", 1)
            mode, kind, name, size = head.split()
            entries.append(
                TreeEntry(path=path, mode=mode, type=kind, sha=name, size=None if size == "-" else int(size))
            )
        return entries

    async def commit(self, sha: str) -> Commit:
        """Read a commit object."""
        return _parse_commit(sha, (await self.run("cat-file", "commit", sha)).data.decode("utf-8", "replace"))

    async def write_blob(self, data: bytes) -> str:
        """Save bytes; returns their object id."""
        return (await self.run("hash-object", "-w", "--stdin", stdin=data)).text

    async def write_files(self, files: Iterable[Path]) -> list[str]:
        """Save files as they are on the disk; returns their object ids."""
        paths = "".join(f"{file}\n" for file in files)
        return (await self.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=paths.encode())).text.split()

    async def write_tree(self, base: str | None, changes: Iterable[tuple[str, str, str | None]]) -> str:
        """Save `base` with (path, mode, object id or None to delete) applied; returns the tree's object id."""
        lines = "".join(f"{mode if sha else '0'} {sha or NOTHING}\t{path}\0" for path, mode, sha in changes)
        with TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            await self.run("read-tree", *([base] if base else ["--empty"]), GIT_INDEX_FILE=index)
            await self.run("update-index", "-z", "--index-info", stdin=lines.encode(), GIT_INDEX_FILE=index)
            return (await self.run("write-tree", GIT_INDEX_FILE=index)).text

    async def write_commit(
        self, tree: str, parents: Iterable[str], message: str, author: Person, committer: Person
    ) -> str:
        """Save a commit with exactly this message; the same input gives the same object id."""
        lines = [
            f"tree {tree}",
            *(f"parent {parent}" for parent in parents),
            f"author {author}",
            f"committer {committer}",
        ]
        text = "\n".join(lines) + "\n\n" + message
        return (await self.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())).text

    async def refs(self, prefix: str = "refs/heads/") -> dict[str, str]:
        """Full ref name -> object id."""
        out = await self.run("for-each-ref", "--format=%(refname) %(objectname)", prefix)
        return dict(line.split(" ", 1) for line in out.text.splitlines())

    async def update_ref(self, ref: str, new: str, old: str) -> None:
        """Move a ref from `old` (NOTHING: create it); raises GitFailed when it stands elsewhere by now."""
        await self.run("update-ref", ref, new, old)

    async def delete_ref(self, ref: str) -> None:
        """Remove a ref."""
        await self.run("update-ref", "-d", ref)

    async def valid_ref(self, ref: str) -> bool:
        """Whether git accepts the name."""
        return not (await self.run("check-ref-format", ref, expect=(0, 1))).status

    async def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` has `old` in its history."""
        return not (await self.run("merge-base", "--is-ancestor", old, new, expect=(0, 1))).status

    async def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor, or None."""
        out = await self.run("merge-base", one, other, expect=(0, 1))
        return None if out.status else out.text

    async def merged_tree(self, one: str, other: str) -> str | None:
        """The tree of the three-way merge, or None when it conflicts."""
        out = await self.run("merge-tree", "--write-tree", one, other, expect=(0, 1))
        return None if out.status else out.text.splitlines()[0]

    async def between(self, base: str, head: str) -> list[str]:
        """The commits of `head` that `base` has not, oldest first."""
        return (await self.run("rev-list", "--reverse", f"{base}..{head}")).text.split()

    async def diff(self, base: str, head: str) -> list[ChangedFile]:
        """The files that differ between two commits."""
        raw = (await self.run("diff-tree", "-r", "-z", "--no-renames", "--raw", base, head)).fields
        counts = (await self.run("diff-tree", "-r", "-z", "--no-renames", "--numstat", base, head)).fields
        files = []
        for meta, path, count in zip(raw[::2], raw[1::2], counts, strict=True):
            added, removed, _ = count.split("\t", 2)
            _, _, _, sha, letter = meta.split()
            patch = (await self.run("diff", "--no-renames", base, head, "--", f":(literal){path}")).text
            files.append(
                ChangedFile(
                    path=path,
                    status={"A": "added", "D": "removed"}.get(letter[0], "modified"),
                    sha=sha,
                    additions=0 if added == "-" else int(added),
                    deletions=0 if removed == "-" else int(removed),
                    patch=patch[patch.index("\n@@") + 1 :] if "\n@@" in patch else "",
                )
            )
        return files


def _parse_commit(sha: str, text: str) -> Commit:
    head, _, message = text.partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.splitlines():
        name, _, value = line.partition(" ")
        fields.setdefault(name, []).append(value)
    return Commit(
        sha=sha,
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", ())),
        author=_parse_person(fields["author"][0]),
        committer=_parse_person(fields["committer"][0]),
        message=message,
    )


def _parse_person(text: str) -> Person:
    who, date, offset = text.rsplit(" ", 2)
    name, _, email = who.partition(" <")
    return Person(name=name, email=email.removesuffix(">"), date=int(date), offset=offset)
