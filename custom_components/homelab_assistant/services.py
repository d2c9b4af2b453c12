"""Actions: propose a change, approve it, reject it; have a model in memory or out of it."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from homeassistant.const import ATTR_NAME, CONF_MODEL
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from .assistant_core.errors import HomelabError
from .assistant_core.models.change import Channel, Proposal, Requester, SetReplicas
from .assistant_core.speech import Scale
from .const import DOMAIN
from .coordinator import HubCoordinator
from .data import HubData
from .errors import translated
from .household import HOUSEHOLD
from .office import Office
from .requester import async_requester

SERVICE_PROPOSE = "propose_change"
SERVICE_APPROVE = "approve_change"
SERVICE_REJECT = "reject_change"
SERVICE_WARM_UP = "warm_up_model"
SERVICE_UNLOAD = "unload_model"

ATTR_TEXT = "text"
ATTR_REPLICAS = "replicas"
ATTR_NAMESPACE = "namespace"
ATTR_REPOSITORY = "repository"
ATTR_HASH = "hash"
ATTR_CODE = "code"
ATTR_HUB = "hub"


def whole_number(value: Any) -> int:
    """Like `probatio.Coerce(int)`, which would make 2 of 2.7."""
    number = probatio.Coerce(float)(value)
    if not number.is_integer():
        raise probatio.Invalid("expected a whole number")
    return int(number)


PROPOSE_SCHEMA = probatio.All(
    cv.has_at_least_one_key(ATTR_TEXT, ATTR_NAME),
    cv.has_at_most_one_key(ATTR_TEXT, ATTR_NAME),
    probatio.Schema(
        {
            probatio.Optional(ATTR_TEXT): cv.string,
            probatio.Inclusive(ATTR_NAME, "workload"): cv.string,
            probatio.Inclusive(ATTR_REPLICAS, "workload"): whole_number,
            probatio.Optional(ATTR_NAMESPACE): cv.string,
            probatio.Optional(ATTR_REPOSITORY): cv.string,
        }
    ),
)
DECIDE_SCHEMA = probatio.Schema({probatio.Optional(ATTR_HASH): cv.string, probatio.Optional(ATTR_CODE): cv.string})
MODEL_SCHEMA = probatio.Schema({probatio.Optional(ATTR_HUB): cv.string, probatio.Optional(CONF_MODEL): cv.string})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handler, schema in (
        (SERVICE_PROPOSE, _async_propose, PROPOSE_SCHEMA),
        (SERVICE_APPROVE, _async_approve, DECIDE_SCHEMA),
        (SERVICE_REJECT, _async_reject, DECIDE_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN, name, _answering(handler), schema=schema, supports_response=SupportsResponse.OPTIONAL
        )
    hass.services.async_register(DOMAIN, SERVICE_WARM_UP, _async_warm_up, schema=MODEL_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_UNLOAD, _async_unload, schema=MODEL_SCHEMA)


type _Handler = Callable[[ServiceCall, Office, Requester], Awaitable[Proposal]]


def _answering(handler: _Handler) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Give a handler the office and who calls, and turn what it returns or raises into an answer."""

    async def answer(call: ServiceCall) -> ServiceResponse:
        office = call.hass.data[HOUSEHOLD].office
        if office is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_set_up")
        requester = await async_requester(call.hass, call.context, Channel.SERVICE)
        try:
            return as_response(await handler(call, office, requester))
        except HomelabError as error:
            raise translated(error) from error

    return answer


async def _async_propose(call: ServiceCall, office: Office, requester: Requester) -> Proposal:
    text = call.data.get(ATTR_TEXT)
    plan = _plan(call) if text is None else _spoken_plan(office, text)
    words = text or f"{plan.name}: {plan.replicas} replicas"
    return await office.desk.propose(plan, requester, words=words, repository=call.data.get(ATTR_REPOSITORY))


async def _async_approve(call: ServiceCall, office: Office, requester: Requester) -> Proposal:
    return await office.desk.approve(requester=requester, hash=call.data.get(ATTR_HASH), code=call.data.get(ATTR_CODE))


async def _async_reject(call: ServiceCall, office: Office, requester: Requester) -> Proposal:
    return await office.desk.reject(requester=requester, hash=call.data.get(ATTR_HASH), code=call.data.get(ATTR_CODE))


async def _async_warm_up(call: ServiceCall) -> None:
    coordinator = _hub(call)
    await _async_mind(coordinator, coordinator.hub.load(model=call.data.get(CONF_MODEL, "")))


async def _async_unload(call: ServiceCall) -> None:
    coordinator = _hub(call)
    await _async_mind(coordinator, coordinator.hub.unload(model=call.data.get(CONF_MODEL, "")))


def _hub(call: ServiceCall) -> HubCoordinator:
    """The hub that is meant: by its entry's id, or the only one."""
    wanted = call.data.get(ATTR_HUB)
    entries = [
        entry
        for entry in call.hass.config_entries.async_loaded_entries(DOMAIN)
        if isinstance(entry.runtime_data, HubData) and wanted in {None, entry.entry_id}
    ]
    if len(entries) != 1:
        key = "which_hub" if entries else "no_hub"
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
    coordinator: HubCoordinator = entries[0].runtime_data.ollama
    return coordinator


async def _async_mind(coordinator: HubCoordinator, work: Awaitable[None]) -> None:
    try:
        await work
    except HomelabError as error:
        raise translated(error) from error
    await coordinator.async_request_refresh()


def _plan(call: ServiceCall) -> SetReplicas:
    return SetReplicas(
        name=call.data[ATTR_NAME], replicas=call.data[ATTR_REPLICAS], namespace=call.data.get(ATTR_NAMESPACE)
    )


def _spoken_plan(office: Office, text: str) -> SetReplicas:
    spoken = next((found for speech in office.speech if (found := speech.recognise(text))), None)
    if not isinstance(spoken, Scale):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_change", translation_placeholders={"text": text}
        )
    if spoken.replicas is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_number", translation_placeholders={"text": spoken.amount}
        )
    return SetReplicas(name=spoken.name, replicas=spoken.replicas, namespace=spoken.namespace)


def as_response(proposal: Proposal) -> ServiceResponse:
    """What an automation may want to know of a proposal."""
    target = proposal.target
    return {
        "id": proposal.id,
        "hash": proposal.hash,
        "code": proposal.code,
        "state": proposal.state.value,
        "repository": proposal.repository,
        "kind": target.kind,
        "namespace": target.namespace,
        "name": target.name,
        "field": target.field,
        "before": target.before,
        "after": target.after,
        "diff": proposal.diff,
        "expires": proposal.expires.isoformat(),
        "pull_request": proposal.pull_request,
        "failure": proposal.failure,
    }
