"""Flux: what its Kustomizations and HelmReleases deploy, told in the words we have for Argo CD's Applications."""

from .helm_releases import helm_release_from
from .kustomizations import kustomization_from
from .repositories import GitRepository, git_repository_from

__all__ = ["GitRepository", "git_repository_from", "helm_release_from", "kustomization_from"]
