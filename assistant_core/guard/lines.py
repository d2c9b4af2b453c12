"""How much of a file a change touches."""

from collections import Counter


def changed_lines(before: bytes | None, after: bytes | None) -> int:
    """Lines that went and lines that came; lines that only moved count once, so that no change counts nothing."""
    if before == after:
        return 0
    old, new = Counter((before or b"").splitlines()), Counter((after or b"").splitlines())
    return max((old - new).total() + (new - old).total(), 1)
