"""What the documentation names is there: entities, attributes, actions, options and sentences."""

from collections.abc import Iterator
from datetime import UTC, timedelta
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.homelab_assistant import const
from custom_components.homelab_assistant.assistant_core.change import Pace
from custom_components.homelab_assistant.assistant_core.change.settings import Retention
from custom_components.homelab_assistant.assistant_core.speech import Speech
from demo.kubernetes import KubernetesSimulator
from demo.results import result

ROOT = Path(__file__).resolve().parents[2]
DOCS = {path.stem: path.read_text() for path in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md")}
COMPONENT = ROOT / "custom_components" / "homelab_assistant"
TEXTS: dict[str, Any] = json.loads((COMPONENT / "translations" / "en.json").read_text())
AUTOMATIONS = re.findall(r"```yaml\n(.*?)```", DOCS["automations"], re.DOTALL)
OURS = re.compile(r"\b(?:event|sensor|button|ai_task)\.(?:homelab|ai_hub)\w*")
ATTRIBUTE = re.compile(r"state_attr\('([\w.]+)', '(\w+)'\)")
FINDING = "event.homelab_finding"
MODEL = "llama3.1:8b-demo-rules"
SPOKEN = {
    "voice": ("Scale jellyfin to 3.", "Confirm blue seven."),
    "quick-start": ("What is wrong with my cluster?", "Scale jellyfin to 2", "Cancel"),
    "index": ("What is wrong with my cluster?", "Update jellyfin to version 10.10.3"),
    "troubleshooting": ("What is pending?", "What happened to the jellyfin change?"),
    "automations": ("Scale tdarr to 0",),
    "README": ("What is wrong with my cluster?", "How is the GPU?", "Scale jellyfin to 3", "Confirm"),
}


def words(texts: Any) -> Iterator[str]:
    """Every text of the translations."""
    if isinstance(texts, str):
        yield texts
    else:
        for each in texts.values():
            yield from words(each)


@pytest.mark.usefixtures("cluster", "repository", "every_entity")
async def test_the_automations_name_what_is_there(hass: HomeAssistant, hub: ConfigEntry) -> None:
    subentries = hass.config_entries.subentries
    form = await subentries.async_init((hub.entry_id, "ai_task_data"), context={"source": "user"})
    await subentries.async_configure(form["flow_id"], {"model": MODEL})
    await hass.async_block_till_done()
    text = "\n".join(AUTOMATIONS)
    named = set(OURS.findall(text))

    assert len(named) >= 4
    assert named <= set(hass.states.async_entity_ids())
    for action in re.findall(r"action: homelab_assistant\.(\w+)", text):
        assert hass.services.has_service("homelab_assistant", action)
    automations = [parse_yaml(each) for each in AUTOMATIONS if each.startswith("alias:")]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    running = [state.state for state in hass.states.async_all("automation")]
    assert running == ["on"] * len(automations)


async def test_the_attributes_of_the_automations_are_there(
    hass: HomeAssistant, cluster: ConfigEntry, kubernetes: KubernetesSimulator, until: Any
) -> None:
    hass.config_entries.async_update_entry(cluster, options={"alarms": {"persistence": 0}})
    await hass.async_block_till_done()
    kubernetes.store.apply(result("Service", "media/sonarr", "Service has no endpoints"))
    await until(FINDING, lambda state: state.attributes.get("name") == "sonarr")

    used = set(ATTRIBUTE.findall("\n".join(AUTOMATIONS)))
    assert {entity_id for entity_id, _ in used} == {FINDING, "sensor.homelab_findings"}
    assert [each for each in used if each[1] not in hass.states.get(each[0]).attributes] == []


def test_the_options_that_matter_most_are_called_so() -> None:
    known = set(words(TEXTS["options"]))
    named = re.findall(r"^- \*\*[^*]+ → ([^*]+)\*\*", DOCS["options"], re.MULTILINE)
    assert len(named) > 5
    for names in named:
        assert set(names.split(", ")) <= known or names in known


def test_the_quick_start_names_what_the_dialogs_say() -> None:
    known = {*words(TEXTS["config"]["step"]), "Homelab Assistant"}
    named = re.findall(r"\*\*([A-Z][^*→⋮]+)\*\*", DOCS["quick-start"])
    assert len(named) >= 6
    for name in named:
        assert any(each == name or each.startswith(f"{name} (") for each in known), name


def test_the_sentences_of_the_pages_are_understood_and_stand_there() -> None:
    speech = Speech.load("en", time_zone=UTC)
    speech.know({"jellyfin", "tdarr"}, {"media"})
    for page, said in SPOKEN.items():
        for sentence in said:
            assert sentence in DOCS[page], f"{page}: {sentence}"
            assert speech.recognise(sentence) is not None, sentence


def test_the_page_about_data_tells_the_times_of_the_code() -> None:
    page = DOCS["data"]
    looks = Pace().looks
    assert f"asked | every {seconds(const.HUB_INTERVAL)} s |" in page
    assert f"a request every {seconds(const.CLUSTER_INTERVAL)} s" in page
    assert f"every {minutes(const.REPOSITORY_INTERVAL)} min, and before every change" in page
    first, longest = seconds(looks.first), minutes(looks.longest)
    assert f"every {first} s at first, then less often, at the longest every {longest} min" in page
    assert f"at the longest every {minutes(const.LONGEST_INTERVAL)} minutes" in page
    assert f"kept for {Retention().age.days} days" in page


def seconds(period: timedelta) -> int:
    return period // timedelta(seconds=1)


def minutes(period: timedelta) -> int:
    return period // timedelta(minutes=1)
