"""A guard that lets this process connect to loopback only, and says so when something tried otherwise.

Used by the test suite and, as `python -m demo.loopback`, to run a real Home Assistant: `--allow HOST` (repeatable) admits a real
service that the person asked for by name.
"""

from collections.abc import Callable, Iterable
import errno
import ipaddress
import runpy
import socket
import sys
from typing import Any

BLOCKED = "loopback guard: blocked"


def is_loopback(host: object) -> bool:
    """Whether a host name or address, as given to the socket functions, never leaves this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    try:
        address = ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def guard(*, allow: Iterable[str] = (), blocked: Callable[[str], None] = lambda line: print(line, file=sys.stderr)) -> None:
    """Refuse connections and look-ups that leave this machine, except to the hosts in `allow`; `blocked` hears of each."""
    allowed = set(allow)
    resolve = socket.getaddrinfo

    def admits(host: object) -> bool:
        return is_loopback(host) or str(host) in allowed

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not admits(host):
            if not str(host).endswith(".invalid"):  # RFC 6761: such a name is meant to fail
                blocked(f"{BLOCKED} a look-up of {host}")
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = resolve(host, *args, **kwargs)
        if str(host) in allowed:
            allowed.update(str(answer[4][0]) for answer in answers)
        return answers

    def checked(name: str) -> None:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple) and not admits(address[0]):
                # Connecting a datagram socket sends nothing: it is how a program asks for its own address.
                if name == "sendto" or self.type == socket.SOCK_STREAM:
                    blocked(f"{BLOCKED} {name} to {address[0]}:{address[1]}")
                raise OSError(errno.ENETUNREACH, "Network is unreachable")
            return original(self, *args)

        setattr(socket.socket, name, call)

    socket.getaddrinfo = getaddrinfo
    for name in ("connect", "connect_ex", "sendto"):
        checked(name)


def main() -> None:
    """Run Home Assistant under the guard: `python -m demo.loopback [--allow HOST]... HASS_ARGUMENTS`."""
    arguments, allow = sys.argv[1:], []
    while arguments[:1] == ["--allow"]:
        allow.append(arguments[1])
        arguments = arguments[2:]
    guard(allow=allow)
    sys.argv = ["hass", *arguments]
    runpy.run_module("homeassistant", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
