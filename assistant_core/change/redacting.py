"""Secrets are taken out of what is told or written down."""


def redact(text: str) -> str:
    """The text without secrets; see `guard.redact`."""
    from ..guard import redact as without_secrets  # noqa: PLC0415 - the guard is loaded when there is something to judge

    return without_secrets(text)
