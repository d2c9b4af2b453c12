"""How a command ends: for people a word, for scripts a number."""

from enum import IntEnum, StrEnum

from ..errors import (
    AmbiguousWorkload,
    ApprovalRefused,
    EditRefused,
    HomelabError,
    Incomplete,
    InputInvalid,
    PolicyRefused,
    Unchanged,
    UnknownWorkload,
)


class Exit(IntEnum):
    """How a command ended, for scripts."""

    DONE = 0
    CLARIFY = 3  # something was left open, and is asked back
    REFUSED = 4  # what was asked for cannot be, or must not be
    FAILED = 5


class Outcome(StrEnum):
    """How planning ended."""

    PROPOSED = "proposed"
    UNCHANGED = "unchanged"
    CLARIFY = "clarify"
    REFUSED = "refused"
    FAILED = "failed"


EXITS = {
    Outcome.PROPOSED: Exit.DONE,
    Outcome.UNCHANGED: Exit.DONE,
    Outcome.CLARIFY: Exit.CLARIFY,
    Outcome.REFUSED: Exit.REFUSED,
    Outcome.FAILED: Exit.FAILED,
}


def outcome_of(error: HomelabError) -> Outcome:
    """Whether an error is a question, a refusal or a failure: what an answer would help is a question."""
    match error:
        case Unchanged():
            return Outcome.UNCHANGED
        case Incomplete() | AmbiguousWorkload():
            return Outcome.CLARIFY
        case UnknownWorkload() if error.candidates:
            return Outcome.CLARIFY
        case InputInvalid() | EditRefused() | PolicyRefused() | ApprovalRefused():
            return Outcome.REFUSED
        case _:
            return Outcome.FAILED
