"""Results as other versions of k8sgpt write them, and what else a cluster may hold that the demo's does not."""

from datetime import timedelta
from typing import Any

import pytest

from assistant_core.models.finding import Severity, Source
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import Object, kind_named
from demo.results import K8SGPT_NAMESPACE, result

from .conftest import RESULTS, Clock, Heard, Watching

PODS = kind_named("pods")
LONGEST_NAME = 253  # of an object of Kubernetes


def named(item: Object, name: str) -> Object:
    return {**item, "metadata": {**item["metadata"], "name": name}}


def without(item: Object, *fields: str, **others: Any) -> Object:
    spec = {key: value for key, value in item["spec"].items() if key not in fields}
    return {**item, "spec": spec | others}


async def shown(heard: Heard, name: str) -> None:
    await heard.until(lambda: name in heard.names)


SERVICE = result("Service", "web/homepage", "Service has no endpoints")
WRITTEN = {
    "no error at all": without(SERVICE, error=[]),
    "errors that are null": without(SERVICE, error=None),
    "an error without text": without(SERVICE, error=[{"sensitive": []}]),
    "no details": without(SERVICE, "details", "parentObject", "autoRemediationStatus"),
    "a status of a newer operator": {**SERVICE, "status": {"lifecycle": "archived", "score": 7}},
    "fields of a newer operator": without(SERVICE, severity="high", error=[{"text": "no endpoints", "docs": {}}]),
    "no labels": {**SERVICE, "metadata": {"name": "webhomepage", "namespace": K8SGPT_NAMESPACE}},
    "a kind of the log analyzer": without(SERVICE, kind="Log"),
    "a kind with a slash": without(SERVICE, kind="Storage/PersistentVolume"),
    "a very long name": without(SERVICE, name=f"web/{'x' * 5000}"),
}


@pytest.mark.parametrize("name", WRITTEN)
async def test_a_result_of_another_version_is_a_finding(
    watching: Watching, kubernetes: KubernetesSimulator, name: str
) -> None:
    item = WRITTEN[name]
    async with watching() as heard:
        await heard.watch.wait_synced()
        kubernetes.store.apply(item)
        await shown(heard, item["spec"]["name"].removeprefix("web/")[:LONGEST_NAME])
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webhomepage")
        await heard.until(lambda: len(heard.names) == 3)
        assert [event for event, _ in heard.findings] == ["opened", "cleared"]


async def test_a_clear_name_that_k8sgpt_masks_is_nowhere(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    item = result("Secret", "web/vault", "Secret web/hush is not used", sensitive=["hush"])
    async with watching() as heard:
        await heard.watch.wait_synced()
        item["spec"]["error"][0]["text"] = "Secret web/aHVzaA== is not used"
        kubernetes.store.apply(item)
        await shown(heard, "vault")
        assert "hush" not in repr(heard.watch.findings)


async def test_a_result_that_gets_another_name_is_the_same_finding(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        kubernetes.store.apply(SERVICE)
        await shown(heard, "homepage")
        kubernetes.store.apply(named(SERVICE, "web-homepage-of-the-new-operator"))
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webhomepage")
        kubernetes.store.apply(result("Node", "k3s-1", "text"))
        await shown(heard, "k3s-1")
        assert "homepage" in heard.names
        assert heard.findings == [("opened", "homepage"), ("opened", "k3s-1")]


async def test_an_object_that_changes_its_kind_under_one_name_is_another_finding(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        kubernetes.store.apply(SERVICE)
        await shown(heard, "homepage")
        kubernetes.store.apply(without(SERVICE, kind="Ingress"))
        await heard.until(lambda: len(heard.findings) == 3)
        assert {each.kind for each in heard.watch.findings if each.name == "homepage"} == {"Ingress"}
        assert sorted(event for event, _ in heard.findings) == ["cleared", "opened", "opened"]


async def test_names_that_differ_in_a_hyphen_are_two_findings_one_after_the_other(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        kubernetes.store.apply(result("Service", "web/a-b", "Service has no endpoints"))
        await shown(heard, "a-b")
        kubernetes.store.apply(result("Service", "web/ab", "Service has no endpoints"))  # k8sgpt writes over the first
        await heard.until(lambda: "ab" in heard.names and "a-b" not in heard.names)


async def test_thousands_of_pods_that_are_well_are_no_finding_and_one_that_is_not_is(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "web", "image": "web"}]}}
    for number in range(3000):
        metadata = {"namespace": "farm", "name": f"web-{number}"}
        kubernetes.store.apply({**pod, "metadata": metadata, "status": ready})
    async with watching() as heard:
        await heard.watch.wait_synced()
        assert len(heard.names) == 3
        waiting = {"name": "web", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "web:99"}}}
        broken = {"phase": "Pending", "containerStatuses": [waiting]}
        metadata = {"namespace": "farm", "name": "web-1234"}
        kubernetes.store.apply({**pod, "metadata": metadata, "status": broken})
        await heard.until(lambda: len(heard.watch.findings) == 4)
        [it] = [each for each in heard.watch.findings if each.namespace == "farm"]
        assert (it.sources, it.severity) == ((Source.CHECK,), Severity.CRITICAL)
        assert "ImagePullBackOff" in str(it.errors)


async def test_a_clock_that_is_set_back_delays_no_alarm(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    clock = Clock()
    async with watching(clock=clock) as heard:
        await heard.watch.wait_synced()
        kubernetes.store.apply(SERVICE)
        await shown(heard, "homepage")
        clock.ahead = timedelta(days=-400)
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webhomepage")
        kubernetes.store.apply(result("Node", "k3s-1", "text"))
        await heard.until(lambda: ("opened", "k3s-1") in heard.findings)
        assert ("cleared", "homepage") in heard.findings
