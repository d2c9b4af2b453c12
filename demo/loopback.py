"""A guard that lets this process connect to loopback only, and says so when something tried otherwise.

Used by the test suite and, as `python -P demo/loopback.py`, to run a real Home Assistant: `--allow HOST` (repeatable)
admits a real service that the person asked for by name.
"""

from collections.abc import Callable, Iterable
import errno
import ipaddress
import os
import runpy
import socket
import sys
from typing import Any

BLOCKED = "loopback guard: blocked"
RESTART = 100
"""The exit code with which Home Assistant asks to be started again."""


def is_loopback(host: object) -> bool:
    """Whether a host name or address, as given to the socket functions, never leaves this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        address = ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


class _Guard:
    """The socket functions, for loopback and some hosts only."""

    def __init__(self, allow: Iterable[str], blocked: Callable[[str], None]) -> None:
        self._allowed = set(allow)
        self._blocked = blocked
        self._resolve = socket.getaddrinfo

    def admits(self, host: object) -> bool:
        return is_loopback(host) or str(host) in self._allowed

    def getaddrinfo(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.admits(host):
            if not str(host).endswith(".invalid"):  # RFC 6761: such a name is meant to fail
                self._blocked(f"{BLOCKED} a look-up of {host}")
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = self._resolve(host, *args, **kwargs)
        if str(host) in self._allowed:
            self._allowed.update(str(answer[4][0]) for answer in answers)
        return answers

    def checked(self, name: str) -> Callable[..., Any]:
        """The socket method `name`, refusing addresses that are not admitted."""
        original = getattr(socket.socket, name)

        def call(sock: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if (
                sock.family in (socket.AF_INET, socket.AF_INET6)
                and isinstance(address, tuple)
                and not self.admits(address[0])
            ):
                # Connecting a datagram socket sends nothing: it is how a program asks for its own address.
                if name == "sendto" or sock.type == socket.SOCK_STREAM:
                    self._blocked(f"{BLOCKED} {name} to {address[0]}:{address[1]}")
                raise OSError(errno.ENETUNREACH, "Network is unreachable")
            return original(sock, *args)

        return call


def to_stderr(line: str) -> None:
    """Say what was blocked where a log reader finds it."""
    print(line, file=sys.stderr, flush=True)


def guard(*, allow: Iterable[str] = (), blocked: Callable[[str], None] = to_stderr) -> None:
    """Refuse connections and look-ups that leave this machine, except to `allow`; `blocked` hears of each."""
    watch = _Guard(allow, blocked)
    socket.getaddrinfo = watch.getaddrinfo
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, watch.checked(name))


def main() -> None:
    """Run Home Assistant under the guard, again when it asks for it: `loopback.py [--allow HOST]... HASS_ARGUMENTS`."""
    command = [sys.executable, "-P", *sys.argv]
    arguments, allow = sys.argv[1:], []
    while arguments[:1] == ["--allow"]:
        allow.append(arguments[1])
        arguments = arguments[2:]
    guard(allow=allow)
    sys.argv = ["hass", *arguments]
    try:
        runpy.run_module("homeassistant", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code != RESTART:
            raise
        os.execv(sys.executable, command)  # noqa: S606 - this very command


if __name__ == "__main__":
    main()
