"""A turn of the core as Home Assistant's chat log wants it: streamed, with every tool that was used."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator

from homeassistant.components import conversation
from homeassistant.helpers import llm

from .assistant_core.assistant import Finished, Question, TextDelta, ToolUsed, TurnEvent
from .assistant_core.models.chat import Message, Role

type Delta = conversation.AssistantContentDeltaDict | conversation.ToolResultContentDeltaDict


class Recorder:
    """Records one turn; `said` is all that was said in it, `finished` its last event."""

    def __init__(self) -> None:
        self.said = ""
        self.finished: Finished | None = None

    async def deltas(self, events: AsyncIterator[TurnEvent]) -> AsyncGenerator[Delta]:
        """The events as deltas. Our tools have run already, so they are external to the chat log."""
        speaking = False
        async for event in events:
            if not speaking:
                yield {"role": "assistant"}
            speaking = not isinstance(event, ToolUsed)
            match event:
                case TextDelta(text):
                    self.said += text
                    yield {"content": text}
                case ToolUsed():
                    used = llm.ToolInput(tool_name=event.name, tool_args=dict(event.arguments), external=True)
                    yield {"tool_calls": [used]}
                    yield {
                        "role": "tool_result",
                        "tool_call_id": used.id,
                        "tool_name": used.tool_name,
                        "result": _result(event),
                    }
                case Finished():
                    self.finished = event
                    yield {"native": event}


def _result(event: ToolUsed) -> llm.ToolResult:
    match event.result:
        case dict() as data:
            return llm.ToolResult(data=data, error="error" in data)
        case text:
            return llm.ToolResult(data={"result": str(text)})


def history(chat_log: conversation.ChatLog, agent_id: str) -> Iterator[Message]:
    """The earlier turns of a conversation: ours with the tools they used, what others answered as text."""
    asked = ""
    for content in chat_log.content:
        match content:
            case conversation.UserContent():
                asked = content.content
            case conversation.AssistantContent(native=Finished(messages=messages)) if content.agent_id == agent_id:
                yield from messages
            case conversation.AssistantContent(content=str(said)) if content.agent_id != agent_id:
                yield Message(role=Role.USER, content=asked)
                yield Message(role=Role.ASSISTANT, content=said)


def open_question(chat_log: conversation.ChatLog, agent_id: str) -> Question | None:
    """What we asked back in the turn before, if nobody else has answered since."""
    answers = (content for content in reversed(chat_log.content) if isinstance(content, conversation.AssistantContent))
    last = next(answers, None)
    if last is None or last.agent_id != agent_id or not isinstance(last.native, Finished):
        return None
    return last.native.question
