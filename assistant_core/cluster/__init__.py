"""One cluster as a whole: everything we know of it, followed live."""

from ..findings import Patience
from .watch import ClusterWatch

__all__ = ["ClusterWatch", "Patience"]
