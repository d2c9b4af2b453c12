"""Understands fixed sentences without a model and says what is known in the household's language."""

from ..models.wish import Wish
from .periods import Period, beginning
from .phrases import Phrases
from .recogniser import LANGUAGES, Speech
from .spoken import (
    Agree,
    Ask,
    AskChanges,
    AskHistory,
    Cancel,
    Confirm,
    Scale,
    Several,
    Spoken,
    Undo,
)
from .vocabulary import Vocabulary, words
from .wishes import Known

__all__ = [
    "LANGUAGES",
    "Agree",
    "Ask",
    "AskChanges",
    "AskHistory",
    "Cancel",
    "Confirm",
    "Known",
    "Period",
    "Phrases",
    "Scale",
    "Several",
    "Speech",
    "Spoken",
    "Undo",
    "Vocabulary",
    "Wish",
    "beginning",
    "words",
]
