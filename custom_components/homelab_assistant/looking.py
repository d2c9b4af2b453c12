"""Looking for an Ollama where a person says that one may be; nothing is contacted before."""

import asyncio
from collections.abc import Iterable
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .assistant_core.errors import HomelabError
from .assistant_core.gpu import GpuExporter
from .assistant_core.ollama import OllamaClient
from .const import DEFAULT_HUB_URL

OLLAMA_PORT = 11434
EXPORTER_PORT = 9835
SECONDS = 4
MOST = 16
HOST = re.compile(r"[\w.:-]+", re.ASCII)
PLACES = (str(URL(DEFAULT_HUB_URL).host), "localhost", "host.docker.internal", "ollama.local")
"""Where it often is; a person sees and changes them before we look."""


async def async_look_for_hubs(hass: HomeAssistant, places: Iterable[str]) -> dict[str, str | None]:
    """The address of each Ollama that answers at one of the places, with that of the GPU exporter beside it."""
    urls = list(dict.fromkeys(filter(None, map(_url, places))))[:MOST]
    answers = await asyncio.gather(*(_async_is_there(hass, url) for url in urls))
    found = [url for url, is_there in zip(urls, answers, strict=True) if is_there]
    exporters = await asyncio.gather(*(_async_exporter(hass, url) for url in found))
    return {str(url).rstrip("/"): exporter for url, exporter in zip(found, exporters, strict=True)}


def _url(place: str) -> URL | None:
    """A host, with a port or without, or a whole address; None for what is none of these."""
    try:
        url = URL(place if re.match(r"https?://", place) else f"http://{place}")
        if not (url.host and HOST.fullmatch(url.host)):
            return None
        return url.with_port(OLLAMA_PORT) if url.explicit_port is None and url.scheme == "http" else url
    except ValueError:
        return None


async def _async_is_there(hass: HomeAssistant, url: URL) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            await OllamaClient(async_get_clientsession(hass), str(url)).version()
    except HomelabError, TimeoutError:
        return False
    return True


async def _async_exporter(hass: HomeAssistant, hub: URL) -> str | None:
    url = str(hub.with_scheme("http").with_port(EXPORTER_PORT).with_path("/metrics"))
    try:
        async with asyncio.timeout(SECONDS):
            await GpuExporter(async_get_clientsession(hass), url).read()
    except HomelabError, TimeoutError:
        return None
    return url
