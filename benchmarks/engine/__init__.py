"""The change engine beside a script of ruamel.yaml and kubernetes-validate, on a repository of a thousand files."""

from .lines import against_their_lines
from .memory import against_their_memory
from .speed import against_their_time

COMPARISONS = (against_their_time, against_their_lines, against_their_memory)
