"""The core's clients, built from what a config entry remembers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .assistant_core.forge import GitHubForge
from .assistant_core.gpu import GpuExporter
from .assistant_core.kube import ClusterConfig
from .assistant_core.ollama import OllamaClient
from .const import (
    CONF_API_URL,
    CONF_CA,
    CONF_CONTEXT,
    CONF_GPU_URL,
    CONF_KUBECONFIG,
    CONF_REPOSITORY,
    DEFAULT_GITHUB_API_URL,
)


def ollama_client(hass: HomeAssistant, data: Mapping[str, Any]) -> OllamaClient:
    """The hub's Ollama. Raises InputInvalid for an address that cannot be one."""
    return OllamaClient(async_get_clientsession(hass), data[CONF_URL], token=data.get(CONF_TOKEN))


def gpu_exporter(hass: HomeAssistant, data: Mapping[str, Any]) -> GpuExporter | None:
    """The hub's GPU exporter, if it has one. Raises InputInvalid for an address that cannot be one."""
    url = data.get(CONF_GPU_URL)
    return GpuExporter(async_get_clientsession(hass), url) if url else None


def cluster_config(data: Mapping[str, Any]) -> ClusterConfig:
    """How to reach the cluster. Raises InputInvalid when that cannot be."""
    return ClusterConfig(
        name=data[CONF_NAME],
        kubeconfig=data.get(CONF_KUBECONFIG),
        context=data.get(CONF_CONTEXT),
        server=data.get(CONF_URL),
        token=data.get(CONF_TOKEN),
        ca=data.get(CONF_CA),
    )


def github_forge(data: Mapping[str, Any]) -> GitHubForge:
    """The forge of the GitOps repository. Raises InputInvalid for a name that cannot be one."""
    base_url = data.get(CONF_API_URL) or DEFAULT_GITHUB_API_URL
    return GitHubForge(data[CONF_REPOSITORY], data[CONF_TOKEN], base_url=base_url)
