"""The client of the AI hub over real sockets, when all is well."""

from copy import replace

from assistant_core.models.chat import ChatRequest, Message, Role, ToolCall, ToolSpec
from demo.faults import Fault, FaultKind
from demo.ollama_models import DEFAULT_MODELS
from demo.ollama_rules import Turn

from .conftest import MODEL, REQUEST, Ollama, words


async def test_the_status_tells_version_and_models(ollama: Ollama) -> None:
    await ollama.answer()
    status = await ollama.client().status()
    assert status.version == "0.32.15"
    assert [model.name for model in status.installed] == list(DEFAULT_MODELS)
    (loaded,) = status.loaded
    assert (loaded.name, loaded.context_length, loaded.size_vram) == (MODEL, 4096, loaded.size)


async def test_details_tell_capabilities_and_template(ollama: Ollama) -> None:
    details = await ollama.client().details(MODEL)
    assert details.capabilities == {"completion", "tools"}
    assert ".Tools" in details.template


async def test_a_chat_sends_what_was_asked_and_nothing_else(ollama: Ollama) -> None:
    call = ToolCall(id="call_1", name="findings", arguments={"cluster": "home"})
    request = ChatRequest(
        model=MODEL,
        messages=(
            Message(role=Role.SYSTEM, content="Be brief."),
            Message(role=Role.ASSISTANT, tool_calls=(call,)),
            Message(role=Role.TOOL, content="none", tool_name="findings", tool_call_id="call_1"),
        ),
        tools=(ToolSpec(name="findings", description="List them", parameters={"type": "object"}),),
        format={"type": "object"},
        context_length=8192,
        keep_alive=-1,
        temperature=0.0,
        max_tokens=100,
    )
    await ollama.answer(request)
    await ollama.answer(ChatRequest(model=MODEL, messages=(Message(role=Role.USER, content="hi"),)))
    full, bare = (chat.body for chat in ollama.simulator.chats)
    assert full == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"id": "call_1", "function": {"name": "findings", "arguments": {"cluster": "home"}}},
                ],
            },
            {"role": "tool", "content": "none", "tool_name": "findings", "tool_call_id": "call_1"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "findings", "description": "List them", "parameters": {"type": "object"}},
            },
        ],
        "format": {"type": "object"},
        "keep_alive": -1,
        "options": {"num_ctx": 8192, "temperature": 0.0, "num_predict": 100},
        "stream": True,
    }
    assert bare == {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "stream": True}


async def test_an_image_goes_along_with_the_words(ollama: Ollama) -> None:
    await ollama.answer(replace(REQUEST, messages=(Message(role=Role.USER, content="What is it?", images=(b"PNG",)),)))
    (chat,) = ollama.simulator.chats
    assert chat.body["messages"] == [{"role": "user", "content": "What is it?", "images": ["UE5H"]}]


async def test_an_answer_comes_piece_by_piece(ollama: Ollama) -> None:
    ollama.simulator.script(
        Turn(
            thinking=("Hm.",),
            content=("Good ", "evening <b>& more</b>."),
            tool_calls=(
                {"name": "findings", "arguments": {"a": [1]}},
                {"id": "call_2", "name": "gpu", "arguments": {}},
            ),
        )
    )
    thought, first, second, third, fourth, last = await ollama.answer()
    assert thought.thinking == "Hm."
    assert words([thought, first, second]) == "Good evening <b>& more</b>."
    assert (third.tool_calls[0].name, third.tool_calls[0].arguments) == ("findings", {"a": [1]})
    assert third.tool_calls[0].id
    assert fourth.tool_calls == (ToolCall(id="call_2", name="gpu", arguments={}),)
    assert last.done_reason == "stop"
    assert last.stats
    assert last.stats.answer_tokens == 5


async def test_a_server_without_models_is_well(ollama: Ollama) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.STATUS, path="/api/(tags|ps)", status=200, body='{"models":null}'))
    status = await ollama.client().status()
    assert status.installed == status.loaded == ()
