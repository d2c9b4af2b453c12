"""dulwich's clients for http and ssh, with deadlines and our own errors. Import it in the executor only."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any, override
from urllib.parse import urlsplit

from dulwich.client import GitClient, HttpGitClient, SSHGitClient, parse_rsync_url
from dulwich.protocol import Protocol
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout

from .git_address import GitAddress
from .git_errors import refusal


@contextmanager
def connection(address: GitAddress) -> Iterator[tuple[GitClient, bytes]]:
    """A client for the address and the path that it asks for; nothing stays open afterwards."""
    if address.is_ssh:
        client, path = _over_ssh(address)
        try:
            yield client, path
        finally:
            client.close()
        return
    with _Pool(address) as pool:
        yield (
            HttpGitClient(
                address.url,
                pool_manager=pool,
                username=address.user,
                password=address.password,
                thin_packs=False,
                quiet=True,
            ),
            b"",
        )


def _over_ssh(address: GitAddress) -> tuple[_Ssh, bytes]:
    if "://" in address.url:
        parts = urlsplit(address.url)
        user, host, port, path = parts.username, parts.hostname or "", parts.port, parts.path
    else:
        user, host, path = parse_rsync_url(address.url)
        port = None
    options = {
        "BatchMode": "yes",  # nobody is there to answer a question
        "ConnectTimeout": address.timeout,
        "ServerAliveInterval": address.timeout,
        "ServerAliveCountMax": 1,
    }
    command = " ".join(("ssh", *(f"-o {name}={value}" for name, value in options.items())))
    client = _Ssh(host, port, user, key_filename=address.key, ssh_command=command, thin_packs=False, quiet=True)
    return client, path.encode()


class _Ssh(SSHGitClient):
    """dulwich leaves the ssh open that ended before it answered."""

    _opened: tuple[Protocol, ...] = ()

    @override
    def _connect(
        self, cmd: bytes, path: str | bytes, protocol_version: int | None = None
    ) -> tuple[Protocol, Callable[[], bool], IO[bytes] | None]:
        connected = super()._connect(cmd, path, protocol_version)
        self._opened += (connected[0],)
        return connected

    @override
    def close(self) -> None:
        for each in self._opened:
            each.close()
        super().close()


class _Pool(PoolManager):
    """Connections that never send anything twice and raise HomelabErrors for an error status.

    dulwich has no exception for most of them, and follows redirects of the first request only.
    """

    def __init__(self, address: GitAddress) -> None:
        super().__init__(
            timeout=Timeout(connect=address.timeout, read=address.timeout),
            retries=Retry(total=3, connect=0, read=0, other=0, redirect=3, respect_retry_after_header=False),
            headers={"User-Agent": "git/2 (homelab-assistant)"},  # servers tell git from browsers by it
        )
        self._address = address
        self._answers: list[BaseHTTPResponse] = []

    @override
    def clear(self) -> None:
        for answer in self._answers:  # dulwich leaves those open that it cannot read
            answer.close()
        super().clear()

    @override
    def request(
        self,
        method: str,
        url: str,
        body: Any | None = None,
        fields: Any | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any | None = None,
        **urlopen_kw: Any,
    ) -> BaseHTTPResponse:
        response = super().request(method, url, body, fields, headers, json, **urlopen_kw)
        self._answers.append(response)
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise refusal(response.status, response.headers.get("Retry-After"), self._address)
        return response
