"""What k8sgpt does that a household should know: it falls silent, or changes the cluster by itself."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.homelab_assistant.assistant_core.cluster import ClusterWatch
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

DOMAIN = "homelab_assistant"
QUIET = "binary_sensor.homelab_k8sgpt_quiet"
DEPLOYMENTS = kind_named("deployments.apps")
MUTATIONS = kind_named("mutations.core.k8sgpt.ai")
PATIENCE = 20  # seconds; only ever reached by a test that fails


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


def scale(kubernetes: KubernetesSimulator, name: str, ready: int) -> None:
    [item] = [item for (_, each), item in kubernetes.store.objects(DEPLOYMENTS).items() if each == name]
    kubernetes.store.apply({**item, "status": {**item["status"], "readyReplicas": ready}})


def has(watch: ClusterWatch, ready: int) -> bool:
    return any(each.ready == ready for each in watch.workloads.value or ())


async def changes(cluster: ConfigEntry, is_met: Callable[[], bool]) -> None:
    """Wait until something holds that the watch tells of."""
    watch, told = cluster.runtime_data.cluster.watch, asyncio.Event()
    stop = watch.listen(told.set)
    async with asyncio.timeout(PATIENCE):
        while not is_met():
            told.clear()
            await told.wait()
    stop()


async def test_k8sgpt_that_owes_an_answer_for_three_intervals_is_shown_as_quiet(
    hass: HomeAssistant,
    cluster: ConfigEntry,
    kubernetes: KubernetesSimulator,
    until: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch, ahead = cluster.runtime_data.cluster.watch, timedelta()
    monkeypatch.setattr(watch, "_clock", lambda: datetime.now(UTC) + ahead)
    scale(kubernetes, "homepage", 0)
    await until("sensor.homelab_findings", lambda state: state.state == "4")
    for seconds in (20, 60, 105, 125):  # its interval is 30 s, and the first look is the first of these
        assert hass.states.get(QUIET).state == "off", seconds
        ahead = timedelta(seconds=seconds)
        scale(kubernetes, "grafana", seconds)
        await changes(cluster, partial(has, watch, seconds))
    await until(QUIET, lambda state: state.state == "on")

    words = "Deployment web/homepage has 2 replicas but 0 are available"
    kubernetes.store.apply(result("Deployment", "web/homepage", words))
    await until(QUIET, lambda state: state.state == "off")


async def test_a_mutation_is_a_repair_until_it_is_gone(
    hass: HomeAssistant, cluster: ConfigEntry, kubernetes: KubernetesSimulator
) -> None:
    def issue() -> ir.IssueEntry | None:
        return ir.async_get(hass).async_get_issue(DOMAIN, f"{cluster.entry_id}_mutations")

    assert issue() is None
    metadata = {"namespace": K8SGPT_NAMESPACE, "name": "scale-jellyfin"}
    kubernetes.store.apply({"apiVersion": "core.k8sgpt.ai/v1alpha1", "kind": "Mutation", "metadata": metadata})
    await changes(cluster, lambda: issue() is not None)

    shown = issue()
    assert shown is not None
    assert shown.translation_placeholders == {"cluster": "homelab", "names": "scale-jellyfin"}
    assert not shown.is_fixable
    texts = await async_get_translations(hass, "en", "issues", {DOMAIN})
    assert texts[f"component.{DOMAIN}.issues.mutations.title"] == "K8sGPT changes {cluster} by itself"
    kubernetes.store.delete(MUTATIONS, K8SGPT_NAMESPACE, "scale-jellyfin")
    await changes(cluster, lambda: issue() is None)
