"""Images that ArgoCD Image Updater keeps up to date: https://argocd-image-updater.readthedocs.io."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ..index import Index
from ..knobs.references import repository_of
from ..layouts.files import entries, word
from ..model import Workload

_LIST = "argocd-image-updater.argoproj.io/image-list"


def is_updated(index: Index, workload: Workload, image: str) -> bool:
    """Whether the Application of a workload, or an ImageUpdater, has that image set by itself."""
    return image != "" and image in {repository_of(each) for each in _watched(index, workload)}


def _watched(index: Index, workload: Workload) -> Iterator[str]:
    owner = workload.owner
    if owner is None or owner.kind != "Application":
        return
    for each in word(owner.data, "metadata", "annotations", _LIST).split(","):
        yield each.rpartition("=")[2].strip()
    for updater in index.deployment.objects:
        if updater.kind == "ImageUpdater":
            for each in entries(updater.data, "spec", "applicationRefs"):
                if fnmatchcase(owner.name, word(each, "namePattern")):
                    yield from (word(one, "imageName") for one in entries(each, "images"))
