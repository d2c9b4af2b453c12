"""Notifications on the administrators' phones, and what they press there.

An action carries the hash of its change, so a yes is for exactly what was shown. Whoever presses acts with the rights
they have then.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
import probatio

from .assistant_core.errors import HomelabError
from .assistant_core.logs import EventLog
from .assistant_core.models.change import Channel, Proposal
from .assistant_core.speech import Phrases
from .const import DOMAIN
from .household import HOUSEHOLD
from .requester import async_requester, is_first_hand_event

_EVENTS = EventLog(__name__)

EVENT_ACTION = "mobile_app_notification_action"
APPROVE = "HOMELAB_APPROVE"
REJECT = "HOMELAB_REJECT"
PANEL = "/homelab"
_CLEAR = "clear_notification"


@callback
def async_listen_to_phones(hass: HomeAssistant) -> None:
    """Decide what people press in our notifications."""

    def answer(proposal_hash: str, message: str) -> None:
        persistent_notification.async_create(hass, message, notification_id=f"{DOMAIN}_{proposal_hash}")

    async def pressed(event: Event[dict[str, Any]]) -> None:
        what, _, proposal_hash = str(event.data.get("action", "")).partition(":")
        if what not in {APPROVE, REJECT} or not proposal_hash:
            return
        office = hass.data[HOUSEHOLD].office
        if office is None:
            texts = await async_get_translations(hass, hass.config.language, "exceptions", {DOMAIN})
            answer(proposal_hash, texts[f"component.{DOMAIN}.exceptions.nothing_set_up.message"])
            return
        in_person = is_first_hand_event(event)
        who = await async_requester(hass, event.context, Channel.NOTIFICATION, in_person=in_person)
        decide = office.desk.approve if what == APPROVE else office.desk.reject
        try:
            await decide(requester=who, hash=proposal_hash)
        except HomelabError as error:
            answer(proposal_hash, office.speech[0].phrases.say_error(error))

    hass.bus.async_listen(EVENT_ACTION, pressed)


async def async_ask_phones(
    hass: HomeAssistant, targets: Iterable[str], proposal: Proposal, phrases: Phrases, *, quiet: bool
) -> None:
    """Ask the administrators about a change; on this machine's own pages when no phone is known."""
    title, message = phrases.say("notice_waits"), phrases.say_read_back(proposal)
    actions = [
        {
            "action": f"{APPROVE}:{proposal.hash}",
            "title": phrases.say("notice_approve"),
            "authenticationRequired": True,
        },
        {"action": "URI", "title": phrases.say("notice_show"), "uri": PANEL},
        {"action": f"{REJECT}:{proposal.hash}", "title": phrases.say("notice_reject"), "destructive": True},
    ]
    data = {"actions": actions, "clickAction": PANEL, "url": PANEL, **_data(proposal, quiet=quiet)}
    sent = [await _async_notify(hass, each, message, title=title, data=data) for each in targets]
    if not any(sent):
        persistent_notification.async_create(hass, message, title=title, notification_id=f"{DOMAIN}_{proposal.id}")


async def async_tell_phones(
    hass: HomeAssistant, targets: Iterable[str], proposal: Proposal, message: str, *, quiet: bool
) -> None:
    """Tell the administrators what became of a change, in place of what they were told before."""
    for each in targets:
        await _async_notify(hass, each, message, title=proposal.target.name, data=_data(proposal, quiet=quiet))


async def async_clear_phones(hass: HomeAssistant, targets: Iterable[str], proposal: Proposal) -> None:
    """Take the question away that nobody has to answer any more."""
    for each in targets:
        await _async_notify(hass, each, _CLEAR, data=_data(proposal, quiet=True))
    persistent_notification.async_dismiss(hass, f"{DOMAIN}_{proposal.id}")


def _data(proposal: Proposal, *, quiet: bool) -> dict[str, Any]:
    silent = {"push": {"interruption-level": "passive"}, "importance": "low"} if quiet else {}
    return {"tag": f"{DOMAIN}_{proposal.id}", **silent}


async def _async_notify(hass: HomeAssistant, action: str, message: str, **data: Any) -> bool:
    domain, _, service = action.partition(".")
    return await async_try(hass, domain, service, {"message": message, **data})


async def async_try(hass: HomeAssistant, domain: str, service: str, data: Mapping[str, Any]) -> bool:
    """Call an action that tells people something; whether that worked."""
    try:
        await hass.services.async_call(domain, service, dict(data), blocking=True)
    except (HomeAssistantError, probatio.Invalid) as error:
        _EVENTS.warning("notice-not-sent", "%s.%s did not reach anybody: %s", domain, service, error)
        return False
    return True
