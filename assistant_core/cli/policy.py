"""What no change from the command line touches, whichever command asks for it."""

from contextvars import ContextVar

from ..guard import Policy
from ..models.left_alone import LeftAlone

left_alone: ContextVar[LeftAlone] = ContextVar("left_alone", default=LeftAlone())  # noqa: B039 - it cannot be changed


def policy() -> Policy:
    """The guard's own, and what the configuration file leaves alone."""
    return Policy().leaving(left_alone.get())
