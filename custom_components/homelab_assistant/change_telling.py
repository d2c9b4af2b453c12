"""Tells people what becomes of a change: where it was asked for, on the administrators' phones, and on the bus."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .assistant_core.models.change import Channel, Proposal, ProposalState, Step
from .change_notices import async_ask_phones, async_clear_phones, async_tell_phones, async_try
from .change_options import SATELLITE
from .change_words import change_data
from .const import DOMAIN, EVENT_CHANGE
from .data import HomelabConfigEntry, RepositoryData

_ANSWERED = timedelta(seconds=15)
"""Whoever said yes is answered within it, and need not be told again."""

_TOLD = (
    Step.OPENED,
    Step.UNCHANGED,
    Step.BLOCKED,
    Step.FAILED,
    Step.CHECKS_FAILED,
    Step.CHANGES_REQUESTED,
    Step.CONFLICT,
    Step.MERGED,
    Step.CLOSED,
    Step.REOPENED,
    Step.HEALTHY,
    Step.DEGRADED,
    Step.LAPSED,
)


@callback
def async_tell(hass: HomeAssistant, entry: HomelabConfigEntry, data: RepositoryData) -> CALLBACK_TYPE:
    """Tell what becomes of the changes of a repository; returns what ends it."""
    teller = _Teller(hass, entry, data)
    return data.office.desk.subscribe(teller.follow)


class _Teller:
    def __init__(self, hass: HomeAssistant, entry: HomelabConfigEntry, data: RepositoryData) -> None:
        self._hass = hass
        self._entry = entry
        self._repository = data.repository.repository
        self._office = data.office
        self._phrases = data.office.speech[0].phrases

    @callback
    def follow(self, proposal: Proposal) -> None:
        if proposal.repository != self._repository or proposal.step is Step.OPENING:
            return
        self._fire(proposal)
        options = self._office.rules.of(self._repository)
        quiet = options.is_quiet(dt_util.now().time())
        told: list[Coroutine[Any, Any, None]] = []
        if proposal.step is Step.ARMED:
            told.append(async_ask_phones(self._hass, options.notify, proposal, self._phrases, quiet=quiet))
        elif _is_news(proposal) and not _is_known(proposal):
            message = self._message(proposal)
            if options.notify:
                told.append(async_tell_phones(self._hass, options.notify, proposal, message, quiet=quiet))
            told.append(self._tell_where_it_was_asked(proposal, message, quiet=quiet))
        elif proposal.armed_by is not None and proposal.state is not ProposalState.AWAITING:
            told.append(async_clear_phones(self._hass, options.notify, proposal))
        for work in told:
            self._entry.async_create_background_task(self._hass, work, f"{DOMAIN} tell {proposal.code}")

    def _fire(self, proposal: Proposal) -> None:
        """For automations and the logbook."""
        registry = er.async_get(self._hass)
        entity_id = registry.async_get_entity_id(EVENT_DOMAIN, DOMAIN, f"{self._entry.entry_id}_change")
        about = {ATTR_ENTITY_ID: entity_id, "repository": self._repository, "event_type": proposal.step.value}
        self._hass.bus.async_fire(EVENT_CHANGE, about | change_data(proposal, self._phrases))

    def _message(self, proposal: Proposal) -> str:
        told = self._phrases.say_step(proposal)
        if proposal.step is Step.DEGRADED:
            return f"{told} {self._phrases.say('offer_undo')}"
        return told

    async def _tell_where_it_was_asked(self, proposal: Proposal, message: str, *, quiet: bool) -> None:
        asked = proposal.requested_by
        place = asked.device_id or ""
        if asked.channel is Channel.VOICE and place.startswith(f"{SATELLITE}.") and not quiet:
            data = {ATTR_ENTITY_ID: place, "message": message}
            if await async_try(self._hass, SATELLITE, "announce", data):
                return
        persistent_notification.async_create(
            self._hass, message, title=proposal.target.name, notification_id=f"{DOMAIN}_{proposal.id}"
        )


def _is_news(proposal: Proposal) -> bool:
    """Whether people want to hear of it: of a pull request that has to wait once, not at every try."""
    if proposal.step is Step.STALLED:
        return proposal.state is not ProposalState.OPEN and proposal.retry is not None and proposal.retry.count == 1
    return proposal.step in _TOLD


def _is_known(proposal: Proposal) -> bool:
    """Whether it was the answer to a yes that came from where the change was asked for."""
    by, asked = proposal.decided_by, proposal.requested_by
    if by is None or proposal.decided is None or proposal.updated is None:
        return False
    here = (by.channel, by.device_id, by.user_id) == (asked.channel, asked.device_id, asked.user_id)
    decided_now = proposal.updated - proposal.decided < _ANSWERED
    return here and decided_now and proposal.step in {Step.OPENED, Step.STALLED, Step.BLOCKED, Step.FAILED}
