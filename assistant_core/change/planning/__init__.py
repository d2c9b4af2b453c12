"""From a person's words to a plan, by sentences first and by a model for the rest."""

from .words import plan_by_sentences, plan_from_words, plan_in, plan_of_wish

__all__ = ["plan_by_sentences", "plan_from_words", "plan_in", "plan_of_wish"]
