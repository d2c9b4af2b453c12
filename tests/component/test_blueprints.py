"""The blueprints: Home Assistant takes them, and an automation made of each does what it says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result
from tests.component.conftest import PATIENCE, quiet_now

BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints" / "automation" / "homelab_assistant"
FINDING = "event.homelab_finding"
SATELLITE = "assist_satellite.kitchen"
RESULTS = kind_named("results.core.k8sgpt.ai")

type Automate = Callable[..., Awaitable[None]]


class Heard:
    """The calls of an action."""

    def __init__(self, hass: HomeAssistant, domain: str, action: str) -> None:
        self._calls: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        hass.services.async_register(domain, action, self._take)

    async def _take(self, call: ServiceCall) -> None:
        self._calls.put_nowait(dict(call.data))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self._calls.get()

    @property
    def none(self) -> bool:
        return self._calls.empty()


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator([])


@pytest.fixture
async def eager(hass: HomeAssistant, cluster: ConfigEntry) -> ConfigEntry:
    """The cluster, set up to alarm at once."""
    hass.config_entries.async_update_entry(cluster, options={"alarms": {"persistence": 0}})
    await hass.async_block_till_done()
    await cluster.runtime_data.cluster.watch.wait_synced()
    return cluster


@pytest.fixture
async def automate(hass: HomeAssistant) -> AsyncIterator[Automate]:
    """Make an automation of a blueprint as a person does."""

    async def use(name: str, **inputs: Any) -> None:
        directory = Path(hass.config.path("blueprints", "automation", "homelab_assistant"))
        await hass.async_add_executor_job(shutil.copytree, BLUEPRINTS, directory)
        blueprint = {"path": f"homelab_assistant/{name}.yaml", "input": inputs}
        assert await async_setup_component(hass, "automation", {"automation": {"use_blueprint": blueprint}})
        await hass.async_block_till_done()
        [automation] = hass.states.async_all("automation")
        assert automation.state == "on"

    yield use
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.mark.parametrize("path", sorted(BLUEPRINTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_home_assistant_takes_the_blueprint(path: Path) -> None:
    blueprint = Blueprint(
        load_yaml_dict(str(path)), path=path.name, expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    assert blueprint.validate() is None
    assert blueprint.metadata["source_url"].endswith(f"/{path.relative_to(BLUEPRINTS.parents[2])}")


@pytest.mark.usefixtures("eager")
async def test_a_new_serious_problem_is_announced_and_a_lesser_one_is_not(
    hass: HomeAssistant, automate: Automate, kubernetes: KubernetesSimulator
) -> None:
    announced = Heard(hass, "assist_satellite", "announce")
    await automate("announce_finding", finding=FINDING, satellites=[SATELLITE])
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    kubernetes.store.apply(result("Pod", "web/broken", "Back-off pulling image nowhere/nothing"))

    call = await announced.next()
    assert call["entity_id"] == [SATELLITE]
    assert call["message"] == "Pod broken in web: Back-off pulling image nowhere/nothing."
    await hass.async_block_till_done()
    assert announced.none


async def test_nothing_is_announced_in_quiet_hours(
    hass: HomeAssistant, eager: ConfigEntry, automate: Automate, kubernetes: KubernetesSimulator, until: Any
) -> None:
    hass.config_entries.async_update_entry(eager, options={"alarms": {"persistence": 0, **quiet_now()}})
    await hass.async_block_till_done()
    await eager.runtime_data.cluster.watch.wait_synced()
    announced = Heard(hass, "assist_satellite", "announce")
    await automate("announce_finding", finding=FINDING, satellites=[SATELLITE])
    kubernetes.store.apply(result("Pod", "web/broken", "Back-off pulling image nowhere/nothing"))
    await until(FINDING, lambda state: state.attributes["event_type"] == "opened")
    await hass.async_block_till_done()

    assert announced.none


async def test_a_phone_is_told_with_actions_can_snooze_and_is_told_when_it_is_over(
    hass: HomeAssistant, eager: ConfigEntry, automate: Automate, kubernetes: KubernetesSimulator, until: Any
) -> None:
    phone = Heard(hass, "notify", "mobile_app_phone")
    await automate("notify_finding", finding=FINDING, notify="notify.mobile_app_phone")
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))

    sent = await phone.next()
    assert sent["message"] == "Service homepage in web: Service has no endpoints."
    show, fix, snooze = sent["data"]["actions"]
    assert (show["title"], fix["uri"]) == ("Show", "/config/repairs")

    hass.bus.async_fire("mobile_app_notification_action", {"action": snooze["action"]})
    await until("sensor.homelab_findings", lambda state: state.attributes.get("silenced") == 1)
    [silence] = eager.runtime_data.cluster.watch.silences
    assert silence.until - silence.since > timedelta(hours=3)

    kubernetes.store.apply(result("Service", "web/other", "Service has no endpoints"))
    assert (await phone.next())["title"] == "other"
    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webother")
    gone = await phone.next()
    assert (gone["message"], gone["data"]["tag"].startswith("homelab_")) == ("clear_notification", True)


@pytest.mark.parametrize("tapped", ["gone", "twice"])
async def test_a_tap_that_comes_too_late_or_twice_does_no_harm(
    hass: HomeAssistant,
    eager: ConfigEntry,
    automate: Automate,
    kubernetes: KubernetesSimulator,
    until: Any,
    caplog: pytest.LogCaptureFixture,
    tapped: str,
) -> None:
    phone = Heard(hass, "notify", "mobile_app_phone")
    await automate("notify_finding", finding=FINDING, notify="notify.mobile_app_phone")
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    snooze = (await phone.next())["data"]["actions"][2]["action"]
    if tapped == "gone":
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webhomepage")
        assert (await phone.next())["message"] == "clear_notification"
    for _ in range(2):
        hass.bus.async_fire("mobile_app_notification_action", {"action": snooze})
        await hass.async_block_till_done(wait_background_tasks=False)

    watch = eager.runtime_data.cluster.watch
    assert len(watch.silences) == (0 if tapped == "gone" else 1)
    assert "Error while executing automation" not in caplog.text


@pytest.mark.usefixtures("hub", "cluster")
async def test_the_morning_report_is_said_and_sent_without_a_model(
    hass: HomeAssistant, automate: Automate, kubernetes: KubernetesSimulator, until: Any, ollama: Any
) -> None:
    kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))
    await until("sensor.homelab_findings", lambda state: state.state == "1")
    announced = Heard(hass, "assist_satellite", "announce")
    phone = Heard(hass, "notify", "mobile_app_phone")
    soon = dt_util.as_local(dt_util.utcnow() + timedelta(minutes=5))  # as clocks show it, also when they are changed
    await automate(
        "morning_report",
        at=soon.strftime("%H:%M:00"),
        agent="conversation.homelab_assistant",
        satellites=[SATELLITE],
        notify="notify.mobile_app_phone",
    )
    async_fire_time_changed(hass, soon)

    said = (await announced.next())["message"]
    assert "Service homepage in web: Service has no endpoints" in said
    assert "since yesterday" in said.lower()
    assert (await phone.next())["message"].count("\n") == 1
    assert not ollama.chats
