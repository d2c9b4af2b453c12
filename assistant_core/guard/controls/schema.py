"""An object of a known kind has the shape that Kubernetes knows."""

from ..control import ObjectControl
from ..schemas import misshapen

CONTROL = ObjectControl(rule="schema", judge=misshapen)
