"""Actions for changes: propose one, approve, reject or undo it, list them. The desk decides who may."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from homeassistant.const import ATTR_NAME, ATTR_STATE
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.importlib import async_import_module
import probatio

from .assistant_core.errors import HomelabError
from .assistant_core.models.change import (
    ChangePlan,
    Channel,
    Happened,
    Proposal,
    ProposalState,
    Requester,
    SetReplicas,
)
from .assistant_core.redaction import redact
from .assistant_core.speech import Phrases
from .change_words import notes_told, phrases_of, why_told
from .const import DOMAIN
from .errors import translated
from .household import HOUSEHOLD
from .office import Office
from .requester import async_requester, is_first_hand

SERVICE_PROPOSE = "propose_change"
SERVICE_APPROVE = "approve_change"
SERVICE_REJECT = "reject_change"
SERVICE_REVERT = "revert_change"
SERVICE_LIST = "list_changes"

ATTR_TEXT = "text"
ATTR_PLAN = "plan"
ATTR_REPLICAS = "replicas"
ATTR_NAMESPACE = "namespace"
ATTR_REPOSITORY = "repository"
ATTR_HASH = "hash"
ATTR_CODE = "code"
ATTR_LIMIT = "limit"
ATTR_HISTORY = "history"


def whole_number(value: Any) -> int:
    """Like `probatio.Coerce(int)`, which would make 2 of 2.7."""
    number = probatio.Coerce(float)(value)
    if not number.is_integer():
        raise probatio.Invalid("expected a whole number")
    return int(number)


PROPOSE_SCHEMA = probatio.All(
    cv.has_at_least_one_key(ATTR_TEXT, ATTR_PLAN, ATTR_NAME),
    cv.has_at_most_one_key(ATTR_TEXT, ATTR_PLAN, ATTR_NAME),
    probatio.Schema(
        {
            probatio.Optional(ATTR_TEXT): cv.string,
            probatio.Optional(ATTR_PLAN): dict,
            probatio.Inclusive(ATTR_NAME, "workload"): cv.string,
            probatio.Inclusive(ATTR_REPLICAS, "workload"): whole_number,
            probatio.Optional(ATTR_NAMESPACE): cv.string,
            probatio.Optional(ATTR_REPOSITORY): cv.string,
        }
    ),
)
_NAMING = {probatio.Optional(ATTR_HASH): cv.string, probatio.Optional(ATTR_CODE): cv.string}
DECIDE_SCHEMA = probatio.Schema(_NAMING)
LIST_SCHEMA = probatio.Schema(
    {
        probatio.Optional(ATTR_STATE, default=list): probatio.All(
            cv.ensure_list, [probatio.In([state.value for state in ProposalState])]
        ),
        probatio.Optional(ATTR_REPOSITORY): cv.string,
        probatio.Optional(ATTR_LIMIT, default=20): probatio.All(whole_number, probatio.Range(min=1, max=500)),
        probatio.Optional(ATTR_HISTORY, default=False): cv.boolean,
    }
)

type _Handler = Callable[[ServiceCall, Office, Requester], Awaitable[ServiceResponse]]


@callback
def async_setup_change_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handler, schema, responds in (
        (SERVICE_PROPOSE, _async_propose, PROPOSE_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_APPROVE, _async_approve, DECIDE_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_REJECT, _async_reject, DECIDE_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_REVERT, _async_revert, DECIDE_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_LIST, _async_list, LIST_SCHEMA, SupportsResponse.ONLY),
    ):
        hass.services.async_register(DOMAIN, name, _answering(handler), schema=schema, supports_response=responds)


def _answering(handler: _Handler) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """An action's handler, with its errors in Home Assistant's words."""

    async def answer(call: ServiceCall) -> ServiceResponse:
        office = call.hass.data[HOUSEHOLD].office
        if office is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_set_up")
        requester = await async_requester(
            call.hass,
            call.context,
            Channel.SERVICE,
            in_person=is_first_hand(call.context, call.domain, call.service),
        )
        try:
            return await handler(call, office, requester)
        except HomelabError as error:
            raise translated(error, office.speech) from error

    return answer


async def _async_propose(call: ServiceCall, office: Office, requester: Requester) -> ServiceResponse:
    plan = await _async_plan(call, office)
    words = call.data.get(ATTR_TEXT) or f"{plan.operation.replace('_', ' ')}: {plan.name}"
    desk = office.desk
    proposed = await desk.propose(plan, requester, words=words, repository=call.data.get(ATTR_REPOSITORY))
    return _as_response(proposed, phrases_of(office.speech))


async def _async_approve(call: ServiceCall, office: Office, requester: Requester) -> ServiceResponse:
    return _as_response(await office.desk.approve(requester=requester, **_named(call)), phrases_of(office.speech))


async def _async_reject(call: ServiceCall, office: Office, requester: Requester) -> ServiceResponse:
    return _as_response(await office.desk.reject(requester=requester, **_named(call)), phrases_of(office.speech))


async def _async_revert(call: ServiceCall, office: Office, requester: Requester) -> ServiceResponse:
    proposed = await office.desk.propose_revert(requester, words="undo", **_named(call))
    return _as_response(proposed, phrases_of(office.speech))


async def _async_list(call: ServiceCall, office: Office, _: Requester) -> ServiceResponse:
    await office.desk.refresh()
    phrases = phrases_of(office.speech)
    states, repository = call.data[ATTR_STATE], call.data.get(ATTR_REPOSITORY)
    wanted = [
        each
        for each in reversed(office.desk.proposals)
        if (not states or each.state in states) and repository in {None, each.repository}
    ]
    changes: list[Any] = [_as_response(each, phrases) for each in wanted[: call.data[ATTR_LIMIT]]]
    if call.data[ATTR_HISTORY]:
        for shown, each in zip(changes, wanted, strict=False):
            shown[ATTR_HISTORY] = [_happened(line, phrases) for line in await office.desk.history(each)]
    return {"changes": changes}


def _named(call: ServiceCall) -> dict[str, str | None]:
    return {"hash": call.data.get(ATTR_HASH), "code": call.data.get(ATTR_CODE)}


async def _async_plan(call: ServiceCall, office: Office) -> ChangePlan:
    """What is asked for: as an object, in words, or as a number of replicas. Raises HomelabError."""
    if ATTR_PLAN in call.data:
        engine = await async_import_module(call.hass, f"{__package__}.assistant_core.gitops")
        plan: ChangePlan = engine.plan_from(call.data[ATTR_PLAN])
        return plan
    if ATTR_TEXT in call.data:
        return await office.desk.plan(call.data[ATTR_TEXT], office.speech, repository=call.data.get(ATTR_REPOSITORY))
    return SetReplicas(
        name=call.data[ATTR_NAME], replicas=call.data[ATTR_REPLICAS], namespace=call.data.get(ATTR_NAMESPACE)
    )


def _as_response(proposal: Proposal, phrases: Phrases | None) -> dict[str, Any]:
    """What an automation may want to know of a proposal; its sentences in a language (None: as they were written)."""
    target = proposal.target
    return {
        "id": proposal.id,
        "hash": proposal.hash,
        "code": proposal.code,
        "state": proposal.state.value,
        "step": proposal.step.value,
        "repository": proposal.repository,
        "operation": proposal.plan.operation,
        "kind": target.kind,
        "namespace": target.namespace,
        "name": target.name,
        "field": target.field,
        "before": target.before,
        "after": target.after,
        "diff": redact(proposal.diff),
        "risk": proposal.risk.value,
        "reasons": notes_told(proposal.reasons, phrases),
        "checks": notes_told(proposal.checks, phrases),
        "notes": notes_told(proposal.notes, phrases),
        "words": proposal.words,
        "requested_by": proposal.requested_by.name,
        "created": proposal.created.isoformat(),
        "expires": proposal.expires.isoformat(),
        "decided_by": proposal.decided_by.name if proposal.decided_by else None,
        "decided": _moment(proposal.decided),
        "updated": _moment(proposal.updated),
        "pull_request": proposal.pull_request,
        "failure": why_told(proposal.why, phrases),
    }


def _happened(line: Happened, phrases: Phrases | None) -> dict[str, Any]:
    return {
        "step": line.step.value,
        "state": line.state.value,
        "at": line.at.isoformat(),
        "by": line.by.name if line.by else None,
        "channel": line.by.channel.value if line.by else None,
        "detail": why_told(line.why, phrases),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
