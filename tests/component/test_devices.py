"""Which devices a person may delete: those of graphics cards that are gone."""

from copy import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from demo.gpu import CARD, GpuExporterSimulator


async def delete(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, entry: ConfigEntry, name: str
) -> dict[str, Any]:
    (device,) = [
        each for each in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id) if each.name == name
    ]
    client = await hass_ws_client(hass)
    return await client.remove_device(device.id)


async def test_only_a_card_that_is_gone_can_be_deleted(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hub: ConfigEntry, gpu: GpuExporterSimulator
) -> None:
    assert await async_setup_component(hass, "config", {})
    assert not (await delete(hass, hass_ws_client, hub, CARD.name))["success"]
    assert not (await delete(hass, hass_ws_client, hub, "AI hub"))["success"]
    assert not (await delete(hass, hass_ws_client, hub, "Homelab Assistant"))["success"]

    gpu.card = replace(CARD, name="NVIDIA GeForce RTX 6090", uuid="another")
    await hub.runtime_data.gpu.async_refresh()
    assert (await delete(hass, hass_ws_client, hub, CARD.name))["success"]
