"""The core's clients of a hub, built from what its config entry remembers."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_MODEL, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .assistant_core.errors import InputInvalid
from .assistant_core.gpu import GpuExporter
from .assistant_core.ollama import Deadlines, Hub, HubConfig, ModelChoice, OllamaClient, ServerConfig, tls_context
from .const import (
    CONF_CA_FILE,
    CONF_CERTIFICATE_FILE,
    CONF_CONTEXT_LENGTH,
    CONF_FALLBACK_MODEL,
    CONF_FALLBACK_URL,
    CONF_GPU_URL,
    CONF_HEADERS,
    CONF_KEEP_ALIVE,
    CONF_KEY_FILE,
    CONF_MODELS,
    CONF_TIMEOUTS,
    CONF_WRITE_MODEL,
    DEFAULT_CONTEXT_LENGTH,
    DEFAULT_KEEP_ALIVE,
    SUBENTRY_AI_TASK,
    SUBENTRY_CONVERSATION,
)


def server_config(hass: HomeAssistant, data: Mapping[str, Any]) -> ServerConfig:
    """The hub's Ollama and how its proxy wants to be met. Raises InputInvalid for headers that cannot be any."""
    files = {
        name: hass.config.path(data[name]) if name in data else None
        for name in (CONF_CA_FILE, CONF_CERTIFICATE_FILE, CONF_KEY_FILE)
    }
    headers = dict(map(_header, data.get(CONF_HEADERS, ())))
    return ServerConfig(url=data[CONF_URL], token=data.get(CONF_TOKEN), headers=headers, **files)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not (colon and name.strip() and value.strip()):
        raise InputInvalid("A header is written as its name, a colon and its value.")
    return name.strip(), value.strip()


async def async_ollama_client(hass: HomeAssistant, data: Mapping[str, Any]) -> OllamaClient:
    """The hub's Ollama. Raises InputInvalid for an address, header or file that cannot be one."""
    config = server_config(hass, data)
    files = (config.ca_file, config.certificate_file, config.key_file)
    return OllamaClient(
        async_get_clientsession(hass),
        config.url,
        token=config.token,
        headers=config.headers,
        tls=await tls_context(ca_file=files[0], certificate_file=files[1], key_file=files[2]) if any(files) else None,
    )


async def async_connect_hub(hass: HomeAssistant, entry: ConfigEntry) -> Hub:
    """The hub with the models that its agents and tasks use. Raises InputInvalid for settings that cannot serve."""
    loading: Mapping[str, Any] = entry.options.get(CONF_MODELS, {})
    context_length = int(loading.get(CONF_CONTEXT_LENGTH, DEFAULT_CONTEXT_LENGTH))
    keep_alive = int(loading.get(CONF_KEEP_ALIVE, DEFAULT_KEEP_ALIVE))
    servers = [server_config(hass, entry.data)]
    if url := loading.get(CONF_FALLBACK_URL):
        servers.append(ServerConfig(url=url))

    def choose(names: Iterable[str | None], server: int = 0) -> tuple[ModelChoice, ...]:
        return tuple(
            ModelChoice(name=name, server=server, context_length=context_length, keep_alive=keep_alive)
            for name in dict.fromkeys(filter(None, names))
        )

    agents = [each.data[CONF_MODEL] for each in entry.get_subentries_of_type(SUBENTRY_CONVERSATION)]
    tasks = [each.data[CONF_MODEL] for each in entry.get_subentries_of_type(SUBENTRY_AI_TASK)]
    fallback = choose([loading.get(CONF_FALLBACK_MODEL) or next(iter(agents), None)] if url else [], server=1)
    if not url:
        agents.append(loading.get(CONF_FALLBACK_MODEL))
    config = HubConfig(
        servers=tuple(servers),
        talk=(*choose(agents), *fallback),
        write=choose([loading.get(CONF_WRITE_MODEL), *tasks]),
        deadlines=Deadlines(**entry.options.get(CONF_TIMEOUTS, {})),
    )
    return await Hub.connect(async_get_clientsession(hass), config)


def gpu_exporter(hass: HomeAssistant, data: Mapping[str, Any]) -> GpuExporter | None:
    """The hub's GPU exporter, if it has one. Raises InputInvalid for an address that cannot be one."""
    url = data.get(CONF_GPU_URL)
    return GpuExporter(async_get_clientsession(hass), url) if url else None
