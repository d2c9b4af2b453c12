"""WebSocket commands of the panel: three feeds, decisions about changes and findings, and a turn in writing.

Whoever may log in may look, ask and propose; only an administrator decides and silences.
"""

from asyncio import Task
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_HOME_ASSISTANT_ERROR, AsyncWebSocketCommandHandler
from homeassistant.components.websocket_api.decorators import async_response, require_admin, websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from . import panel_views as views
from .asking import Asking, async_agent
from .assistant_core.errors import HomelabError
from .assistant_core.logs import EventLog
from .assistant_core.models.change import Channel, Proposal, Requester
from .assistant_core.models.episode import SilenceKind
from .assistant_core.models.finding import Finding, FindingState
from .assistant_core.speech import Phrases, Speech
from .change_words import phrases_of
from .const import DOMAIN
from .data import ClusterData
from .errors import translated
from .household import HOUSEHOLD
from .office import Office
from .panel_feed import Feed
from .requester import async_requester

if TYPE_CHECKING:
    from .assistant_core.cluster import ClusterWatch

_EVENTS = EventLog(__name__)

LONGEST_SNOOZE = 24 * 90  # hours
LONGEST_TEXT = 2000  # characters
LANGUAGE: dict[str | probatio.Marker, Any] = {probatio.Optional("language"): cv.string}

type Message = dict[str, Any]
type Handler = Callable[[HomeAssistant, ActiveConnection, Message], Coroutine[Any, Any, Any]]


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (
        overview,
        findings,
        changes,
        show_change,
        approve,
        reject,
        revert,
        snooze,
        dismiss,
        wake,
        ask,
    ):
        websocket_api.async_register_command(hass, command)


def answering(handler: Handler) -> AsyncWebSocketCommandHandler:
    """Send what a handler returns, or why it refused, in the language that the command names.

    A refusal is an answer; raised, it would stand in Home Assistant's log as an error.
    """

    @wraps(handler)
    async def answer(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
        try:
            result = await handler(hass, connection, message)
        except HomelabError as error:
            _refuse(connection, message, translated(error, _speech(hass, message.get("language"))))
        except ServiceValidationError as error:
            _refuse(connection, message, error)
        else:
            connection.send_result(message["id"], result)

    return answer


def _refuse(connection: ActiveConnection, message: Message, error: HomeAssistantError) -> None:
    connection.send_error(
        message["id"],
        ERR_HOME_ASSISTANT_ERROR,
        str(error),
        translation_domain=error.translation_domain,
        translation_key=error.translation_key,
        translation_placeholders=error.translation_placeholders,
    )


@callback
@websocket_command({probatio.Required("type"): f"{DOMAIN}/overview/subscribe"})
def overview(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    """What every service last said, by its entry's id."""

    def read() -> Mapping[str, dict[str, Any]]:
        return {
            entry.entry_id: views.service(entry)
            for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        }

    Feed(hass, connection, message["id"], read=read, show=lambda service: service).async_start()


@callback
@websocket_command({probatio.Required("type"): f"{DOMAIN}/findings/subscribe"})
def findings(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    """Every finding by its id, those that nobody wants to hear of too."""

    def read() -> Mapping[str, tuple[Finding, datetime | None]]:
        found: dict[str, tuple[Finding, datetime | None]] = {}
        for watch in _watches(hass):
            until = {each.about: each.until for each in watch.silences if each.kind is SilenceKind.SNOOZE}
            found |= {each.id: (each, until.get(each.id)) for each in (*watch.findings, *watch.silenced)}
        return found

    Feed(hass, connection, message["id"], read=read, show=lambda known: views.finding(*known)).async_start()


@callback
@websocket_command({probatio.Required("type"): f"{DOMAIN}/changes/subscribe", **LANGUAGE})
def changes(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    """Every proposal by its id, told in the language that the command names."""

    def read() -> Mapping[str, Proposal]:
        office = hass.data[HOUSEHOLD].office
        return {proposal.id: proposal for proposal in office.desk.proposals} if office else {}

    def show(proposal: Proposal) -> dict[str, Any]:
        return views.change(proposal, _phrases(hass, message))

    Feed(hass, connection, message["id"], read=read, show=show).async_start()


@websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/changes/show", probatio.Required("change"): cv.string, **LANGUAGE}
)
@async_response
@answering
async def show_change(hass: HomeAssistant, _: ActiveConnection, message: Message) -> dict[str, Any]:
    """The diff and the history of a change."""
    desk = _office(hass).desk
    proposal = next((each for each in desk.proposals if each.id == message["change"]), None)
    if proposal is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_change")
    return views.details(proposal, await desk.history(proposal), _phrases(hass, message))


@websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/changes/approve", probatio.Required("hash"): cv.string, **LANGUAGE}
)
@require_admin
@async_response
@answering
async def approve(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> dict[str, Any]:
    """Open the pull request of exactly the change with this hash."""
    requester = await _async_requester(hass, connection, message)
    approved = await _office(hass).desk.approve(requester=requester, hash=message["hash"])
    return views.change(approved, _phrases(hass, message))


@websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/changes/reject", probatio.Required("hash"): cv.string, **LANGUAGE}
)
@require_admin
@async_response
@answering
async def reject(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> dict[str, Any]:
    """Drop a change."""
    requester = await _async_requester(hass, connection, message)
    rejected = await _office(hass).desk.reject(requester=requester, hash=message["hash"])
    return views.change(rejected, _phrases(hass, message))


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/changes/revert",
        probatio.Required("hash"): cv.string,
        probatio.Required("words"): cv.string,
        **LANGUAGE,
    }
)
@async_response
@answering
async def revert(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> dict[str, Any]:
    """Propose to undo a merged change; that waits for a yes like any other."""
    requester = await _async_requester(hass, connection, message)
    desk = _office(hass).desk
    proposed = await desk.propose_revert(requester, hash=message["hash"], words=message["words"])
    return views.change(proposed, _phrases(hass, message))


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/findings/snooze",
        probatio.Required("finding"): cv.string,
        probatio.Required("hours"): probatio.All(probatio.Coerce(float), probatio.Range(min=0.1, max=LONGEST_SNOOZE)),
    }
)
@require_admin
@async_response
@answering
async def snooze(hass: HomeAssistant, _: ActiveConnection, message: Message) -> None:
    """Do not speak of a finding for so many hours."""
    watch = _known(hass, message["finding"])[1]
    await watch.snooze(message["finding"], dt_util.utcnow() + timedelta(hours=message["hours"]))


@websocket_command({probatio.Required("type"): f"{DOMAIN}/findings/dismiss", probatio.Required("finding"): cv.string})
@require_admin
@async_response
@answering
async def dismiss(hass: HomeAssistant, _: ActiveConnection, message: Message) -> None:
    """A finding is not a problem."""
    watch = _known(hass, message["finding"])[1]
    await watch.dismiss(message["finding"])


@websocket_command({probatio.Required("type"): f"{DOMAIN}/findings/wake", probatio.Required("finding"): cv.string})
@require_admin
@async_response
@answering
async def wake(hass: HomeAssistant, _: ActiveConnection, message: Message) -> None:
    """Speak of a finding again."""
    finding, watch = _known(hass, message["finding"])
    kind, about = {
        FindingState.DISMISSED: (SilenceKind.DISMISSAL, finding.id),
        FindingState.MUTED: (SilenceKind.MUTE, finding.namespace or ""),
    }.get(finding.state, (SilenceKind.SNOOZE, finding.id))
    await watch.unsilence(kind, about)


@callback
@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/ask",
        probatio.Required("text"): probatio.All(cv.string, probatio.Length(min=1, max=LONGEST_TEXT)),
        **LANGUAGE,
        probatio.Optional("conversation_id"): cv.string,
    }
)
def ask(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> None:
    """Say something to the agent; ending the subscription stops the model."""
    agent = async_agent(hass)
    if agent is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_hub")
    asking = Asking(hass, agent, lambda event: connection.send_event(message["id"], event))
    turn = asking.async_turn(
        message["text"],
        connection.context(message),
        language=message.get("language"),
        conversation_id=message.get("conversation_id"),
    )
    connection.send_result(message["id"])
    task = hass.async_create_background_task(turn, f"{DOMAIN} ask")
    connection.subscriptions[message["id"]] = task.cancel

    @callback
    def ended(task: Task[None]) -> None:
        if not task.cancelled() and (defect := task.exception()):
            _EVENTS.error("ask-defect", "What was asked in the panel was not answered", defect=defect)
            connection.send_event(message["id"], {"text": "", "failed": True})

    task.add_done_callback(ended)


def _async_requester(hass: HomeAssistant, connection: ActiveConnection, message: Message) -> Awaitable[Requester]:
    return async_requester(hass, connection.context(message), Channel.PANEL)


def _speech(hass: HomeAssistant, language: str | None) -> list[Speech]:
    """What we speak, the language of the person first, then Home Assistant's."""
    office = hass.data[HOUSEHOLD].office
    family = (language or "").partition("-")[0]
    return sorted(office.speech if office else (), key=lambda speech: speech.language != family)


def _phrases(hass: HomeAssistant, message: Message) -> Phrases | None:
    """The sentences of the language that a command names."""
    return phrases_of(_speech(hass, message.get("language")))


def _office(hass: HomeAssistant) -> Office:
    office = hass.data[HOUSEHOLD].office
    if office is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_set_up")
    return office


def _watches(hass: HomeAssistant) -> list[ClusterWatch]:
    return [
        entry.runtime_data.cluster.watch
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if isinstance(entry.runtime_data, ClusterData)
    ]


def _known(hass: HomeAssistant, finding_id: str) -> tuple[Finding, ClusterWatch]:
    for watch in _watches(hass):
        for finding in (*watch.findings, *watch.silenced):
            if finding.id == finding_id:
                return finding, watch
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_finding")
