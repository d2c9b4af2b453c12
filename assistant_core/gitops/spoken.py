"""Names as people say them."""

import re

_SEPARATORS = re.compile(r"[\s_.\-]+")


def plain(name: str) -> str:
    """A name as it is spoken: without case and separators."""
    return _SEPARATORS.sub("", name.strip().casefold())
