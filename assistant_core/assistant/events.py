"""What goes into a turn and what comes out of it."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from ..models.change import ChangePlan, Requester
from ..models.chat import ChatStats, Message
from ..models.wish import Wish


class Question(NamedTuple):
    """What the assistant asked back: which of `candidates` ("namespace/name") the `plan` is for.

    `words` are those that asked for the change, `slot` is where the answer belongs: "name", "container" or "volume".
    """

    plan: ChangePlan | Wish
    candidates: tuple[str, ...]
    words: str
    slot: str = "name"


class Utterance(NamedTuple):
    """What somebody said, in which language ("en", "en-GB"), and where: `area` and `satellite` are names.

    `history` and `question` are from the turns before it in the same conversation: all `Finished.messages`, and the
    last `Finished.question`.
    """

    text: str
    requester: Requester
    language: str = "en"
    area: str | None = None
    satellite: str | None = None
    history: tuple[Message, ...] = ()
    question: Question | None = None


class TextDelta(NamedTuple):
    """A piece of the answer, fit to be spoken and to be shown."""

    text: str


class ToolUsed(NamedTuple):
    """The model used a tool, or tried to; `result` is what it was told."""

    name: str
    arguments: Mapping[str, Any]
    result: str | Mapping[str, Any]


class ContextUse(NamedTuple):
    """How much of the model's context a turn took, in tokens, and what found no room in it.

    `dropped_rounds` are the oldest of the conversation, `things_left_out` things of the house that the words spoke of.
    """

    used: int
    length: int
    dropped_rounds: int = 0
    things_left_out: int = 0


class Finished(NamedTuple):
    """The last event of every turn.

    `answered_by` is "nobody" when the model failed before it said anything. `continue_conversation`: the answer asks
    for something, so keep listening. `messages` continue the history, and `question` goes with the next utterance.
    `stats` are of the last model request.
    """

    answered_by: Literal["sentence", "model", "nobody"]
    continue_conversation: bool
    messages: tuple[Message, ...]
    question: Question | None = None
    stats: ChatStats | None = None
    context: ContextUse | None = None


type TurnEvent = TextDelta | ToolUsed | Finished
