"""Argo CD's Applications: how they are, and what happened to them."""

from .applications import application_from
from .changes import application_changes, deployed_since

__all__ = ["application_changes", "application_from", "deployed_since"]
