"""What every client of a web service needs: an address that can be one, and a bound on what an answer may weigh."""

import re

from aiohttp import StreamReader
from yarl import URL

from .errors import InputInvalid

VERSION = re.compile(r"[\w.+ ()-]{1,64}", re.ASCII)
"""A version, as servers tell theirs: it is shown as it is, so it is short and no markup."""


class TooLong(ValueError):
    """More came than any honest server sends."""


def service_url(url: str, *, service: str, example: str) -> URL:
    """The address of `service` that a person typed; raises InputInvalid when it cannot be one or holds a password."""
    try:
        parsed = URL(url.strip())
    except ValueError:
        parsed = URL()
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise InputInvalid(f"The address of {service} must look like {example}.")
    if parsed.user or parsed.password:
        raise InputInvalid(f"The address of {service} must not contain a password.")
    return parsed.with_fragment(None)


async def read_all(content: StreamReader, limit: int) -> bytes:
    """The whole body; raises TooLong beyond `limit` bytes, and aiohttp's errors."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > limit:
            raise TooLong
    return bytes(body)
