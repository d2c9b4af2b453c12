"""Who owns what: the workloads of a repository by every name they have, and the places that decide about them."""

from .evidence import Running, running
from .index import Index

__all__ = ["Index", "Running", "running"]
