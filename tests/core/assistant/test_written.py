"""What small models write where a tool call belongs: executed or dropped, and never spoken."""

from collections.abc import Mapping
from typing import Any, override

import pytest

from assistant_core.models.chat import ChatDelta, ToolCall, ToolSpec
from assistant_core.ports import ToolBox

type Stage = Any

QUESTION = "Make it a little brighter around the stove"
ARGUMENTS = '{"name": "kitchen light"}'
CALL = f'{{"name": "HassTurnOn", "arguments": {ARGUMENTS}}}'
SIZES = (1, 4, 1000)  # characters of a piece


class Lamps(ToolBox):
    def __init__(self) -> None:
        self.calls: list[Mapping[str, Any]] = []

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
        return (ToolSpec(name="HassTurnOn", description="Turn on a device.", parameters=schema),)

    @override
    async def call(self, call: ToolCall) -> str | Mapping[str, Any]:
        self.calls.append(call.arguments)
        return "on"


async def said(stage: Stage, written: str, size: int, lamps: Lamps) -> str:
    pieces = [ChatDelta(content=written[at : at + size]) for at in range(0, len(written), size)]
    stage.model.says(pieces, [ChatDelta(content="It is lit.")])
    heard: str = (await stage.say(QUESTION, tools=[lamps])).text
    return heard


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "written",
    [
        f"```tool_call\n{CALL}\n```",
        f"~~~json\n{CALL}\n~~~",
        '```python\nprint(HassTurnOn(name="kitchen light"))\n```',
        '```tool_code\nprint(default_api.HassTurnOn(name="kitchen light"))\n```',
        f"<tool_call>{CALL}",
        f"<TOOL_CALL>{CALL}</TOOL_CALL>",
        f"<|tool_call|>{CALL}<|/tool_call|>",
        f"<functioncall> {CALL} </functioncall>",
        '<|tool_call_start|>[HassTurnOn(name="kitchen light")]<|tool_call_end|>',
        '<|python_tag|>HassTurnOn.call(name="kitchen light")',
        "<function=HassTurnOn><parameter=name>kitchen light</parameter></function>",
        "<tool_call>\n<function=HassTurnOn>\n<parameter=name>\nkitchen light\n</parameter>\n</function>\n</tool_call>",
        f'<function name="HassTurnOn">{ARGUMENTS}</function>',
        '<invoke name="HassTurnOn"><parameter name="name">kitchen light</parameter></invoke>',
        f"[TOOL_CALLS]HassTurnOn[ARGS]{ARGUMENTS}",
        f"[TOOL_REQUEST]{CALL}[END_TOOL_REQUEST]",
        '[HassTurnOn(name="kitchen light")]',
        'HassTurnOn (name="kitchen light")',
        f"HassTurnOn: {ARGUMENTS}",
        f"**HassTurnOn**\n```json\n{ARGUMENTS}\n```",
        f"Thought: It is dark.\nAction: HassTurnOn\nAction Input: {ARGUMENTS}",
        f"functions.HassTurnOn({ARGUMENTS})",
        f"✿FUNCTION✿: HassTurnOn\n✿ARGS✿: {ARGUMENTS}",
        f'"name": "HassTurnOn", "arguments": {ARGUMENTS}}}',
        f"<|channel|>analysis<|message|>Dark.<|end|><|channel|>commentary<|message|>{CALL}<|call|>",
        f"<\uff5ctool\uff5c>function<\uff5csep\uff5c>HassTurnOn\n```json\n{ARGUMENTS}\n```",
        f"{{{CALL}}}",
        f"{CALL}}}",
        CALL[:-1],
        f"{CALL}; {CALL}",
        CALL.replace('"name"', '"Name"', 1).replace("arguments", "Arguments"),
        CALL.replace(ARGUMENTS, f"[{ARGUMENTS}]"),
        CALL.replace("arguments", "input"),
        f'{{"tool_call": {CALL}}}',
        f'{{"calls": [{CALL}]}}',
        f'{{"action": "HassTurnOn", "action_input": {ARGUMENTS}}}',
        f'{{"HassTurnOn": {ARGUMENTS}}}',
        f'{{"answer": {CALL!r}}}',
    ],
)
async def test_a_call_is_made_once_in_whatever_shape_it_is_written(stage: Stage, written: str, size: int) -> None:
    lamps = Lamps()
    assert await said(stage, written, size, lamps) == "It is lit."
    assert lamps.calls == [{"name": "kitchen light"}]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('I switch it. HassTurnOn("kitchen light")', "I switch it."),
        ('Just a moment. {"name": "HassTurnOn", "arguments": {"name": "kitch', "Just a moment."),
        ('Just a moment. {"name": "HassTu', "Just a moment."),
        ("Just a moment. {", "Just a moment."),
        ("Just a moment. <tool_c", "Just a moment."),
        ("Just a moment. [TOOL_CA", "Just a moment."),
        ("Just a moment. ```json", "Just a moment."),
        ('{"type": "object", "properties": {"name": {"type": "string"}}} Done.', "Done."),
        ("<thought>It is dark.</thought>Done.", "Done."),
        ("<THINK>It is dark.</THINK>Done.", "Done."),
        ("<reasoning>It is dark.", "The model gave no answer."),
        ("<|channel|>analysis<|message|>Dark.<|end|><|start|>assistant<|channel|>final<|message|>Done.", "Done."),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nDone.<|eot_id|>", "Done."),
        ("<start_of_turn>model\nDone.<end_of_turn>", "model\nDone."),
        ('{"response": "It was lit already."}', "It was lit already."),
        ('The "name" of HassTurnOn is odd, isn\'t it?', 'The "name" of HassTurnOn is odd, isn\'t it?'),
        ("Let me tell you about the findings", "Let me tell you about the findings"),
        ("Between {1, 2} and [3] lies 2.", "Between {1, 2} and [3] lies 2."),
    ],
)
async def test_what_is_no_call_is_told_without_any_sign_of_one(
    stage: Stage, written: str, told: str, size: int
) -> None:
    lamps = Lamps()
    assert (await said(stage, written, size, lamps)).strip() == told
    assert not lamps.calls


@pytest.mark.parametrize("written", ["HassTurnOn", "`HassTurnOn()`"])
async def test_a_bare_name_is_a_call_whose_arguments_are_asked_for(stage: Stage, written: str) -> None:
    lamps = Lamps()
    assert await said(stage, written, 1, lamps) == "It is lit."
    assert not lamps.calls
    assert "must have 'name'" in stage.model.requests[-1].messages[-1].content
