"""What comes after a service was connected: the next one, an assistant, and how everything is doing."""

import re
from typing import Any

from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import REPOSITORY, TOKEN
from demo.kubernetes import READER_TOKEN
from demo.ollama import OllamaSimulator

MODEL = "llama3.1:8b-demo-rules"
HEALTH = {"next_step_id": "health"}
FINISH = {"next_step_id": "finish"}
VOICE = {"next_step_id": "voice"}


def colour(box: str) -> str:
    return re.findall(r'<ha-alert alert-type="(\w+)"', box)[0]


def title(box: str) -> str:
    return re.findall(r'title="([^"]*)"', box)[0]


@pytest.fixture
async def next_of(hass: HomeAssistant) -> Any:
    """The flow that a created entry leads to."""

    async def follow(created: dict[str, Any]) -> dict[str, Any]:
        assert created["type"] == "create_entry"
        await hass.async_block_till_done()
        kind, flow_id = created["next_flow"]
        assert kind == "config_flow"
        return await hass.config_entries.flow.async_configure(flow_id)

    return follow


async def test_hub_cluster_and_repository_follow_each_other(
    hass: HomeAssistant,
    ollama_proxy: FaultProxy,
    kubernetes_proxy: FaultProxy,
    github_proxy: FaultProxy,
    walk: Any,
    next_of: Any,
) -> None:
    hub = await walk({"next_step_id": "hub"}, {"url": ollama_proxy.url}, {"model": MODEL})
    then = await next_of(hub)
    assert (then["step_id"], then["menu_options"]) == ("next", ["cluster", "repository", "health", "finish"])
    assert "Ollama 0." in then["description_placeholders"]["found"]

    form = {"url": kubernetes_proxy.url, "token": READER_TOKEN}
    steps = {"next_step_id": "cluster"}, {"next_step_id": "server"}, form, {"next_step_id": "save_cluster"}
    then = await next_of(await walk(*steps, after=then))
    assert then["menu_options"] == ["repository", "health", "finish"]

    form = {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url}
    steps = {"next_step_id": "repository"}, {"next_step_id": "github"}, form, {"next_step_id": "save_repository"}
    then = await next_of(await walk(*steps, after=then))
    assert then["menu_options"] == ["health", "finish"]
    assert REPOSITORY in then["description_placeholders"]["found"]

    shown = await walk(HEALTH, after=then)
    boxes = shown["description_placeholders"]["parts"].split("\n\n")
    assert [colour(box) for box in boxes] == ["success", "success", "warning"]
    assert (await walk(FINISH, after=shown))["reason"] == "finished"
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.usefixtures("repository", "cluster", "hub")
async def test_the_health_page_says_of_each_part_what_is_wrong(
    hass: HomeAssistant, ollama: OllamaSimulator, kubernetes_proxy: FaultProxy, github_proxy: FaultProxy, walk: Any
) -> None:
    ollama.install(["qwen3:8b"])
    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    shown = await walk(HEALTH)

    hub, cluster, repository = shown["description_placeholders"]["parts"].split("\n\n")
    assert (colour(hub), title(hub)) == ("error", "AI hub")
    assert MODEL in hub
    assert (colour(cluster), title(cluster)) == ("error", "homelab")
    assert "refused" in cluster
    assert colour(repository) == "warning"
    assert "not protected" in repository

    ollama.install([MODEL])
    await kubernetes_proxy.clear()
    mended = (await walk(HEALTH, after=shown))["description_placeholders"]["parts"]
    assert [colour(box) for box in mended.split("\n\n")] == ["success", "success", "warning"]


async def test_a_name_is_shown_as_text_whatever_it_looks_like(
    hass: HomeAssistant, cluster: ConfigEntry, walk: Any
) -> None:
    hass.config_entries.async_update_entry(cluster, title='"><img src=x> *cellar*')
    parts = (await walk(HEALTH))["description_placeholders"]["parts"]

    assert 'title="&quot;&gt;&lt;img src=x&gt; *cellar*"' in parts


async def test_what_nobody_connected_is_named_in_the_language_of_the_house(
    hass: HomeAssistant, cluster: ConfigEntry, walk: Any
) -> None:
    hass.config.language = "de"
    parts = (await walk(HEALTH))["description_placeholders"]["parts"]

    assert "Kein KI-Server ist verbunden" in parts
    assert "Kein Repository ist verbunden" in parts


@pytest.fixture
async def assist(hass: HomeAssistant) -> None:
    for domain in ("homeassistant", "http", "conversation", "assist_pipeline"):
        assert await async_setup_component(hass, domain, {})


@pytest.mark.usefixtures("assist", "hub")
@pytest.mark.parametrize("preferred", [True, False])
async def test_an_assistant_with_our_agent_is_offered_until_there_is_one(
    hass: HomeAssistant, walk: Any, *, preferred: bool
) -> None:
    offered = await walk(HEALTH)
    assert "voice" in offered["menu_options"]
    assert "No assistant talks with the agent yet." in offered["description_placeholders"]["parts"]

    done = await walk(VOICE, {"name": "Homelab", "preferred": preferred}, after=offered)

    assert "voice" not in done["menu_options"]
    made = next(each for each in async_get_pipelines(hass) if each.name == "Homelab")
    assert made.conversation_engine == "conversation.homelab_assistant"
    assert (async_get_pipeline(hass).id == made.id) is preferred
