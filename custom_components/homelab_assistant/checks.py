"""The tests a service must pass before its entry is saved, and what they find out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from homeassistant.const import CONF_MODEL, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from .assistant_core.errors import HomelabError
from .clients import async_ollama_client, gpu_exporter
from .const import CONF_GPU_URL, CONF_KIND, HUB_NAME, Kind

if TYPE_CHECKING:
    from .assistant_core.kube import ClusterReport

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


class Checked(NamedTuple):
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
def blaming(field: str) -> Iterator[None]:
    """Raise CheckFailed, at a field of the form, where the core raises a HomelabError."""
    try:
        yield
    except HomelabError as error:
        raise CheckFailed(field, error.exact_key, error.placeholders) from error


async def check_service(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    """Connect to the service an entry describes. Raises CheckFailed."""
    kind = Kind(data[CONF_KIND])
    if kind is Kind.HUB:
        return await _check_hub(hass, data)
    # What only clusters or repositories need is loaded for them only.
    checks = await async_import_module(hass, f"{__package__}.{kind}_checks")
    checked: Checked = await checks.async_check(hass, data)
    return checked


async def _check_hub(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    with blaming(CONF_URL):
        client = await async_ollama_client(hass, data)
        version, installed = await client.version(), await client.installed()
    with blaming(CONF_GPU_URL):
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
    with blaming(CONF_URL):
        installed = await (await async_ollama_client(hass, data)).installed()
    if not installed:
        raise CheckFailed(CONF_URL, "no_models", {"url": data[CONF_URL]})
    return tuple(model.name for model in installed)


async def check_model(hass: HomeAssistant, data: Mapping[str, Any], model: str, needs: frozenset[str] = TALK) -> None:
    """Make sure that a model can do what it is needed for. Raises CheckFailed."""
    with blaming(CONF_MODEL):
        details = await (await async_ollama_client(hass, data)).details(model)
    if not needs <= details.capabilities:
        raise CheckFailed(CONF_MODEL, "model_unsuitable", {"model": model})
