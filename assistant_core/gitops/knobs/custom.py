"""Knobs of custom resources: in their manifest, and in the patches that they go through."""

from collections.abc import Iterator

from ..layouts.custom_kinds import Custom, custom
from ..layouts.files import Files, entries, get
from ..model import Deployed, Form, Knob, Topic
from ..text import Path, Spot
from .patched import patched_places
from .pods import RESOURCES


def custom_knobs(files: Files, found: Deployed, siblings: list[Deployed]) -> Iterator[Knob]:
    """What a custom resource decides, strongest place first; nothing for kinds that are not known."""
    known = custom(found.kind, found.api)
    if known is None:
        return
    for topic, keys, name in _fields(known, found):
        form = Form.VALUE if topic is not Topic.IMAGE else Form.IMAGE if known.has_tag else Form.REFERENCE
        for path, spot, value, users in patched_places(files, found, keys, siblings):
            yield Knob(
                topic=topic, path=path, spot=spot, value=value, is_set=True, form=form, name=name, shared_by=users
            )
        value = get(found.data, *keys)
        if value is None and topic is Topic.STORAGE:
            continue  # it may have none, and then it takes more than a size
        spot = Spot(found.document, (*found.keys, *keys))
        yield Knob(topic=topic, path=found.path, spot=spot, value=value, is_set=value is not None, form=form, name=name)


def _fields(known: Custom, found: Deployed) -> Iterator[tuple[Topic, Path, str]]:
    """What the fields decide, the keys of each, and the names of volumes where several are listed."""
    if known.replicas:
        yield Topic.REPLICAS, known.replicas, ""
    if known.image:
        yield Topic.IMAGE, known.image, ""
    for topic, below in RESOURCES.items() if known.resources else ():
        yield topic, (*known.resources, *below), ""
    *place, size = known.storage or ("",)
    volumes = entries(found.data, *place, "volumes") if known.storage else []
    for number, each in enumerate(volumes):
        yield Topic.STORAGE, (*place, "volumes", number, size), str(get(each, "id", default="")) if volumes[1:] else ""
    if known.storage and not volumes:
        yield Topic.STORAGE, known.storage, ""
