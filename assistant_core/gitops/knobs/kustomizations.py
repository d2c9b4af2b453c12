"""Knobs in kustomizations: `replicas` and `images`, and the literals of generated ConfigMaps."""

from collections.abc import Iterator
from dataclasses import replace
import re
from typing import Any

from ..layouts.files import Files, entries, get, mapping, word
from ..model import Deployed, Form, Knob, Overlay, Topic
from ..text import Path, Spot
from .pods import patch_knobs
from .references import repository_of

_ARGUMENT = re.compile(r"(?P<name>[^=:@]+(?::[0-9]+/[^=:@]+)?)(?:=(?P<new>.+)|[:@].+)?")


type Names = dict[str, str]
"""The name of each container's image by the container."""


def image_names(files: Files, found: Deployed, images: Names) -> list[Names]:
    """The names by which each overlay finds the images, innermost first: a patch or `newName` below may change them."""
    if not any("images" in each.data for each in found.overlays):
        return [images for _ in found.overlays]
    names: list[Names] = []
    for overlay in found.overlays:
        patched = [
            each for each in patch_knobs(files, replace(found, overlays=(overlay,))) if each.topic is Topic.IMAGE
        ]
        images = images | {each.container: repository_of(str(each.value)) for each in patched[::-1]}
        names.append(images)
        for each in entries(overlay.data, "images"):
            name, new = renaming(each)
            images = {container: new if new and image == name else image for container, image in images.items()}
    return names


def renaming(entry: Any) -> tuple[str, str]:
    """The image that an entry of `images` is about, and the one that takes its place."""
    if not isinstance(entry, str):
        return word(entry, "name"), word(entry, "newName")
    match = _ARGUMENT.fullmatch(entry)
    return (match["name"], repository_of(match["new"] or "")) if match else (entry, "")


def kustomization_knobs(found: Deployed, names: list[Names]) -> Iterator[Knob]:
    """What the overlays set, outermost first; `names` are those of the images, as each overlay finds them."""
    for overlay, images in reversed(list(zip(found.overlays, names, strict=True))):
        for number, each in enumerate(entries(overlay.data, "replicas")):
            if word(each, "name") in (found.own_name, found.name):
                value = get(each, "count")
                spot = overlay.spot.below("replicas", number, "count")
                yield Knob(topic=Topic.REPLICAS, path=overlay.path, spot=spot, value=value, is_set=True)
        yield from _images(overlay, images)


def _images(overlay: Overlay, images: Names) -> Iterator[Knob]:
    for number, each in enumerate(entries(overlay.data, "images")):
        spot = overlay.spot.below("images", number)
        form = Form.IMAGE_ARGUMENT if isinstance(each, str) else Form.KUSTOMIZE_IMAGE
        name, _ = renaming(each)
        for container, image in images.items():
            if image == name:
                yield Knob(
                    topic=Topic.IMAGE,
                    path=overlay.path,
                    spot=spot,
                    value=each,
                    is_set=True,
                    container=container,
                    name=name,
                    form=form,
                )


def config_knobs(config: Deployed, container: str) -> Iterator[Knob]:
    """The variables of a ConfigMap that a container takes over whole."""
    for keys, name, value, form in _literals(config) if config.api == "generator" else _data(config):
        yield Knob(
            topic=Topic.ENV,
            path=config.path,
            spot=_spot(config).below(*keys),
            value=value,
            is_set=True,
            container=container,
            name=name,
            form=form,
        )


def _literals(config: Deployed) -> Iterator[tuple[Path, str, Any, Form]]:
    for number, literal in enumerate(entries(config.data, "literals")):
        name, _, value = literal.partition("=")
        yield ("literals", number), name, value, Form.LITERAL


def _data(config: Deployed) -> Iterator[tuple[Path, str, Any, Form]]:
    for name, value in mapping(config.data, "data").items():
        yield ("data", name), name, value, Form.ENV_MAP


def _spot(config: Deployed) -> Spot:
    return Spot(config.document, config.keys)
