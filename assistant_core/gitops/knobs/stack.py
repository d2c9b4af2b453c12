"""The layers of Helm values of a release as one: what is in force, and where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..layouts.files import get, merge, word
from ..model import Confidence, Form, Knob, Layer, Release, Topic
from ..text import Path, Spot


def merged(release: Release) -> dict[str, Any]:
    """The values in force, as Helm merges them; parameters are left out."""
    result: dict[str, Any] = {}
    for layer in reversed(release.layers):
        if not layer.parameters and isinstance(layer.data, Mapping):
            result = merge(result, layer.data)
    return result


def homes(release: Release) -> list[Layer]:
    """Where a new value may go: the strongest layer that is there already, then the strongest that could be."""
    own = [each for each in release.layers if not each.parameters and not each.shared_by]
    there = [each for each in own if each.exists][:1]
    return [*there, *[each for each in own if not each.exists][:1]]


def layer_knob(layer: Layer, topic: Topic, keys: Path, **more: Any) -> Knob | None:
    """The knob of a layer that sets the keys; None when it does not."""
    if layer.parameters:
        number, rest = parameter(layer, keys)
        value = get(layer.data, number, "value", *rest)
        spot = layer.spot.below(number, "value", *rest)
    else:
        value = get(layer.data, *keys)
        spot = layer.spot.below(*keys)
    if value is None:
        return None
    return Knob(topic=topic, path=layer.path, spot=spot, value=value, is_set=True, shared_by=layer.shared_by, **more)


def parameter(layer: Layer, keys: Path) -> tuple[int, Path]:
    """The number of the last parameter that sets the keys, with those that are left; -1 when there is none."""
    wanted = [*layer.prefix, *keys]
    names = {".".join(map(str, wanted[:length])): wanted[length:] for length in range(1, len(wanted) + 1)}
    for number in reversed(range(len(layer.data))):
        if (name := word(layer.data, number, "name")) in names:
            return number, tuple(names[name])
    return -1, ()


def knobs(release: Release, topic: Topic, keys: Path, **more: Any) -> Iterator[Knob]:
    """The knobs of every layer that sets the keys, strongest first, and the one where they could be set."""
    known = False
    for layer in release.layers:
        if (found := layer_knob(layer, topic, keys, **more)) is not None:
            known = True
            yield found
        elif (spot := _replaced(layer, keys)) is not None:
            yield Knob(topic=topic, path=layer.path, spot=spot, shared_by=layer.shared_by, wins=True, **more)
            return
    beside = _beside(release, keys)
    known = known or any(isinstance(get(each.data, *keys[:-1]), Mapping) for each in beside if keys[1:])
    more["confidence"] = Confidence.KNOWN if known else more.get("confidence", Confidence.KNOWN)
    for own in [*beside, *(each for each in homes(release) if each not in beside)]:
        if get(own.data, *keys) is None:
            wins = _wins(release, own, keys)
            yield Knob(topic=topic, path=own.path, spot=own.spot.below(*keys), wins=wins, **more)


def _beside(release: Release, keys: Path) -> list[Layer]:
    """The strongest of the release's own layers in which most of the keys lead to a mapping that is there already."""
    own = [each for each in release.layers if not each.parameters and not each.shared_by]
    for length in range(len(keys) - 1, 0, -1):
        if found := [each for each in own if isinstance(get(each.data, *keys[:length]), Mapping)]:
            return found[:1]
    return []


def _replaced(layer: Layer, keys: Path) -> Spot | None:
    """Where the keys could be set in a mapping that a patch sets whole: whatever weaker layers say of it is gone."""
    number, rest = parameter(layer, keys) if layer.parameters else (-1, ())
    whole = number >= 0 and isinstance(get(layer.data, number, "value"), Mapping)
    return layer.spot.below(number, "value", *rest) if whole else None


def _wins(release: Release, layer: Layer, keys: Path) -> bool:
    """Whether no stronger layer sets the keys."""
    stronger = release.layers[: release.layers.index(layer)]
    return not any(
        _sets_below(each, keys) if each.parameters else get(each.data, *keys) is not None for each in stronger
    )


def _sets_below(layer: Layer, keys: Path) -> bool:
    """Whether a parameter sets the keys, or something below them."""
    name = ".".join(map(str, (*layer.prefix, *keys)))
    below = any(word(each, "name").startswith(f"{name}.") for each in layer.data)
    return below or parameter(layer, keys)[0] >= 0


def env_knobs(release: Release, keys: Path, form: Form, **more: Any) -> Iterator[Knob]:
    """A knob for every variable that is set, and one for a new variable."""
    place: Knob | None = None
    for layer in release.layers:
        if layer.parameters:
            yield from _variables(layer, keys, **more)
            continue
        listed = get(layer.data, *keys)
        spot = layer.spot.below(*keys)
        if isinstance(listed, Mapping):
            form = Form.ENV_MAP
            for name, value in listed.items():
                yield Knob(
                    topic=Topic.ENV,
                    path=layer.path,
                    spot=spot.below(name),
                    value=value,
                    is_set=True,
                    name=name,
                    form=Form.ENV_MAP,
                    shared_by=layer.shared_by,
                    **more,
                )
        elif isinstance(listed, list):
            form = Form.ENV_LIST
            for number, each in enumerate(listed):
                yield Knob(
                    topic=Topic.ENV,
                    path=layer.path,
                    spot=spot.below(number),
                    value=each,
                    is_set=True,
                    name=word(each, "name"),
                    form=Form.ENV_LIST,
                    shared_by=layer.shared_by,
                    **more,
                )
        if isinstance(listed, Mapping | list) and place is None and not layer.shared_by:
            end = (len(listed),) if isinstance(listed, list) else ()
            place = Knob(topic=Topic.ENV, path=layer.path, spot=spot.below(*end), form=form, **more)
    yield from _new_variables(release, keys, form, place, **more)


def _new_variables(release: Release, keys: Path, form: Form, place: Knob | None, **more: Any) -> Iterator[Knob]:
    """Where a new variable may go: beside the others, or else where others could be."""
    if place is not None:
        yield place
    for own in homes(release):
        end = (0,) if form is Form.ENV_LIST else ()
        spot = own.spot.below(*keys, *end)
        if place is None or (form is not Form.ENV_LIST and (own.path, spot) != (place.path, place.spot)):
            yield Knob(topic=Topic.ENV, path=own.path, spot=spot, form=form, wins=True, **more)


def _variables(layer: Layer, keys: Path, **more: Any) -> Iterator[Knob]:
    """Parameters that each set one variable."""
    start = f"{'.'.join(map(str, (*layer.prefix, *keys)))}."
    for number in reversed(range(len(layer.data))):
        name = word(layer.data, number, "name")
        if name.startswith(start) and isinstance(get(layer.data, number, "value"), str | int):
            spot, value = layer.spot.below(number, "value"), get(layer.data, number, "value")
            sharing = layer.shared_by
            more |= {"name": name.removeprefix(start), "shared_by": sharing}
            yield Knob(topic=Topic.ENV, path=layer.path, spot=spot, value=value, is_set=True, **more)


def image_knobs(release: Release, keys: Path, **more: Any) -> Iterator[Knob]:
    """The image as a mapping or as one text, by layer; parameters may set the tag alone."""
    for layer in release.layers:
        yield from _image_of(layer, keys, **more)
    if get(merged(release), *keys):
        more["confidence"] = Confidence.KNOWN
    for own in homes(release):
        if not get(own.data, *keys):
            spot, wins = own.spot.below(*keys), _wins(release, own, keys)
            yield Knob(topic=Topic.IMAGE, path=own.path, spot=spot, value={}, form=Form.IMAGE, wins=wins, **more)


def _image_of(layer: Layer, keys: Path, **more: Any) -> Iterator[Knob]:
    """What a layer says of an image."""
    if layer.parameters:
        for key in ("tag", "repository"):
            if (found := layer_knob(layer, Topic.IMAGE, (*keys, key), name=key, **more)) is not None:
                yield found
        return
    found = layer_knob(layer, Topic.IMAGE, keys, form=Form.IMAGE, **more)
    if found is not None and isinstance(found.value, str):
        found = replace(found, form=Form.REFERENCE)
    if found is not None and isinstance(found.value, str | Mapping) and found.value:
        yield found
