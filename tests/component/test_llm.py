"""Our tools as other agents and Home Assistant's MCP server see them."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.github import GitHubSimulator

PREFIX = "homelab_assistant__"


@pytest.fixture
async def api(hass: HomeAssistant, hub: ConfigEntry, hass_admin_user: MockUser) -> llm.APIInstance:
    """The tools that some other agent gets."""
    context = llm.LLMContext(
        platform="other", context=Context(user_id=hass_admin_user.id), language="en", assistant="conversation",
        device_id=None,
    )  # fmt: skip
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


def ours(api: llm.APIInstance) -> dict[str, llm.Tool]:
    return {tool.name.removeprefix(PREFIX): tool for tool in api.tools if tool.name.startswith(PREFIX)}


async def use(api: llm.APIInstance, tool: str, **arguments: Any) -> llm.ToolResult:
    return await api.async_call_tool(llm.ToolInput(tool_name=f"{PREFIX}{tool}", tool_args=arguments))


async def test_there_are_tools_to_look_and_one_to_propose_but_none_to_approve(api: llm.APIInstance) -> None:
    tools = ours(api)

    assert {"findings", "health", "workloads", "proposals", "propose_change"} <= tools.keys()
    assert not {name for name in tools if "approve" in name or "confirm" in name}
    assert {tool.integration for tool in tools.values()} == {"homelab_assistant"}
    assert [name for name, tool in tools.items() if not tool.annotations.read_only] == ["propose_change"]
    assert not any(tool.annotations.destructive for tool in tools.values())
    assert "cannot confirm" in api.api_prompt


async def test_a_tool_tells_its_arguments_as_a_json_schema(api: llm.APIInstance) -> None:
    schema = probatio.to_openapi(
        ours(api)["propose_change"].parameters, custom_serializer=api.custom_serializer, openapi_version="3.1.0"
    )

    assert schema["required"] == ["workload"]
    assert schema["properties"]["replicas"] == {"type": "integer", "minimum": 0}
    assert schema["properties"]["workload"]["type"] == "string"


@pytest.mark.usefixtures("cluster")
async def test_another_agent_hears_of_findings_and_health(api: llm.APIInstance) -> None:
    assert (await use(api, "findings")).data["count"] == 2
    assert (await use(api, "health")).data["hub"]["version"].startswith("0.32")


@pytest.mark.usefixtures("repository")
async def test_another_agent_proposes_and_nothing_moves(api: llm.APIInstance, github: GitHubSimulator) -> None:
    proposed = await use(api, "propose_change", workload="jellyfin", replicas="3")
    assert not proposed.error
    assert proposed.data["workload"] == "media/jellyfin"
    assert github.hub.pulls == []

    (waiting,) = (await use(api, "proposals")).data["proposals"]
    assert waiting["code"] == proposed.data["code"]


@pytest.mark.usefixtures("repository")
async def test_what_cannot_be_proposed_is_told_as_an_error(api: llm.APIInstance) -> None:
    refused = await use(api, "propose_change", workload="nothere", replicas=3)
    assert refused.error
    assert "nothere" in refused.data["error"]

    with pytest.raises(probatio.Invalid):
        await use(api, "propose_change", workload="jellyfin", replicas=-1)


async def test_without_a_service_there_are_no_tools(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await hass.config_entries.async_unload(hub.entry_id)
    context = llm.LLMContext(platform="other", context=None, language="en", assistant="conversation", device_id=None)

    assert ours(await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)) == {}
