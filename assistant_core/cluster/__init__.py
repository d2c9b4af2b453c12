"""One cluster as a whole: everything we know of it, followed live."""

from ..findings import Patience
from .evidence import ClusterEvidence
from .watch import ClusterWatch

__all__ = ["ClusterEvidence", "ClusterWatch", "Patience"]
