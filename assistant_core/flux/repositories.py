"""GitRepositories (source.toolkit.fluxcd.io/v1)."""

from dataclasses import dataclass
from typing import Any

from ..kube.fields import section, text


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRepository:
    """Where a source is; `reference` is how sources are named in `FileSource.repository`."""

    reference: str
    url: str


def git_repository_from(item: dict[str, Any]) -> GitRepository:
    """A GitRepository as the API serves it."""
    metadata = item["metadata"]
    return GitRepository(
        reference=f"GitRepository/{metadata['namespace']}/{metadata['name']}", url=text(section(item, "spec"), "url")
    )
