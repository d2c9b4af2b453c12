"""Diagnostics: what an entry does, without secrets and without anything that somebody said."""

from dataclasses import asdict, is_dataclass
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_PROMPT, CONF_TOKEN
from homeassistant.core import HomeAssistant

from .assistant_core.models.observation import Observation
from .change_options import CONF_SIGNED_WITH
from .cluster_health import watch_diagnostics
from .const import CONF_CA, CONF_HEADERS, CONF_KUBECONFIG, CONF_PRIVATE_KEY
from .data import ClusterData, HomelabConfigEntry, HubData, RepositoryData

SECRETS = {CONF_TOKEN, CONF_KUBECONFIG, CONF_CA, CONF_HEADERS, CONF_PRIVATE_KEY, CONF_PROMPT}


async def async_get_config_entry_diagnostics(_: HomeAssistant, entry: HomelabConfigEntry) -> dict[str, Any]:
    """The settings, and what the service last said."""
    return {
        "settings": async_redact_data(entry.data, SECRETS),
        "options": async_redact_data(entry.options, {*SECRETS, CONF_SIGNED_WITH}),
        "models": [
            {"used_by": each.subentry_type, **async_redact_data(each.data, SECRETS)}
            for each in entry.subentries.values()
        ],
        **_state(entry.runtime_data),
    }


def _state(data: HubData | ClusterData | RepositoryData) -> dict[str, Any]:
    match data:
        case HubData(ollama=ollama, gpu=gpu):
            return {
                "ollama": _told(ollama.observation),
                "gpu": _told(gpu.observation) if gpu else None,
                "metrics": ollama.hub.metrics._asdict(),
                "warnings": [each._asdict() for each in ollama.hub.warnings],
            }
        case ClusterData(cluster=cluster):
            return {"cluster": _told(cluster.observation), **watch_diagnostics(cluster.watch)}
        case RepositoryData(repository=repository, office=office):
            return {
                "repository": _told(repository.observation),
                "proposals": [
                    {"state": each.state.value, "created": each.created.isoformat(), "failure": each.failure}
                    for each in office.desk.proposals
                    if each.repository == repository.repository
                ],
            }


def _told(observation: Observation[Any]) -> dict[str, Any]:
    return {
        "value": _plain(observation.value),
        "at": observation.at,
        "error": str(observation.error) if observation.error else None,
        "since": observation.since,
    }


def _plain(value: Any) -> Any:
    """A core model as JSON can hold it."""
    match value:
        case tuple() if hasattr(value, "_asdict"):
            return _plain(value._asdict())
        case tuple() | list():
            return [_plain(each) for each in value]
        case frozenset():
            return sorted(value)
        case dict():
            return {name: _plain(each) for name, each in value.items()}
    return _plain(asdict(value)) if is_dataclass(value) and not isinstance(value, type) else value
