"""The hub and its graphics cards, in the words of one language."""

from ..models.gpu import GpuHealth
from ..models.hub import HubStatus, LoadedModel
from .text import plain
from .wording import Wording

NAME_LENGTH = 80
GIBIBYTE = 2**30


def card_now(wording: Wording, card: GpuHealth) -> str:
    """What a graphics card tells of itself, as a sentence."""
    decimal = wording.decimal
    values = []
    if card.temperature is not None:
        values.append(wording.fill("gpu.temperature", value=decimal(card.temperature)))
    if card.utilisation is not None:
        values.append(wording.fill("gpu.utilisation", value=f"{card.utilisation:.0%}".removesuffix("%")))
    if card.memory_used is not None and card.memory_total is not None:
        used, total = decimal(card.memory_used / GIBIBYTE), decimal(card.memory_total / GIBIBYTE)
        values.append(wording.fill("gpu.memory", used=used, total=total))
    if card.power is not None:
        values.append(wording.fill("gpu.power", value=f"{card.power:.0f}"))
    name = plain(card.name, NAME_LENGTH)
    if not values:
        return wording.fill("gpu.silent", name=name)
    return wording.fill("gpu.card", name=name, values=wording.listing(values))


def cards_then(wording: Wording, cards: tuple[GpuHealth, ...] | None) -> str:
    """How hot the cards were when they last told, as a clause; "" when nothing is known."""
    known = [card for card in cards or () if card.temperature is not None]
    then = [
        wording.fill("gpu.then", name=plain(card.name, NAME_LENGTH), value=wording.decimal(card.temperature or 0))
        for card in known
    ]
    return wording.listing(then) if then else ""


def model_now(wording: Wording, model: LoadedModel) -> str:
    """A loaded model by its name, and how much of it is on the card unless all is."""
    name = _spoken_model(model)
    if model.size_vram >= model.size:
        return name
    if model.size_vram == 0:
        return wording.fill("models.on_cpu", name=name)
    return wording.fill("models.shared", name=name, percent=f"{model.size_vram / model.size:.0%}".removesuffix("%"))


def models_then(wording: Wording, status: HubStatus | None) -> str:
    """What was in memory when the hub last told, as a clause; "" when nothing is known."""
    if status is None:
        return ""
    if not status.loaded:
        return wording.fill("models.then_none")
    return wording.fill("models.then", models=wording.listing([_spoken_model(model) for model in status.loaded]))


def _spoken_model(model: LoadedModel) -> str:
    """A model's name as people say it: its tag after a pause, "latest" left out."""
    return plain(model.name.removesuffix(":latest").replace(":", " "), NAME_LENGTH)
