"""What other agents hear of the workloads of a cluster with two that are not well."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.kubernetes import KubernetesSimulator


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


@pytest.mark.usefixtures("hub")
async def test_another_agent_hears_of_workloads_and_of_those_that_are_not_ready(
    hass: HomeAssistant, cluster: ConfigEntry, hass_admin_user: MockUser
) -> None:
    context = llm.LLMContext(
        platform="other", context=Context(user_id=hass_admin_user.id), language="en", assistant="conversation",
        device_id=None,
    )  # fmt: skip
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)
    call = llm.ToolInput(tool_name="homelab_assistant__workloads", tool_args={})
    told = (await api.async_call_tool(call)).data["clusters"][cluster.title]

    assert told["count"] > told["not_ready_count"] == len(told["not_ready"]) == 2
    assert told["not_ready"][1].startswith("Deployment media/jellyfin: ")
