"""Which image of a workload an update is for, and what its tag is now."""

from typing import Any

from ...errors import AmbiguousWorkload
from ...gitops import Index, Topic, Workload
from ...gitops.index.naming import is_container
from ...gitops.knobs.choosing import chosen_container
from ...gitops.knobs.helm import part_of
from ...gitops.layouts.files import get
from ...gitops.spoken import plain
from ...models.wish import Wish
from .versions import as_now, is_near


def image_for(wish: Wish, workload: Workload, index: Index) -> tuple[str | None, str | None]:
    """The container, where only the version tells which is meant, and the tag now; None where the files name none."""
    knobs = index.knobs(workload)
    set_here = [each for each in knobs if each.topic is Topic.IMAGE and each.is_set and not each.shared_by]
    tags = {each.container: tag for each in reversed(set_here) if (tag := _tag(each.value)) is not None}
    if is_container(workload, wish.name):
        return None, next((tag for name, tag in tags.items() if plain(name) == plain(wish.name)), None)
    if part_of(workload) is not None:  # what runs beside or before it is asked for by its own name
        return None, tags.get(workload.containers[0] if workload.containers else "")
    if len(tags) < 2:  # noqa: PLR2004 - which one, is only asked of several
        return None, next(iter(tags.values()), None)
    try:
        return None, tags.get(chosen_container(workload, knobs, None, wish.name))
    except AmbiguousWorkload:
        version = wish.slots["version"]
        near = [
            name for name in workload.containers if name in tags and is_near(as_now(tags[name], version), tags[name])
        ]
        return (near[0], tags[near[0]]) if len(near) == 1 else (None, "")


def _tag(image: Any) -> str | None:
    found = get(image, "tag") or get(image, "newTag") or image
    return None if isinstance(found, dict) else str(found).partition("@")[0].rpartition(":")[2]
