"""System health: whether the homelab's services answer, at a glance."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .cluster_health import watch_summary
from .const import DOMAIN
from .data import ClusterData
from .household import HOUSEHOLD


@callback
def async_register(_: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Say who answers."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """What each service last said; nothing is asked anew."""
    household = hass.data[HOUSEHOLD]
    clusters = [
        entry.runtime_data.cluster.watch
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if isinstance(entry.runtime_data, ClusterData)
    ]
    hub, findings, office = household.hub(), household.findings(), household.office
    return {
        "ollama": "not set up" if hub is None else "ok" if hub.error is None else str(hub.error),
        "findings": len(findings.value) if findings and findings.value is not None else "not known",
        "proposals": len(office.desk.awaiting) if office else 0,
        **(watch_summary(clusters) if clusters else {}),
    }
