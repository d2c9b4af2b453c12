"""All files of a commit in one request: GitHub's tarball. Import it in the executor only."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
import io
import tarfile
from typing import override
from urllib.parse import urlsplit
import zlib

import requests

from ..errors import ResponseInvalid
from .files import FILE_LIMIT, blob_id

_CHUNK = 64 * 1024

_LIMIT = 256 * 1024**2
"""Bytes of an unpacked tarball that are read at most; a repository of manifests has no more."""


def read_archive(
    link: str, wanted: Mapping[str, str], *, base_url: str, timeout: float, go_on: Callable[[], None]
) -> dict[str, bytes]:
    """Blob id -> bytes of what `wanted` (path -> blob id) names and the tarball at `link` has, checked against its id.

    A tarball may leave files out or change them, as .gitattributes says (git-archive: export-ignore, export-subst), and
    it may be cut off: then there is less. `link` carries its own secret, so that no token goes to its host. Raises
    ResponseInvalid when it is no such link, and RequestException.
    Source: docs.github.com/rest/repos/contents, "Download a repository archive (tar)".
    """
    if urlsplit(link).scheme != urlsplit(base_url).scheme:
        raise ResponseInvalid("GitHub sent no address of its files that can be used.")
    with requests.get(link, stream=True, timeout=timeout, allow_redirects=False) as response:
        if response.status_code != HTTPStatus.OK:
            raise ResponseInvalid(f"GitHub answered with status {response.status_code} instead of its files.")
        found: dict[str, bytes] = {}
        try:
            with tarfile.open(fileobj=_Stream(response.iter_content(_CHUNK), go_on), mode="r|gz") as archive:
                for path, data in _files(archive, wanted):
                    if blob_id(data) == wanted[path]:
                        found[wanted[path]] = data
        except tarfile.TarError, zlib.error, EOFError:
            return found
        return found


def _files(archive: tarfile.TarFile, wanted: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Path below the folder that everything stands in, and bytes."""
    for member in archive:
        if member.offset > _LIMIT:
            return
        path = member.name.partition("/")[2]
        if path in wanted and member.isfile() and member.size <= FILE_LIMIT and (file := archive.extractfile(member)):
            yield path, file.read()


class _Stream(io.RawIOBase):
    """Bytes as they come, for as long as somebody waits for them."""

    def __init__(self, chunks: Iterator[bytes], go_on: Callable[[], None]) -> None:
        self._chunks = chunks
        self._go_on = go_on
        self._rest = b""

    @override
    def read(self, size: int = -1, /) -> bytes:
        self._go_on()
        while len(self._rest) < size and (chunk := next(self._chunks, b"")):
            self._rest += chunk
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
