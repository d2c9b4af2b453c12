"""Understands fixed sentences without a model and says what is known in the household's language."""

from .phrases import Phrases
from .recogniser import Speech
from .spoken import (
    Agree,
    AskFindings,
    AskGpu,
    AskModels,
    AskProposals,
    AskStatus,
    Cancel,
    Confirm,
    Scale,
    Spoken,
    Wish,
)
from .vocabulary import Vocabulary, words

__all__ = [
    "Agree",
    "AskFindings",
    "AskGpu",
    "AskModels",
    "AskProposals",
    "AskStatus",
    "Cancel",
    "Confirm",
    "Phrases",
    "Scale",
    "Speech",
    "Spoken",
    "Vocabulary",
    "Wish",
    "words",
]
