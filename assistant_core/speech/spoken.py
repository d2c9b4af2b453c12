"""What a person can ask in fixed sentences, as data."""

from dataclasses import dataclass
from enum import Enum

from ..models.wish import Wish
from .periods import Period


class Ask(Enum):
    """A question that needs no further words, by its intent in the sentence files."""

    STATUS = "AskStatus"  # how is everything?
    FINDINGS = "AskFindings"  # what is wrong in the cluster?
    GPU = "AskGpu"  # how is the graphics card?
    MODELS = "AskModels"  # which models are in memory?
    APPLICATIONS = "AskApplications"  # is everything in sync?
    NODES = "AskNodes"  # how many nodes are ready?
    PROPOSALS = "AskProposals"  # which changes wait for a yes?


@dataclass(frozen=True, slots=True, kw_only=True)
class AskChanges:
    """What changed lately? `count` is of the minutes, hours or days."""

    period: Period = Period.YESTERDAY
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHistory:
    """What became of the last change, to `name` if that is said?"""

    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take the last merged change back, to `name` if that is said."""

    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Run `name` with `replicas` pods; None when `amount`, the words for it, is no whole number."""

    name: str
    namespace: str | None
    amount: str
    replicas: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Yes to the proposal of this code, or to the only one that waits."""

    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """No to the proposal of this code, or to the only one that waits."""

    code: str | None = None


@dataclass(frozen=True, slots=True)
class Agree:
    """A bare yes: it may be meant for anything, so it approves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """More than one change at once; `candidates` are sentences that ask for one each."""

    candidates: tuple[str, ...]


type Spoken = Ask | AskChanges | AskHistory | Undo | Scale | Wish | Several | Confirm | Cancel | Agree
