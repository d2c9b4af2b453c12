"""Actions for findings: hear of one later or no more, and of nothing in a namespace; and all of that undone."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import probatio

from .assistant_core.errors import HomelabError
from .assistant_core.models.episode import SilenceKind
from .cluster_words import finding_data
from .const import DOMAIN
from .data import ClusterData
from .errors import translated
from .household import HOUSEHOLD

if TYPE_CHECKING:
    from .assistant_core.cluster import ClusterWatch

SERVICE_SNOOZE = "snooze_finding"
SERVICE_DISMISS = "dismiss_finding"
SERVICE_RESTORE = "restore_finding"
SERVICE_MUTE = "mute_namespace"
SERVICE_UNMUTE = "unmute_namespace"

ATTR_FINDING_ID = "finding_id"
ATTR_DURATION = "duration"
ATTR_NAMESPACE = "namespace"
ATTR_CLUSTER = "cluster"

FINDING_SCHEMA = probatio.Schema({probatio.Required(ATTR_FINDING_ID): cv.string})
SNOOZE_SCHEMA = FINDING_SCHEMA.extend({probatio.Required(ATTR_DURATION): cv.positive_time_period})
NAMESPACE_SCHEMA = probatio.Schema(
    {probatio.Required(ATTR_NAMESPACE): cv.string, probatio.Optional(ATTR_CLUSTER): cv.string}
)

type _Handler = Callable[[ServiceCall], Awaitable[ServiceResponse]]


@callback
def async_setup_cluster_services(hass: HomeAssistant) -> None:
    """Register the actions: of people only administrators silence, automations may as well."""
    for name, handler, schema in (
        (SERVICE_SNOOZE, _async_snooze, SNOOZE_SCHEMA),
        (SERVICE_DISMISS, _async_dismiss, FINDING_SCHEMA),
        (SERVICE_RESTORE, _async_restore, FINDING_SCHEMA),
        (SERVICE_MUTE, _async_mute, NAMESPACE_SCHEMA),
        (SERVICE_UNMUTE, _async_unmute, NAMESPACE_SCHEMA),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, _translating(handler), schema=schema, supports_response=SupportsResponse.OPTIONAL
        )


def _translating(handler: _Handler) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def answer(call: ServiceCall) -> ServiceResponse:
        try:
            return await handler(call)
        except HomelabError as error:
            raise translated(error, call.hass.data[HOUSEHOLD].speech) from error

    return answer


async def _async_snooze(call: ServiceCall) -> ServiceResponse:
    watch, response = _finding(call)
    until = dt_util.utcnow() + call.data[ATTR_DURATION]
    await watch.snooze(call.data[ATTR_FINDING_ID], until)
    return response | {"until": until.isoformat()}


async def _async_dismiss(call: ServiceCall) -> ServiceResponse:
    watch, response = _finding(call)
    await watch.dismiss(call.data[ATTR_FINDING_ID])
    return response


async def _async_restore(call: ServiceCall) -> ServiceResponse:
    """Also for a finding that is gone: it may come back."""
    finding_id = call.data[ATTR_FINDING_ID]
    ended = []
    for watch in _watches(call):
        for silence in watch.silences:
            if silence.about == finding_id and silence.kind is not SilenceKind.MUTE:
                await watch.unsilence(silence.kind, finding_id)
                ended.append(silence.kind.value)
    if not ended:
        raise _refused("not_silenced")
    return {"finding_id": finding_id, "ended": sorted(ended)}


async def _async_mute(call: ServiceCall) -> ServiceResponse:
    watch, namespace = _cluster(call), call.data[ATTR_NAMESPACE]
    await watch.mute(namespace)
    return {"cluster": watch.name, "namespace": namespace}


async def _async_unmute(call: ServiceCall) -> ServiceResponse:
    watch, namespace = _cluster(call), call.data[ATTR_NAMESPACE]
    if not any(each.kind is SilenceKind.MUTE and each.about == namespace for each in watch.silences):
        raise _refused("not_muted", namespace=namespace)
    await watch.unsilence(SilenceKind.MUTE, namespace)
    return {"cluster": watch.name, "namespace": namespace}


def _watches(call: ServiceCall) -> Iterator[ClusterWatch]:
    """Of every cluster, or of the one whose entry is named."""
    wanted = call.data.get(ATTR_CLUSTER)
    for entry in call.hass.config_entries.async_loaded_entries(DOMAIN):
        if isinstance(entry.runtime_data, ClusterData) and wanted in {None, entry.entry_id}:
            yield entry.runtime_data.cluster.watch


def _cluster(call: ServiceCall) -> ClusterWatch:
    """The cluster that is meant: by its entry's id, or the only one."""
    watches = list(_watches(call))
    if len(watches) != 1:
        raise _refused("which_cluster" if watches else "no_cluster")
    return watches[0]


def _finding(call: ServiceCall) -> tuple[ClusterWatch, dict[str, Any]]:
    """The cluster that has the finding, and the finding for a response."""
    for watch in _watches(call):
        for finding in (*watch.findings, *watch.silenced):
            if finding.id == call.data[ATTR_FINDING_ID]:
                return watch, finding_data(finding) | {"cluster": watch.name}
    raise _refused("no_finding")


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders or None
    )
