"""What would be deployed after an app is gone: all else as before, and nothing that looks for what is not there."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
import posixpath

from ...errors import EditRefused
from ...models.repository import FileChange
from ..index import Index
from ..knobs.claims import mentioned
from ..layouts.expansion import NOT_THERE
from ..layouts.files import word
from ..layouts.kustomize import patches
from ..model import Workload
from .templated import templated_by


def gone_along(index: Index, workload: Workload, files: Iterable[FileChange]) -> list[str]:
    """The workloads beside the app that go with it, such as its database; those of its own release left out.

    Raises EditRefused where strangers would go along, or something would name a folder or a file that is gone.
    """
    left = dict(index.snapshot.files)
    for each in files:
        left.pop(each.path)
        if each.after is not None:
            left[each.path] = each.after
    after = Index.of(replace(index.snapshot, files=left))
    still = {_known(each) for each in after.workloads}
    lost = [each for each in index.workloads if _known(each) not in still and not _is_of(each, workload)]
    strangers = [each for each in lost if not each.name.startswith(f"{workload.whole}-")]
    if strangers:
        raise EditRefused(
            f"{strangers[0].label} would go along with {workload.label}, so I leave it to be taken out by hand.",
            name=workload.name,
            other=strangers[0].name,
            reason="goes_along",
        )
    for claim, user in _claims_of_others(index, after):
        raise EditRefused(
            f"The volume claim {claim}, which {user.label} mounts, would go along with {workload.label}, so I leave it "
            "to be taken out by hand.",
            name=workload.name,
            other=claim,
            reason="goes_along",
        )
    gaps = [(each.path, each.reason) for each in after.unread if NOT_THERE in each.reason and each not in index.unread]
    folders = {posixpath.dirname(each) for each in index.snapshot.files.keys() - left.keys()}
    emptied = sorted(each for each in folders if not after.files.is_directory(each))
    named = ((templated_by(index, each, alone=True), each) for each in emptied)
    gaps += [(path, f"names the folder {folder} {NOT_THERE}") for path, folder in named if path]
    gaps += _patched_in_vain(index, after)
    for path, says in gaps[:1]:
        raise EditRefused(
            f"Without {workload.label}, {path} {says}. Take it out there by hand.",
            name=workload.name,
            path=path,
            reason="leaves_gap",
        )
    return list(dict.fromkeys(each.label for each in lost))


def _claims_of_others(index: Index, after: Index) -> Iterator[tuple[str, Workload]]:
    """The volume claims that are gone, with who still mounts them."""
    before, now = ({(each.namespace, each.name) for each in one.sharing.claims} for one in (index, after))
    for namespace, name in sorted(before - now):
        yield from ((name, each) for each in after.workloads if each.namespace == namespace and name in mentioned(each))


def _patched_in_vain(index: Index, after: Index) -> list[tuple[str, str]]:
    """The patches that name an object which nobody has any more: they break the build."""
    before, now = ({(each.kind, each.own_name) for each in one.deployment.objects} for one in (index, after))
    overlays = {(one.path, one.spot): one for each in after.deployment.objects for one in each.overlays}
    return [
        (path, f"would still patch the {word(content, 'kind')} {word(content, 'metadata', 'name')}")
        for overlay in overlays.values()
        for path, _, content, target in patches(after.files, overlay)
        if not target and (word(content, "kind"), word(content, "metadata", "name")) in before - now
    ]


def _known(workload: Workload) -> tuple[object, ...]:
    return workload.kind, workload.label, workload.cluster, workload.way, workload.owner and workload.owner.name


def _is_of(other: Workload, workload: Workload) -> bool:
    return other is workload or (other.release is not None and other.release == workload.release)
