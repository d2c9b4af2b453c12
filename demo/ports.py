"""Listening sockets of simulators: taken before anything listens, and given up without losing who is just coming in."""

import asyncio
import socket


def bound(port: int) -> socket.socket:
    """A socket that holds a port of 127.0.0.1 (0: a free one) and does not listen yet.

    It says that it is TCP: only then asyncio sends what is written at once, without waiting for acknowledgements.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held


async def stop_accepting(listener: socket.socket) -> None:
    """Let in who is being accepted, and nobody after; call it before the listener's server is closed.

    A server of asyncio that is closed leaves what is being accepted open for ever.
    """
    asyncio.get_running_loop().remove_reader(listener)
    await asyncio.sleep(0)
