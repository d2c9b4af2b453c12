"""The arithmetic of the hub's benchmarks: prompts, what lasts of them, and the house."""

from typing import Any

import pytest

from benchmarks.hub.ollama import CODER, TALKER, fixed_part, prompt, shared
from benchmarks.hub.rooms import configuration, things

TOOL = {"type": "function", "function": {"name": "light", "description": "A light.", "parameters": {}}}


def request(model: str, *, system: str = "Be brief.", words: str = "Hello", tools: int = 1) -> dict[str, Any]:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": words}]
    return {"model": model, "messages": messages, "tools": [TOOL] * tools}


@pytest.mark.parametrize("model", [TALKER, CODER])
def test_the_fixed_part_holds_instructions_and_tools_but_not_the_words(model: str) -> None:
    fixed = fixed_part(request(model, words="Good morning"))

    assert b"Be brief." in fixed
    assert b'"name":"light"' in fixed
    assert b"Good" not in fixed
    assert prompt(request(model, words="Good morning")).startswith(fixed)


@pytest.mark.parametrize("model", [TALKER, CODER])
def test_other_words_leave_all_of_the_fixed_part(model: str) -> None:
    assert shared(request(model, words="Good night"), request(model, words="Hello")) == 100


@pytest.mark.parametrize("model", [TALKER, CODER])
def test_a_changed_first_line_leaves_nothing_but_the_role(model: str) -> None:
    assert shared(request(model, system="10:31 Be brief."), request(model, system="10:30 Be brief.")) < 20


def test_tools_that_come_last_are_lost_with_the_line_before_them() -> None:
    before, after = (request(TALKER, system=f"Be brief. You are in the {room}.", tools=9) for room in ("attic", "hall"))

    assert shared(after, before) < 50


def test_the_house_has_500_entities_of_which_the_first_100_reach_every_room() -> None:
    every = list(things())

    assert len({thing.entity_id for thing in every}) == 500
    assert len({thing.room for thing in every[:20]}) == 4
    assert len({thing.room for thing in every[:100]}) == 20
    assert {"Bedroom window", "Bedroom heater"} <= {thing.name for thing in every[:20]}


def test_the_configuration_defines_every_entity_once() -> None:
    house = configuration()
    (templates,) = house["template"]

    defined = [each["unique_id"] for kind in templates.values() for each in kind]
    helpers = [key for domain in ("input_boolean", "input_number") for key in house[domain]]
    assert sorted([*defined, *helpers]) == sorted([*(thing.key for thing in things()), "outdoor_weather"])
