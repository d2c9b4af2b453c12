"""Knobs in kustomizations: `replicas` and `images`, and the literals of generated ConfigMaps."""

from collections.abc import Iterator
import re
from typing import Any

from ..layouts.files import entries, get, mapping, word
from ..model import Deployed, Form, Knob, Overlay, Topic
from ..text import Path, Spot

_ARGUMENT = re.compile(r"(?P<name>[^=:@]+(?::[0-9]+/[^=:@]+)?)(?:=(?P<new>.+)|[:@].+)?")


def kustomization_knobs(found: Deployed, images: dict[str, str]) -> Iterator[Knob]:
    """What the overlays set, outermost first; `images` are the names of the containers' images by container."""
    for overlay in reversed(found.overlays):
        for number, each in enumerate(entries(overlay.data, "replicas")):
            if word(each, "name") in (found.own_name, found.name):
                value = get(each, "count")
                spot = overlay.spot.below("replicas", number, "count")
                yield Knob(topic=Topic.REPLICAS, path=overlay.path, spot=spot, value=value, is_set=True)
        yield from _images(overlay, images)


def _images(overlay: Overlay, images: dict[str, str]) -> Iterator[Knob]:
    for number, each in enumerate(entries(overlay.data, "images")):
        spot = overlay.spot.below("images", number)
        form = Form.IMAGE_ARGUMENT if isinstance(each, str) else Form.KUSTOMIZE_IMAGE
        name = argument_name(each) if isinstance(each, str) else word(each, "name")
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


def argument_name(text: str) -> str:
    """The image that `name=new:tag` or `name:tag` is about."""
    match = _ARGUMENT.fullmatch(text)
    return match["name"] if match else text


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
