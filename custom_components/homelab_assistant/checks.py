"""The tests a service must pass before its entry is saved, and what they find out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import CONF_MODEL, CONF_NAME, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .assistant_core.errors import HomelabError, NotFound
from .assistant_core.findings import RESULTS
from .assistant_core.kube import Cluster
from .assistant_core.kube.config import resolve
from .clients import async_ollama_client, cluster_config, github_forge, gpu_exporter
from .const import (
    CONF_API_URL,
    CONF_GPU_URL,
    CONF_KIND,
    CONF_REPOSITORY,
    DEFAULT_CLUSTER_NAME,
    DEFAULT_GITHUB_API_URL,
    HUB_NAME,
    Kind,
)

ANSWER = frozenset({"completion"})
TALK = frozenset({"completion", "tools"})


class CheckFailed(Exception):
    """Why a service cannot be used: the form's `field`, and the `key` and `placeholders` of the sentence."""

    def __init__(self, field: str, key: str, placeholders: Mapping[str, str]) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = dict(placeholders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A service that passed.

    `data` is what the entry shall remember, `models` are those of a hub, `note` and `placeholders` the sentence that
    says what was found.
    """

    title: str
    unique_id: str
    data: Mapping[str, Any]
    note: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()


@contextmanager
def _blaming(field: str) -> Iterator[None]:
    try:
        yield
    except HomelabError as error:
        raise CheckFailed(field, error.key, error.placeholders) from error


async def check_service(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    """Connect to the service an entry describes. Raises CheckFailed."""
    match data[CONF_KIND]:
        case Kind.HUB:
            return await _check_hub(hass, data)
        case Kind.CLUSTER:
            return await _check_cluster(hass, data)
    return await _check_repository(data)


async def _check_hub(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    models = await list_models(hass, data)
    with _blaming(CONF_GPU_URL):
        if exporter := gpu_exporter(hass, data):
            await exporter.read()
    url = data[CONF_URL].rstrip("/")
    return Checked(
        title=HUB_NAME, unique_id=f"{Kind.HUB}_{url}", data={**data, CONF_URL: url}, note="hub", models=models
    )


async def list_models(hass: HomeAssistant, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The models that a hub has. Raises CheckFailed, also when there is none."""
    with _blaming(CONF_URL):
        installed = await (await async_ollama_client(hass, data)).installed()
    if not installed:
        raise CheckFailed(CONF_URL, "no_models", {"url": data[CONF_URL]})
    return tuple(model.name for model in installed)


async def check_model(hass: HomeAssistant, data: Mapping[str, Any], model: str, needs: frozenset[str] = TALK) -> None:
    """Make sure that a model can do what it is needed for. Raises CheckFailed."""
    with _blaming(CONF_MODEL):
        details = await (await async_ollama_client(hass, data)).details(model)
    if not needs <= details.capabilities:
        raise CheckFailed(CONF_MODEL, "model_unsuitable", {"model": model})


async def _check_cluster(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    data = {CONF_NAME: DEFAULT_CLUSTER_NAME, **data}
    with _blaming("base"):
        config = cluster_config(data)
        access = await hass.async_add_executor_job(resolve, config)
        cluster = Cluster(config.name, access)
        try:
            version = await cluster.version()
            note = "cluster" if await _has_k8sgpt(cluster) else "cluster_without_k8sgpt"
        finally:
            await cluster.close()
    return Checked(
        title=data[CONF_NAME],
        unique_id=f"{Kind.CLUSTER}_{access.server}",
        data=data,
        note=note,
        placeholders={"version": version},
    )


async def _has_k8sgpt(cluster: Cluster) -> bool:
    try:
        await cluster.page(RESULTS, limit=1)
    except NotFound:
        return False
    return True


async def _check_repository(data: Mapping[str, Any]) -> Checked:
    with _blaming("base"):
        info = await github_forge(data).check()
    placeholders = {"repository": info.repository, "branch": info.default_branch}
    if info.archived:
        raise CheckFailed(CONF_REPOSITORY, "archived", placeholders)
    if not (info.can_push and info.can_open_pull_requests):
        raise CheckFailed(CONF_TOKEN, "cannot_propose", placeholders)
    host = URL(data.get(CONF_API_URL, DEFAULT_GITHUB_API_URL)).host
    return Checked(
        title=info.repository,
        unique_id=f"{Kind.REPOSITORY}_{host}_{info.repository.lower()}",
        data={**data, CONF_REPOSITORY: info.repository},
        note="repository" if info.protected else "repository_unprotected",
        placeholders=placeholders,
    )
