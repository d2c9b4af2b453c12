"""What people do not want to hear of, said by actions."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.faults import FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.serving import serving

DOMAIN = "homelab_assistant"
FINDINGS = "sensor.homelab_findings"

type Act = Callable[..., Awaitable[Any]]


@pytest.fixture
def act(hass: HomeAssistant) -> Act:
    async def call(action: str, **data: Any) -> Any:
        return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)

    return call


@pytest.fixture
def finding_id(hass: HomeAssistant, cluster: ConfigEntry) -> str:
    return hass.states.get(FINDINGS).attributes["worst"][0]["finding_id"]


async def test_a_finding_is_snoozed_and_restored(act: Act, finding_id: str, until: Any) -> None:
    answer = await act("snooze_finding", finding_id=finding_id, duration={"hours": 4})
    assert (answer["finding_id"], answer["cluster"]) == (finding_id, "homelab")
    left = datetime.fromisoformat(answer["until"]) - dt_util.utcnow()
    assert timedelta(hours=3, minutes=59) < left <= timedelta(hours=4)
    await until(FINDINGS, lambda state: (state.state, state.attributes.get("silenced")) == ("1", 1))

    assert await act("restore_finding", finding_id=finding_id) == {"finding_id": finding_id, "ended": ["snooze"]}
    await until(FINDINGS, lambda state: (state.state, state.attributes.get("silenced")) == ("2", 0))


async def test_a_finding_that_is_no_problem_stays_silent_over_a_restart(
    hass: HomeAssistant, cluster: ConfigEntry, act: Act, finding_id: str, until: Any
) -> None:
    await act("dismiss_finding", finding_id=finding_id)
    await until(FINDINGS, lambda state: state.state == "1")
    await hass.config_entries.async_reload(cluster.entry_id)
    await until(FINDINGS, lambda state: (state.state, state.attributes.get("silenced")) == ("1", 1))

    assert (await act("restore_finding", finding_id=finding_id))["ended"] == ["dismissal"]
    await until(FINDINGS, lambda state: state.state == "2")


@pytest.mark.usefixtures("cluster")
async def test_a_namespace_is_muted_and_heard_again(act: Act, until: Any) -> None:
    assert await act("mute_namespace", namespace="media") == {"cluster": "homelab", "namespace": "media"}
    await until(FINDINGS, lambda state: state.state == "1")
    await act("unmute_namespace", namespace="media")
    await until(FINDINGS, lambda state: state.state == "2")


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("snooze_finding", {"finding_id": "nothing", "duration": {"hours": 1}}, "no_finding"),
        ("dismiss_finding", {"finding_id": "nothing"}, "no_finding"),
        ("restore_finding", {"finding_id": "nothing"}, "not_silenced"),
        ("unmute_namespace", {"namespace": "media"}, "not_muted"),
        ("mute_namespace", {"namespace": "media", "cluster": "another"}, "no_cluster"),
    ],
)
async def test_what_cannot_be_is_said(act: Act, action: str, data: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act(action, **data)
    assert refused.value.translation_key == key


@pytest.mark.usefixtures("cluster")
async def test_of_several_clusters_one_must_be_named(
    hass: HomeAssistant, act: Act, connect: Any, kubernetes_proxy: FaultProxy
) -> None:
    async with serving(KubernetesSimulator([])) as other:
        form = {"url": other.url, "token": READER_TOKEN, "name": "cabin"}
        cabin = (await connect({"next_step_id": "cluster"}, {"next_step_id": "server"}, form))["result"]
        with pytest.raises(ServiceValidationError) as refused:
            await act("mute_namespace", namespace="media")
        assert refused.value.translation_key == "which_cluster"
        answer = await act("mute_namespace", namespace="media", cluster=cabin.entry_id)
        assert answer["cluster"] == "cabin"
        assert await hass.config_entries.async_unload(cabin.entry_id)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("snooze_finding", {"duration": {"hours": 4}}),
        ("dismiss_finding", {}),
        ("restore_finding", {}),
        ("mute_namespace", {"namespace": "media"}),
        ("unmute_namespace", {"namespace": "media"}),
    ],
)
async def test_of_people_only_administrators_silence(
    hass: HomeAssistant, finding_id: str, action: str, data: dict[str, Any]
) -> None:
    child = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)
    about = {} if "namespace" in data else {"finding_id": finding_id}
    with pytest.raises(Unauthorized):
        await hass.services.async_call(DOMAIN, action, {**data, **about}, blocking=True, context=Context(child.id))
    assert hass.states.get(FINDINGS).attributes["silenced"] == 0


async def test_a_wish_that_cannot_be_saved_is_refused(hass: HomeAssistant, act: Act, finding_id: str) -> None:
    journal = Path(hass.config.path("homelab_assistant.db"))

    def drop() -> None:
        with sqlite3.connect(journal) as connection:
            connection.execute("DROP TABLE silences")
        connection.close()

    await hass.async_add_executor_job(drop)
    with pytest.raises(HomeAssistantError) as failed:
        await act("dismiss_finding", finding_id=finding_id)
    assert failed.value.translation_key == "journal_failed"
    assert hass.states.get(FINDINGS).state == "2"
