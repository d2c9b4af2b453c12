"""The last hour of the graphics cards, which a restart must not forget."""

from datetime import timedelta
from itertools import groupby

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from demo.gpu import GpuExporterSimulator

SENSOR = "sensor.nvidia_geforce_rtx_4080_utilisation"


async def restart(hass: HomeAssistant, hub: ConfigEntry) -> list[float | None]:
    """How busy the card was by the panel's line after the entry has been set up anew."""
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return [cards[0].utilisation for _, cards in hub.runtime_data.gpu.history]


@pytest.mark.usefixtures("recorder_mock")
async def test_the_line_of_the_panel_goes_on_after_a_restart(
    hass: HomeAssistant, hub: ConfigEntry, gpu: GpuExporterSimulator
) -> None:
    now = dt_util.utcnow()
    for minutes, busy in ((20, "50"), (15, "unavailable"), (10, "80.5")):
        hass.states.async_set(SENSOR, busy, timestamp=(now - timedelta(minutes=minutes)).timestamp())
    await async_wait_recording_done(hass)
    line = await restart(hass, hub)

    looks = [(busy, len(list(same))) for busy, same in groupby(line)]
    assert looks[:2] == [(0.5, 10), (None, 10)], "a look each half a minute"
    assert looks[2][0] == 0.805
    assert line[-1] == hub.runtime_data.gpu.data[0].utilisation


async def test_without_a_recorder_the_line_begins_at_the_start(hass: HomeAssistant, hub: ConfigEntry) -> None:
    assert len(await restart(hass, hub)) == 1
