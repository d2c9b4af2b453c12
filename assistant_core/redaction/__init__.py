"""Knows what a secret looks like, and takes secrets out of what leaves the house: prompts, pull requests, logs."""


def redact(text: str) -> str:
    """The text with `[redacted]` in the place of every secret found in it."""
    from .text import without_secrets  # noqa: PLC0415 - its patterns are built when there is something to look through

    return without_secrets(text)


def shown[T](name: str, value: T) -> T | str:
    """The value of a field as people may see it: `[redacted]` where that is a secret, by its name or by its looks."""
    line = f"{name}: {value}"
    return value if redact(line) == line else "[redacted]"
