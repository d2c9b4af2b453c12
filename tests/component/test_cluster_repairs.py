"""Findings that persist, and what keeps us from looking, as repairs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

DOMAIN = "homelab_assistant"
PATIENCE = 20  # seconds; only ever reached by a test that fails
RESULTS = kind_named("results.core.k8sgpt.ai")
TRICK = "Error: It cannot be pulled.\n```\n# Click [here](http://evil.example)"
NARROW = 42  # characters that a phone shows of a block without scrolling

type Wait = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster with three problems of workloads, one of a service and one of a volume."""
    return KubernetesSimulator(
        [
            result("Deployment", "media/jellyfin", "Back-off pulling image jellyfin/jellyfin:99", explanation=TRICK),
            result("Deployment", "media/sonarr", "the last termination reason is OOMKilled container=sonarr"),
            result("Deployment", "web/homepage", "Deployment web/homepage has 2 replicas but 1 are available"),
            result("Service", "home/mosquitto", "Service has no endpoints"),
            result("PersistentVolumeClaim", "media/config-jellyfin", 'storageclass "longhorn" not found'),
        ]
    )


@pytest.fixture
async def eager(hass: HomeAssistant, cluster: ConfigEntry) -> ConfigEntry:
    """The cluster, set up to call for a repair at once."""
    hass.config_entries.async_update_entry(cluster, options={"alarms": {"persistence": 0, "repair_after": 0}})
    await hass.async_block_till_done()
    await cluster.runtime_data.cluster.watch.wait_synced()
    return cluster


@pytest.fixture
async def repairs(hass: HomeAssistant) -> RepairsFlowManager:
    assert await async_setup_component(hass, REPAIRS, {})
    return hass.data[REPAIRS]["flow_manager"]


@pytest.fixture
def wait(hass: HomeAssistant) -> Wait:
    """Wait for something that changes with the issues."""

    async def until(is_met: Callable[[], bool]) -> None:
        changed = asyncio.Event()

        @callback
        def heard(_: Event[Any]) -> None:
            changed.set()

        stop = hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, heard)
        async with asyncio.timeout(PATIENCE):
            while not is_met():
                await changed.wait()
                changed.clear()
        stop()

    return until


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Our issues about findings by what they are about."""
    return {
        issue.translation_placeholders["subject"]: issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.translation_key == "finding" and issue.active
    }


def keys(hass: HomeAssistant) -> set[str | None]:
    return {issue.translation_key for (domain, _), issue in ir.async_get(hass).issues.items() if domain == DOMAIN}


@pytest.mark.usefixtures("cluster")
async def test_what_has_not_lasted_yet_is_no_repair(hass: HomeAssistant) -> None:
    assert not issues(hass)


@pytest.mark.usefixtures("eager")
async def test_a_finding_that_persists_is_a_repair_until_it_clears(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, wait: Wait
) -> None:
    found = issues(hass)
    about = {"media/jellyfin", "media/sonarr", "web/homepage", "home/mosquitto", "media/config-jellyfin"}
    assert set(found) == about
    assert found["media/jellyfin"].severity is ir.IssueSeverity.ERROR
    assert found["home/mosquitto"].severity is ir.IssueSeverity.WARNING
    assert all(issue.is_fixable for issue in found.values())

    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "mediajellyfin")
    await wait(lambda: "media/jellyfin" not in issues(hass))


@pytest.mark.usefixtures("eager")
async def test_many_findings_do_not_flood_the_repairs(
    hass: HomeAssistant, kubernetes: KubernetesSimulator, wait: Wait
) -> None:
    for number in range(60):
        kubernetes.store.apply(result("Service", f"team/service-{number}", "Service has no endpoints"))
    await wait(lambda: len(issues(hass)) == 20)
    assert {"media/jellyfin", "media/sonarr"} <= issues(hass).keys()


@pytest.mark.usefixtures("eager")
async def test_the_flow_shows_a_models_words_as_plain_text_and_offers_what_may_help(
    hass: HomeAssistant, repairs: RepairsFlowManager
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["media/jellyfin"].issue_id})

    assert (flow["type"], flow["step_id"]) == ("menu", "explained")
    assert flow["description_placeholders"]["explanation"].count("```") == 2
    assert flow["menu_options"] == ["snooze", "dismiss"], "no repository is connected"


@pytest.mark.usefixtures("eager")
async def test_long_lines_of_a_finding_are_broken_for_a_phone_and_its_title_is_short(
    hass: HomeAssistant, repairs: RepairsFlowManager
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["media/sonarr"].issue_id})

    shown = flow["description_placeholders"]
    assert (shown["name"], shown["subject"]) == ("sonarr", "Deployment media/sonarr")
    lines = shown["errors"].splitlines()[1:-1]
    assert " ".join(lines) == "the last termination reason is OOMKilled container=sonarr"
    assert max(map(len, lines)) <= NARROW


@pytest.mark.usefixtures("repository", "eager")
@pytest.mark.parametrize(
    ("about", "fix", "answer", "field", "after"),
    [
        ("media/jellyfin", "image", {"tag": "10.10.6"}, "image", "10.10.6"),
        ("media/sonarr", "memory", {"memory": "2Gi"}, "memory", "2Gi"),
        ("web/homepage", "replicas", {"replicas": 3}, "replicas", "3"),
        ("web/homepage", "restart", {}, "restart", ""),
        (
            "media/config-jellyfin",
            "storage_class",
            {"workload": "jellyfin", "storage_class": "local-path"},
            "storageclass",
            "local-path",
        ),
    ],
)
async def test_a_fix_is_handed_to_the_change_desk_and_approved_by_nobody(
    hass: HomeAssistant,
    repairs: RepairsFlowManager,
    about: str,
    fix: str,
    answer: dict[str, Any],
    field: str,
    after: str,
) -> None:
    issue = issues(hass)[about]
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issue.issue_id})
    assert fix in flow["menu_options"]
    await repairs.async_configure(flow["flow_id"], {"next_step_id": fix})
    done = await repairs.async_configure(flow["flow_id"], answer)

    assert (done["type"], done["reason"]) == ("abort", "proposed")
    (proposal,) = hass.data[HOUSEHOLD].office.desk.awaiting
    assert done["description_placeholders"]["code"] == proposal.code
    assert field in proposal.target.field.lower()
    assert after in proposal.target.after
    assert proposal.decided_by is None
    assert about in issues(hass), "the finding is still there"


@pytest.mark.usefixtures("repository", "eager")
async def test_what_stands_in_a_repository_is_told_as_plain_text(
    hass: HomeAssistant, repairs: RepairsFlowManager, edited: Any
) -> None:
    await edited("apps/media/sonarr/sonarr.yaml", b"memory: 768Mi", b"memory: '![1Gi](http://evil.example)'")

    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["media/sonarr"].issue_id})
    await repairs.async_configure(flow["flow_id"], {"next_step_id": "memory"})
    done = await repairs.async_configure(flow["flow_id"], {"memory": "2Gi"})
    change = done["description_placeholders"]["change"]
    assert change.startswith("Sonarr in media")
    assert not set(change) & set("![]()`")


@pytest.mark.usefixtures("repository", "eager")
async def test_a_fix_that_cannot_be_says_why_and_asks_again(hass: HomeAssistant, repairs: RepairsFlowManager) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["media/sonarr"].issue_id})
    await repairs.async_configure(flow["flow_id"], {"next_step_id": "memory"})
    again = await repairs.async_configure(flow["flow_id"], {"memory": "plenty"})

    assert (again["type"], again["step_id"], again["errors"]) == ("form", "memory", {"base": "refused"})
    assert "plenty" in again["description_placeholders"]["message"]
    assert not hass.data[HOUSEHOLD].office.desk.proposals


@pytest.fixture
def german_house(hass: HomeAssistant) -> None:
    hass.config.language = "de"


@pytest.mark.usefixtures("german_house", "repository", "eager")
async def test_a_fix_that_cannot_be_says_why_in_the_language_of_the_house(
    hass: HomeAssistant, repairs: RepairsFlowManager
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["media/sonarr"].issue_id})
    await repairs.async_configure(flow["flow_id"], {"next_step_id": "memory"})
    again = await repairs.async_configure(flow["flow_id"], {"memory": "plenty"})

    told = "„plenty“ ist keine Menge, wie etwa 500m oder 2Gi."
    assert again["description_placeholders"]["message"] == told


@pytest.mark.parametrize(("step", "state"), [("snooze", "snoozed"), ("dismiss", "dismissed")])
async def test_a_finding_can_be_put_off_or_called_no_problem(
    hass: HomeAssistant, eager: ConfigEntry, repairs: RepairsFlowManager, until: Any, step: str, state: str
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["home/mosquitto"].issue_id})
    done = await repairs.async_configure(flow["flow_id"], {"next_step_id": step})

    assert done["type"] == "create_entry"
    await until("sensor.homelab_findings", lambda state: state.state == "4")
    assert "home/mosquitto" not in issues(hass)
    assert [each.state for each in eager.runtime_data.cluster.watch.silenced] == [state]


async def test_an_issue_that_is_ignored_silences_its_finding_and_can_be_shown_again(
    hass: HomeAssistant, eager: ConfigEntry, until: Any
) -> None:
    issue_id = issues(hass)["home/mosquitto"].issue_id
    ir.async_ignore_issue(hass, DOMAIN, issue_id, True)
    await until("sensor.homelab_findings", lambda state: state.state == "4")
    [silence] = eager.runtime_data.cluster.watch.silences
    assert (silence.kind, bool(silence.errors)) == ("dismissal", True)

    ir.async_ignore_issue(hass, DOMAIN, issue_id, False)
    await until("sensor.homelab_findings", lambda state: state.state == "5")


@pytest.fixture
async def worn_out(hass: HomeAssistant, eager: ConfigEntry) -> None:
    """A memory card that has become read-only, so that nothing can be remembered."""
    journal = hass.data[HOUSEHOLD].office._journal
    await journal._run(lambda: journal._opened().execute("PRAGMA query_only = ON"))


@pytest.mark.usefixtures("worn_out")
@pytest.mark.parametrize("step", ["snooze", "dismiss"])
async def test_a_silence_that_cannot_be_saved_is_said(
    hass: HomeAssistant, repairs: RepairsFlowManager, step: str
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["home/mosquitto"].issue_id})
    done = await repairs.async_configure(flow["flow_id"], {"next_step_id": step})

    assert (done["type"], done["reason"]) == ("abort", "failed")
    assert "read-only" in done["description_placeholders"]["message"]


@pytest.mark.usefixtures("worn_out")
async def test_an_ignored_issue_whose_silence_cannot_be_saved_is_in_the_log(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    ir.async_ignore_issue(hass, DOMAIN, issues(hass)["home/mosquitto"].issue_id, True)
    await hass.async_block_till_done()

    (line,) = [each for each in caplog.messages if each.startswith("[silence-not-saved] ")]
    assert "home/mosquitto" in line
    assert "read-only" in line


@pytest.mark.usefixtures("repository", "eager")
async def test_nothing_is_proposed_for_what_cleared_meanwhile(
    hass: HomeAssistant, repairs: RepairsFlowManager, kubernetes: KubernetesSimulator, wait: Wait
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["media/sonarr"].issue_id})
    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "mediasonarr")
    await wait(lambda: "media/sonarr" not in issues(hass))

    done = await repairs.async_configure(flow["flow_id"], {"next_step_id": "memory"})
    assert done["type"] == "create_entry"
    assert not hass.data[HOUSEHOLD].office.desk.proposals


async def test_a_finding_that_cleared_while_its_flow_was_open_is_no_error(
    hass: HomeAssistant, eager: ConfigEntry, repairs: RepairsFlowManager, kubernetes: KubernetesSimulator, wait: Wait
) -> None:
    flow = await repairs.async_init(DOMAIN, context={"issue_id": issues(hass)["home/mosquitto"].issue_id})
    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "homemosquitto")
    await wait(lambda: "home/mosquitto" not in issues(hass))

    done = await repairs.async_configure(flow["flow_id"], {"next_step_id": "dismiss"})
    assert done["type"] == "create_entry"


async def test_a_verb_that_is_denied_is_named(
    hass: HomeAssistant, eager: ConfigEntry, kubernetes: KubernetesSimulator, wait: Wait
) -> None:
    kubernetes.server.accounts = {
        READER_TOKEN: Account("poor", denied=("list nodes", "list jobs.batch", "watch results.core.k8sgpt.ai"))
    }
    await hass.config_entries.async_reload(eager.entry_id)
    await wait(lambda: "verb_denied" in keys(hass))
    denied = {
        (issue.translation_placeholders["verb"], issue.translation_placeholders["resources"])
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "verb_denied"
    }
    assert denied == {("list", "nodes, jobs.batch"), ("watch", "results.core.k8sgpt.ai")}


async def test_the_repairs_of_a_cluster_go_with_it(hass: HomeAssistant, eager: ConfigEntry) -> None:
    assert issues(hass)
    await hass.config_entries.async_unload(eager.entry_id)
    assert not issues(hass)
