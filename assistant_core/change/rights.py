"""Who may say yes, where, and to what.

    who                      voice            text    service  button, notification, panel, WebSocket, repairs
    an administrator         yes              yes     yes      yes, by the hash
    anybody else with a name no               no      no       no
    nobody (a satellite)     asks the admins  -       -        -
    nobody (an automation)   -                no      no       no
    a script or a model      -                -       no       no

A satellite that the household trusts approves by itself what is of low risk, when the code is spoken to the same
satellite soon after it was read out there. A deleted or deactivated person is no administrator, whatever we remember.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import override

from ..models.change import Channel, Proposal, Requester, Risk
from ..ports import Rights
from .refusals import hash_missing, not_allowed, unnamed

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far the clock may step back before a proposal from the future is no longer believed."""

SPOKEN = timedelta(seconds=120)
"""How long after the read-back a spoken code counts on a trusted satellite."""

BY_HASH = frozenset((Channel.BUTTON, Channel.NOTIFICATION, Channel.PANEL, Channel.WEBSOCKET, Channel.REPAIRS))
"""Channels that show one change and must say which."""


class Power(Enum):
    """What a yes of somebody is worth."""

    NONE = "none"
    ARMS = "arms"
    APPROVES = "approves"


class AtTheirWord(Rights):
    """For a host without people: what the requester says of itself holds, and no satellite is trusted."""

    @override
    async def is_admin(self, requester: Requester) -> bool:
        return is_admin(requester)

    @override
    def is_trusted(self, device_id: str) -> bool:
        return False

    @override
    def closed_by(self, repository: str) -> None:
        return None


def is_admin(who: Requester) -> bool:
    """Whether it is a person who administers; whoever has the command line is one."""
    return (
        who.is_admin
        and who.is_active
        and who.in_person
        and (who.user_id is not None or who.channel is Channel.COMMAND_LINE)
    )


def power(who: Requester) -> Power:
    """What a yes of somebody is worth, whatever it is about."""
    if is_admin(who):
        return Power.APPROVES
    return Power.ARMS if _is_satellite(who) else Power.NONE


def is_allowed(proposal: Proposal, who: Requester, at: datetime, *, trusted: bool) -> bool:
    """Whether a yes of somebody to this proposal counts; `trusted`: the household lets the satellite approve."""
    return is_admin(who) or (trusted and _is_spoken_back(proposal, who, at))


def authorise(
    proposal: Proposal, who: Requester, at: datetime, *, by_hash: bool, by_code: bool, trusted: bool
) -> Power:
    """What this yes to this proposal is worth; `by_*` is how the proposal was named. Raises ApprovalRefused."""
    match power(who):
        case Power.APPROVES:
            if who.channel in BY_HASH and not by_hash:
                raise hash_missing()
            if not (by_hash or by_code) and not _was_asked(proposal, who):
                raise unnamed(proposal)
            return Power.APPROVES
        case Power.ARMS:
            return Power.APPROVES if by_code and is_allowed(proposal, who, at, trusted=trusted) else Power.ARMS
        case Power.NONE:
            raise not_allowed(who)


def in_time(proposal: Proposal, now: datetime) -> bool:
    """Whether a yes still counts; a clock that jumped back is not trusted."""
    return proposal.created - CLOCK_TOLERANCE <= now < proposal.expires


def _is_satellite(who: Requester) -> bool:
    return who.user_id is None and who.device_id is not None and who.channel is Channel.VOICE


def _is_spoken_back(proposal: Proposal, who: Requester, at: datetime) -> bool:
    """Whether what was asked for at a satellite is confirmed there and then, and may be."""
    asked = proposal.requested_by
    return (
        proposal.risk is Risk.LOW
        and _is_satellite(who)
        and asked.channel is Channel.VOICE
        and asked.device_id == who.device_id
        and timedelta(0) <= at - proposal.created <= SPOKEN
    )


def _was_asked(proposal: Proposal, who: Requester) -> bool:
    """Whether the proposal was read back to the one who answers."""
    asked = proposal.requested_by
    if who.channel is Channel.COMMAND_LINE:
        return asked.channel is Channel.COMMAND_LINE and asked.name == who.name
    same_person = asked.user_id is not None and asked.user_id == who.user_id
    return same_person or (asked.device_id is not None and asked.device_id == who.device_id)
