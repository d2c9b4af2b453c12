"""Changes from the wish to the running workload: proposed, decided by a person, sent off exactly once, followed."""

from .desk import ChangeDesk
from .evidence import Evidence
from .pull_request import marker
from .rights import SPOKEN
from .scoreboard import Scoreboard, scoreboard
from .settings import EXPIRY, VOICE_EXPIRY, DeskSettings, Limits, Retention
from .states import TRANSITIONS, transition
from .timing import Backoff, Pace

__all__ = [
    "EXPIRY",
    "SPOKEN",
    "TRANSITIONS",
    "VOICE_EXPIRY",
    "Backoff",
    "ChangeDesk",
    "DeskSettings",
    "Evidence",
    "Limits",
    "Pace",
    "Retention",
    "Scoreboard",
    "marker",
    "scoreboard",
    "transition",
]
