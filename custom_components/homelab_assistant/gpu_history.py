"""How busy the graphics cards were in the last hour, by the recorder: a restart would forget it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from .assistant_core.models.gpu import GpuHealth
from .const import DOMAIN, GPU_HISTORY, HUB_INTERVAL
from .coordinator import GpuCoordinator

RECORDER = "recorder"


@callback
def async_remember(hass: HomeAssistant, entry: ConfigEntry, coordinator: GpuCoordinator) -> None:
    """Put what the recorder has, where there is one, before what was read since the start."""
    if RECORDER in hass.config.components and coordinator.data:
        remember = _async_remember(hass, entry, coordinator)
        entry.async_create_background_task(hass, remember, f"{coordinator.name} history")


async def _async_remember(hass: HomeAssistant, entry: ConfigEntry, coordinator: GpuCoordinator) -> None:
    from homeassistant.components.recorder import history  # noqa: PLC0415 - not every house has it

    registry = er.async_get(hass)
    ids = {f"{entry.entry_id}_{card.uuid}_utilisation": card for card in coordinator.data}
    cards = {known: card for each, card in ids.items() if (known := registry.async_get_entity_id(SENSOR, DOMAIN, each))}
    if not cards:
        return
    now = dt_util.utcnow()
    look = partial(history.get_significant_states, hass, now - GPU_HISTORY, now, list(cards), no_attributes=True)
    recorded = await get_instance(hass).async_add_executor_job(look)
    changes = [
        (state.last_updated, cards[entity_id], _ratio(state.state))
        for entity_id, states in recorded.items()
        for state in states
        if isinstance(state, State)
    ]
    coordinator.remember(_moments(now, sorted(changes, key=lambda change: change[0])))


def _moments(
    now: datetime, changes: Sequence[tuple[datetime, GpuHealth, float | None]]
) -> Iterator[tuple[datetime, tuple[GpuHealth, ...]]]:
    """What the cards did at each look of the last hour: a value holds until it changes."""
    known: dict[str, GpuHealth] = {}
    coming = iter((*changes, None))
    change = next(coming)
    for left in reversed(range(GPU_HISTORY // HUB_INTERVAL)):
        at = now - left * HUB_INTERVAL
        while change is not None and change[0] <= at:
            _, card, ratio = change
            known[card.uuid] = GpuHealth(card.uuid, card.name, utilisation=ratio)
            change = next(coming)
        if known:
            yield at, tuple(known.values())


def _ratio(state: str) -> float | None:
    """A state of the sensor, in percent, as a ratio; None when it was not known."""
    try:
        return float(state) / 100
    except ValueError:
        return None
