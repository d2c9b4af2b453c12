"""Reads wishes for changes: a sentence is understood only when every word of it is."""

from .everywhere import several_places
from .lexicon import Lexicon
from .names import Names
from .reader import Known, Reader
from .runs import runs
from .several import several_changes

__all__ = ["Known", "Lexicon", "Names", "Reader", "runs", "several_changes", "several_places"]
