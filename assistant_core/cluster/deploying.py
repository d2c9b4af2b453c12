"""Which of a cluster's applications deploy a file of a repository.

An address may be written in many ways; OWNER/NAME alone means that repository wherever it lies. Of Flux, a
Kustomization deploys files; the HelmReleases among them follow it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ..models.application import Application, FileSource, Reach

OVERLAYS = frozenset({"overlays", "environments", "envs", "variants"})
"""The folders in which overlays lie beside their bases, by convention."""

APPLIED_BY = ("kustomize.toolkit.fluxcd.io/namespace", "kustomize.toolkit.fluxcd.io/name")


def deploying(
    applications: Iterable[Application], urls: Mapping[str, str], repository: str, paths: Sequence[str]
) -> Iterator[Application]:
    """Those that deploy any of these files; `urls` leads from Flux's sources to addresses."""
    known = tuple(applications)
    for application in known:
        if any(_takes(source, urls, repository, paths) for source in application.sources):
            yield application
            if application.kind == "Kustomization":
                yield from _releases(application, known, paths)


def same_repository(one: str, other: str) -> bool:
    """Whether two addresses lead to one repository: OWNER/NAME, https, ssh or USER@HOST:PATH, with or without .git."""
    (host, path), (other_host, other_path) = _place(one), _place(other)
    if not path or not other_path or (host and other_host and host != other_host):
        return False
    return path == other_path or path.endswith(f"/{other_path}") or other_path.endswith(f"/{path}")


def _takes(source: FileSource, urls: Mapping[str, str], repository: str, paths: Sequence[str]) -> bool:
    url = urls.get(source.repository, source.repository)
    return any(_holds(source, path) for path in paths) and same_repository(url, repository)


def _holds(source: FileSource, path: str) -> bool:
    if path in source.files:
        return True
    if source.folder is None:
        return False
    file, folder = PurePosixPath(path), PurePosixPath(source.folder)
    if source.reach is Reach.FLAT:
        return file.parent == folder
    return file.is_relative_to(_widened(folder) if source.reach is Reach.OVERLAY else folder)


def _widened(folder: PurePosixPath) -> PurePosixPath:
    """What an overlay's bases share with it; itself where no folder is called so."""
    for number, part in enumerate(folder.parts):
        if part in OVERLAYS and number:
            return PurePosixPath(*folder.parts[:number])
    return folder


def _releases(kustomization: Application, known: Iterable[Application], paths: Sequence[str]) -> Iterator[Application]:
    """The HelmReleases it applies that a path names, with its revision in place of their chart's."""
    named = {part for path in paths for part in (*PurePosixPath(path).parent.parts, PurePosixPath(path).stem)}
    for each in known:
        labels = dict(each.labels)
        applied_by = tuple(labels.get(label) for label in APPLIED_BY)
        if each.kind != "HelmRelease" or applied_by != (kustomization.namespace, kustomization.name):
            continue
        if each.name in named:
            operation = each.operation and replace(each.operation, revisions=kustomization.compared)
            yield replace(each, compared=kustomization.compared, operation=operation)


def _place(address: str) -> tuple[str, str]:
    """Host ("" where it names none) and path, without what makes no difference."""
    text = address.strip()
    if "://" in text:
        try:
            parts = urlsplit(text)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return "", ""
    else:
        before, colon, after = text.partition(":")
        host, path = (before.rpartition("@")[2], after) if colon and "/" not in before else ("", text)
    host = host.lower().removeprefix("ssh.")  # GitHub's and GitLab's ssh over the port of https
    return host, path.strip("/").lower().removesuffix(".git")
