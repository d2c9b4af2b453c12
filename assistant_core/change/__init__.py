"""Changes between the wish and the pull request: proposed, shown, decided by a person, sent off exactly once."""

from .desk import EXPIRY, VOICE_EXPIRY, ChangeDesk
from .pull_request import marker
from .states import TRANSITIONS, Approved, Event, Expired, Failed, Opened, Opening, Rejected, Stalled, transition

__all__ = [
    "EXPIRY",
    "TRANSITIONS",
    "VOICE_EXPIRY",
    "Approved",
    "ChangeDesk",
    "Event",
    "Expired",
    "Failed",
    "Opened",
    "Opening",
    "Rejected",
    "Stalled",
    "marker",
    "transition",
]
