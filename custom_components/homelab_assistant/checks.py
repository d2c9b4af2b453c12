"""The tests a service must pass before its entry is saved, and what they find out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import CONF_MODEL, CONF_NAME, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .assistant_core.errors import HomelabError
from .assistant_core.forge import RepositoryInfo
from .assistant_core.forge.git_address import git_address
from .assistant_core.kube import Cluster, ClusterReport, examine
from .assistant_core.kube.config import resolve
from .assistant_core.kube.resource import RESULTS
from .clients import async_ollama_client, cluster_config, forge, gpu_exporter
from .const import (
    CONF_API_URL,
    CONF_FORGE,
    CONF_GPU_URL,
    CONF_KIND,
    CONF_REPOSITORY,
    CONF_USER,
    DEFAULT_CLUSTER_NAME,
    DEFAULT_GITHUB_API_URL,
    HUB_NAME,
    ForgeKind,
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
class Remark:
    """A sentence about what was found: its `key` among the translations, and what to fill in."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A service that passed.

    `data` is what the entry shall remember, `note` says what was found, `warnings` what a careful person would change.
    `models` are those of a hub, `report` is what a cluster showed of itself.
    """

    title: str
    unique_id: str
    data: Mapping[str, Any]
    note: Remark
    warnings: tuple[Remark, ...] = ()
    models: tuple[str, ...] = ()
    report: ClusterReport | None = None


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
    return await _check_repository(hass, data)


async def _check_hub(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    with _blaming(CONF_URL):
        client = await async_ollama_client(hass, data)
        version, installed = await client.version(), await client.installed()
    with _blaming(CONF_GPU_URL):
        if exporter := gpu_exporter(hass, data):
            await exporter.read()
    url = data[CONF_URL].rstrip("/")
    models = tuple(model.name for model in installed)
    return Checked(
        title=HUB_NAME,
        unique_id=f"{Kind.HUB}_{url}",
        data={**data, CONF_URL: url},
        note=Remark(key="hub", placeholders={"version": version, "count": str(len(models))}),
        warnings=() if models else (Remark(key="no_models"),),
        models=models,
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
            report = await examine(cluster)
        finally:
            await cluster.close()
    return Checked(
        title=data[CONF_NAME],
        unique_id=f"{Kind.CLUSTER}_{access.server}",
        data=data,
        note=Remark(key="cluster", placeholders={"version": report.version}),
        warnings=tuple(_doubts_about_cluster(report)),
        report=report,
    )


def _doubts_about_cluster(report: ClusterReport) -> Iterator[Remark]:
    if not report.installed(RESULTS):
        yield Remark(key="no_k8sgpt")
    if report.missing:
        yield Remark(key="missing_rights", placeholders={"rights": ", ".join(report.missing)})


async def _check_repository(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    kind = ForgeKind(data.get(CONF_FORGE, ForgeKind.GITHUB))
    with _blaming("base"):
        data = _without_login(data) if kind is ForgeKind.GIT else data
        info = await forge(hass, data).check()
    placeholders = {"repository": info.repository, "branch": info.default_branch}
    if info.archived:
        raise CheckFailed(CONF_REPOSITORY, "archived", placeholders)
    if not info.can_push or not (info.can_open_pull_requests or kind is ForgeKind.GIT):
        raise CheckFailed(CONF_TOKEN, "cannot_propose", placeholders)
    return Checked(
        title=info.repository,
        unique_id=_repository_id(kind, data, info.repository),
        data={**data, CONF_REPOSITORY: info.repository},
        note=Remark(key="branches" if kind is ForgeKind.GIT else "repository", placeholders=placeholders),
        warnings=tuple(_doubts_about_token(info)),
    )


def _doubts_about_token(info: RepositoryInfo) -> Iterator[Remark]:
    if info.protected is False:
        yield Remark(key="unprotected", placeholders={"branch": info.default_branch})
    for excess in sorted(info.excess):
        yield Remark(key=excess.value)


def _repository_id(kind: ForgeKind, data: Mapping[str, Any], repository: str) -> str:
    """Where a repository is, however we reach it."""
    if kind is ForgeKind.GIT:
        return f"{Kind.REPOSITORY}_{repository}"
    address = data[CONF_URL] if kind is ForgeKind.GITEA else data.get(CONF_API_URL, DEFAULT_GITHUB_API_URL)
    return f"{Kind.REPOSITORY}_{URL(address).host}_{repository.lower()}"


def _without_login(data: Mapping[str, Any]) -> dict[str, Any]:
    """A login that stands in the address is a secret like any other. Raises InputInvalid."""
    address = git_address(data[CONF_URL], data.get(CONF_TOKEN), user=data.get(CONF_USER))
    found = {CONF_URL: address.url, CONF_USER: address.user, CONF_TOKEN: address.password}
    return {**data, **{name: value for name, value in found.items() if value is not None}}
