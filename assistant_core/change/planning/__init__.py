"""From a person's words to a plan, by sentences first and by a model for the rest."""

from .resolving import plan_of
from .words import plan_by_sentences, plan_from_words

__all__ = ["plan_by_sentences", "plan_from_words", "plan_of"]
