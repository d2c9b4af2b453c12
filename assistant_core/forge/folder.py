"""A plain folder, read as it lies there; there is no branch in it to write to."""

import hashlib
import os
from pathlib import Path
from typing import Never

from ..errors import InputInvalid
from ..models.repository import Draft, PullRequest, Snapshot
from .files import FILE_LIMIT, FILES_LIMIT, blob_id, is_configuration
from .jobs import Job

_SKIPPED = frozenset({".git", ".terraform"})
"""Folders that tools fill: nobody's manifests."""


class PlainFolder:
    """The folder at `path`. Raises OSError as the file system does."""

    def __init__(self, path: Path, job: Job) -> None:
        self._path = path
        self._job = job

    def snapshot(self, _: Snapshot | None = None) -> Snapshot:
        """The configuration files; the commit's place takes an id that stands for their contents."""
        files: dict[str, bytes] = {}
        for folder, folders, names in os.walk(self._path, onerror=_fail):
            self._job.go_on()
            folders[:] = sorted(set(folders) - _SKIPPED)
            for file in (Path(folder, name) for name in sorted(names) if is_configuration(name)):
                if file.is_file() and not file.is_symlink() and file.stat().st_size <= FILE_LIMIT:
                    name = os.fsencode(file.relative_to(self._path).as_posix()).decode(errors="replace")
                    files[name] = file.read_bytes()
            if len(files) > FILES_LIMIT:
                raise InputInvalid(
                    f"{self._path} has more than {FILES_LIMIT} configuration files.",
                    maximum_files=FILES_LIMIT,
                    reason="too_many_files",
                )
        listed = "".join(f"{blob_id(data)} {path}\n" for path, data in sorted(files.items()))
        return Snapshot(commit=hashlib.sha1(listed.encode(), usedforsecurity=False).hexdigest(), files=files)

    def open(self, _: Draft) -> Never:
        """Refuse: a branch needs a repository."""
        raise InputInvalid(
            f"{self._path} is not the top folder of a git repository; a branch needs one.",
            path=self._path,
            reason="no_top_folder",
        )

    def follow(self, _: PullRequest) -> Never:
        """Refuse, as `open` does."""
        raise InputInvalid(
            f"{self._path} is not the top folder of a git repository any more.", path=self._path, reason="no_top_folder"
        )

    def descends(self, _: str, __: str) -> Never:
        """Refuse, as `open` does."""
        raise InputInvalid(
            f"{self._path} is not the top folder of a git repository any more.", path=self._path, reason="no_top_folder"
        )


def _fail(error: OSError) -> Never:
    raise error
