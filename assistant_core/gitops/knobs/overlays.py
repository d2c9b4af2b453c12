"""Knobs that a kustomization could have: where a base is shared, a change belongs into an overlay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..layouts.files import entries
from ..layouts.workload_kinds import SCALED
from ..model import Deployed, Form, Knob, Overlay, Topic
from .pods import RESOURCES, containers


def overlay_knobs(found: Deployed, names: Sequence[Mapping[str, str]]) -> Iterator[Knob]:
    """New entries of every kustomization.yaml that an object goes through, innermost first.

    `names` are those of the images, as each overlay finds them.
    """
    for overlay, images in zip(found.overlays, names, strict=True):
        if overlay.is_folder:
            yield from _of_overlay(overlay, found, images)


def _of_overlay(overlay: Overlay, found: Deployed, images: Mapping[str, str]) -> Iterator[Knob]:
    if found.kind in SCALED:
        yield _knob(overlay, Topic.REPLICAS, "replicas", Form.OVERLAY_REPLICAS)
    yield _knob(overlay, Topic.RESTART, "patches", Form.OVERLAY_PATCH)
    for _, name in containers(found.data, found.kind):
        yield replace(_knob(overlay, Topic.IMAGE, "images", Form.OVERLAY_IMAGE, name), name=images.get(name, ""))
        for topic in (*RESOURCES, Topic.ENV):
            yield _knob(overlay, topic, "patches", Form.OVERLAY_PATCH, name)


def _knob(overlay: Overlay, topic: Topic, key: str, form: Form, container: str = "") -> Knob:
    spot = overlay.spot.below(key, len(entries(overlay.data, key)))
    return Knob(topic=topic, path=overlay.path, spot=spot, container=container, form=form)
