"""The panel in the sidebar: one module, built from `frontend/`, that we serve ourselves."""

from hashlib import sha256
from pathlib import Path

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .assistant_core.logs import EventLog
from .const import DOMAIN

_EVENTS = EventLog(__name__)

MODULE = Path(__file__).parent / "www" / "panel.js"
ELEMENT = "homelab-assistant-panel"
URL_PATH = "homelab"
TITLE = "Homelab"
ICON = "mdi:server-network"

SERVED: HassKey[str] = HassKey(f"{DOMAIN}_panel")


async def async_show_panel(hass: HomeAssistant) -> None:
    """Put the panel into the sidebar, once; without Home Assistant's frontend, or unbuilt, there is none."""
    if frontend.DOMAIN not in hass.config.components:
        return
    url = hass.data.get(SERVED) or await _async_serve(hass)
    if url is not None and not frontend.async_panel_exists(hass, URL_PATH):
        await panel_custom.async_register_panel(
            hass,
            frontend_url_path=URL_PATH,
            webcomponent_name=ELEMENT,
            sidebar_title=TITLE,
            sidebar_icon=ICON,
            module_url=url,
        )


@callback
def async_hide_panel(hass: HomeAssistant) -> None:
    """Take the panel out of the sidebar."""
    if frontend.DOMAIN in hass.config.components:
        frontend.async_remove_panel(hass, URL_PATH, warn_if_unknown=False)


async def _async_serve(hass: HomeAssistant) -> str | None:
    """Where browsers find the module; its digest is in the address, so that none keeps an old one."""
    digest = await hass.async_add_executor_job(_digest)
    if digest is None:
        _EVENTS.info(
            "panel-not-built", "There is no panel in the sidebar: this checkout has not built it (scripts/panel build)"
        )
        return None
    url = hass.data[SERVED] = f"/{DOMAIN}/{digest}/panel.js"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(MODULE), cache_headers=True)])
    return url


def _digest() -> str | None:
    try:
        return sha256(MODULE.read_bytes()).hexdigest()[:16]
    except FileNotFoundError:
        return None
