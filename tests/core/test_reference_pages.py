"""The pages of the documentation that are made from what the code ships."""

from datetime import UTC
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant_core.models.wish import Wish
from assistant_core.speech import Ask, Speech, Spoken

ROOT = Path(__file__).resolve().parents[2]
COMPONENT = ROOT / "custom_components" / "homelab_assistant"
SAID = yaml.safe_load((ROOT / "docs" / "sentences.yaml").read_text())
WISHES = {"set_replicas": "Scale", "restart": "Restart", "update": "SetImage", "set_resources": "SetMemory"}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "scripts" / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def test_every_entity_action_and_event_is_in_the_reference(pages: dict[str, str]) -> None:
    texts: dict[str, Any] = json.loads((COMPONENT / "translations" / "en.json").read_text())

    for platform in texts["entity"].values():
        assert all(f"`{key}`" in pages["reference/entities.md"] for key in platform)
    for name, action in texts["services"].items():
        assert f"`homelab_assistant.{name}`" in pages["reference/actions.md"]
        assert all(field["description"] in pages["reference/actions.md"] for field in action.get("fields", {}).values())
    for event in texts["entity"]["event"].values():
        for meaning in event["state_attributes"]["event_type"]["state"].values():
            assert meaning in pages["reference/events.md"]


def test_every_line_of_the_log_is_in_the_reference(pages: dict[str, str]) -> None:
    for event, level in (("change-stalled", "warning"), ("watch-defect", "error"), ("service-down", "warning")):
        assert f"| `{event}` | {level} |" in pages["reference/log.md"]


def test_every_sentence_is_in_the_reference_and_every_intent_has_examples(pages: dict[str, str]) -> None:
    for language in ("en", "de"):
        spoken = yaml.safe_load((ROOT / "assistant_core" / "speech" / "sentences" / f"{language}.yaml").read_text())
        assert set(spoken["intents"]) - {"Agree"} <= SAID.keys()
        for intent in SAID:
            for data in spoken["intents"][intent]["data"]:
                assert all(sentence in pages["reference/sentences.md"] for sentence in data["sentences"])


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_example_is_understood_as_what_it_is_an_example_of(language: str) -> None:
    speech = Speech.load(language, time_zone=UTC)
    speech.know({"jellyfin"}, {"media"})

    for intent, about in SAID.items():
        for example in about[language]:
            heard = speech.recognise(example)
            assert meaning(heard) == intent, example


def meaning(heard: Spoken | None) -> str | None:
    """The intent of what was understood."""
    match heard:
        case Wish():
            return WISHES.get(heard.operation)
        case Ask():
            return heard.value
        case _:
            return type(heard).__name__
