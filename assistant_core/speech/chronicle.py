"""What happened to a change, in the words of one language: who did what, how and when."""

from collections.abc import Iterable

from ..models.change import Channel, Happened, Requester, Step
from .reasons import reason_told
from .text import plain
from .wording import Wording

NAME_LENGTH = 80
DETAIL_LENGTH = 200
_UNTOLD = (Step.OPENING, Step.STALLED)
"""Steps on the way to another one, which says it."""


def happened(wording: Wording, line: Happened, request: str) -> str:
    """One line of a history as a clause, such as "approved by Anna by phone"; `request` is its pull request."""
    detail = plain(reason_told(line.why, wording), DETAIL_LENGTH).rstrip(".") if line.why else ""
    said = wording.fill(f"happened.{line.step.value}", request=request, **_who(wording, line.by))
    return wording.fill("happened.why", said=said, detail=detail) if detail else said


def chronicle(wording: Wording, lines: Iterable[Happened], request: str) -> str:
    """A whole history as one clause; a pause of the forge is told only when it lasts."""
    known = list(lines)
    told = [line for line in known if line.step not in _UNTOLD or line is known[-1]]
    return "; ".join(f"{happened(wording, line, request)} {wording.at(line.at)}" for line in told)


def _who(wording: Wording, by: Requester | None) -> dict[str, str]:
    if by is None:
        return {"who": wording.fill("somebody.unknown"), "how": ""}
    nobody = "satellite" if by.channel is Channel.VOICE else "automation"
    who = plain(by.name, NAME_LENGTH) if by.name else wording.fill(f"somebody.{nobody}")
    return {"who": who, "how": wording.fill(f"how.{by.channel.value}")}
