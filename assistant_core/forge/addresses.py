"""Addresses that people type, checked before anything is sent to them."""

from urllib.parse import SplitResult, urlsplit

from ..errors import InputInvalid

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def checked_url(text: str, what: str, example: str, *, secret: bool) -> SplitResult:
    """The parts of an http or https address without a user name, a query or a fragment.

    `what` names it in a sentence. With a `secret` to send, only https or loopback will do. Raises InputInvalid.
    """
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputInvalid(f"The address of {what} cannot be read.") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise InputInvalid(f"The address of {what} looks like {example}, without a user name.")
    if secret and parts.scheme == "http" and host not in _LOOPBACK:
        raise InputInvalid(f"The token would travel unencrypted; use the https address of {what}.")
    return parts
