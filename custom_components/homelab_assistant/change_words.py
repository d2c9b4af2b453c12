"""A change as automations, the logbook and notifications see it."""

from typing import Any

from .assistant_core.models.change import Proposal
from .assistant_core.speech import Phrases


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
