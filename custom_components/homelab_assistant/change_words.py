"""A change as automations, the logbook and notifications see it."""

from collections.abc import Iterable, Sequence
from typing import Any

from .assistant_core.models.change import Proposal
from .assistant_core.models.reasons import Reason
from .assistant_core.speech import Phrases, Speech


def phrases_of(speech: Sequence[Speech]) -> Phrases | None:
    """The sentences of the first language; None for English, which the engine writes itself."""
    return speech[0].phrases if speech and speech[0].language != "en" else None


def why_told(why: Reason | None, phrases: Phrases | None) -> str | None:
    """Why a change went on as it did, in a language (None: as it was written)."""
    if why is None:
        return None
    return phrases.say_reason(why) if phrases else why.sentence


def notes_told(notes: Iterable[Reason], phrases: Phrases | None) -> list[str]:
    """The reasons of a risk, warnings or notes, in a language (None: as they were written)."""
    return [phrases.say_note(each) if phrases else each.sentence for each in notes]


def change_data(proposal: Proposal, phrases: Phrases) -> dict[str, Any]:
    """What there is to tell of what happened to a change last; `change` and `message` are for people."""
    last = proposal.last
    return {
        "code": proposal.code,
        "hash": proposal.hash,
        "namespace": proposal.target.namespace,
        "name": proposal.target.name,
        "change": phrases.say_change(proposal.target, proposal.plan).rstrip("."),
        "message": phrases.say_happened(proposal, last),
        "by": last.by.name if last.by else None,
        "channel": last.by.channel.value if last.by else None,
        "pull_request": proposal.pull_request,
    }
