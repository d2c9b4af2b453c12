"""The wire format: whatever JSON comes, a parser understands it or says that it does not."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.ollama import wire

CAPTURES = Path(__file__).parents[2] / "fixtures" / "ollama"
FIELDS = [
    "version",
    "models",
    "name",
    "size",
    "size_vram",
    "digest",
    "context_length",
    "expires_at",
    "capabilities",
    "template",
    "message",
    "content",
    "thinking",
    "tool_calls",
    "function",
    "arguments",
    "id",
    "done",
    "done_reason",
    "eval_count",
    "load_duration",
    "error",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2026-11-22T19:20:03Z"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=20,
)
json_objects = st.dictionaries(st.sampled_from(FIELDS), json_values)


def captured(name: str) -> list[bytes]:
    return (CAPTURES / f"{name}.txt").read_bytes().split(b"\n--\n")[1].splitlines()


def details(answer: dict[str, Any]) -> object:
    return wire.parse_details("m", answer)


@pytest.mark.parametrize(
    "parse", [wire.parse_version, wire.parse_installed, wire.parse_loaded, details, wire.parse_delta]
)
@given(answer=json_objects)
def test_a_parser_raises_nothing_but_value_error(
    parse: Callable[[dict[str, Any]], object], answer: dict[str, Any]
) -> None:
    with suppress(ValueError):
        parse(answer)


@given(st.binary(max_size=50))
def test_bytes_that_are_no_object_are_a_value_error(data: bytes) -> None:
    with suppress(ValueError):
        wire.parse_object(data)


def test_the_captured_list_of_loaded_models_is_understood() -> None:
    (model,) = wire.parse_loaded(wire.parse_object(captured("ps")[-1]))
    assert (model.name, model.size, model.size_vram) == ("qwen2.5-coder:0.5b", 579663297, 0)
    assert model.context_length == 4096
    assert model.expires_at == datetime(2026, 11, 22, 19, 24, 54, 594432, tzinfo=UTC)


def test_the_captured_tool_call_is_understood() -> None:
    first, last = (wire.parse_delta(wire.parse_object(line)) for line in captured("toolcall_stream")[1:3])
    (call,) = first.tool_calls
    assert (call.id, call.name, call.arguments) == ("call_at8y346y", "get_pods", {"namespace": "monitoring"})
    assert last.done_reason == "stop"
    assert last.stats
    assert (last.stats.prompt_tokens, last.stats.answer_tokens) == (137, 19)
    assert last.stats.load_seconds == pytest.approx(3.54, abs=0.01)


def test_tool_calls_without_an_id_get_different_ones() -> None:
    call = {"function": {"name": "findings"}}
    first, second = wire.parse_delta({"message": {"tool_calls": [call, call]}}).tool_calls
    assert first.id != second.id
    assert first.arguments == {}


@pytest.mark.parametrize("expires_at", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "soon"])
def test_a_time_that_is_none_is_a_value_error(expires_at: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the client adds the words
        wire.parse_loaded({"models": [{"name": "m", "expires_at": expires_at}]})
