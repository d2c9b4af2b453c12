from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import yaml

from assistant_core.errors import ConnectionFailed, HomelabError
from assistant_core.kube import Cluster, examine, rbac_manifest
from assistant_core.kube.resource import APPLICATIONS, CUSTOM, HELM_RELEASES, NODES, PODS, READ, RESULTS
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named


async def test_an_account_that_may_read_everything_lacks_nothing(cluster: Cluster) -> None:
    report = await examine(cluster)
    assert report.version == "v1.36.2"
    assert report.missing == ()
    assert report.custom == CUSTOM


async def test_what_is_not_installed_is_not_missing(cluster: Cluster, kubernetes: KubernetesSimulator) -> None:
    kubernetes.store.remove_crd(kind_named("results.core.k8sgpt.ai"))
    kubernetes.store.remove_crd(kind_named("helmreleases.helm.toolkit.fluxcd.io"))
    report = await examine(cluster)
    assert not report.installed(RESULTS)
    assert not report.installed(HELM_RELEASES)
    assert report.installed(APPLICATIONS)
    assert report.missing == ()


async def test_each_missing_verb_is_named(cluster: Cluster, kubernetes: KubernetesSimulator) -> None:
    denied = ("watch pods", "get nodes", "list applications.argoproj.io")
    kubernetes.server.accounts = {READER_TOKEN: Account("poor", denied=denied)}
    report = await examine(cluster, (PODS, NODES, APPLICATIONS, RESULTS))
    assert report.missing == ("watch pods", "get nodes", "list applications.argoproj.io")


async def test_a_role_of_one_namespace_is_no_right_in_the_cluster(
    cluster: Cluster, kubernetes: KubernetesSimulator
) -> None:
    everything = ("get *", "list *", "watch *")
    roles = {"default": everything, "media": everything, "k8sgpt-operator-system": everything}
    kubernetes.server.accounts = {READER_TOKEN: Account("tenant", allowed=("* nodes",), roles=roles)}
    report = await examine(cluster, (PODS, NODES, RESULTS))
    assert report.missing == tuple(
        f"{verb} {resource}" for resource in ("pods", "results.core.k8sgpt.ai") for verb in ("get", "list", "watch")
    )
    assert (await cluster.page(replace(PODS, namespace="media"), limit=1)).items == [], "which is allowed"


async def test_a_server_that_does_not_answer_is_not_examined(cluster: Cluster, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(ConnectionFailed):
        await examine(cluster)


async def test_what_fails_leaves_nothing_under_way(
    cluster: Cluster, proxy: FaultProxy, session: aiohttp.ClientSession
) -> None:
    await proxy.inject(Fault(kind=FaultKind.HANG, path=f"{PODS.path}.*limit.*"))
    await proxy.inject(Fault(kind=FaultKind.STATUS, path=f"{NODES.path}.*watch.*"))
    with pytest.raises(HomelabError, match="500"):
        await examine(cluster, (PODS, NODES))
    assert isinstance(session.connector, aiohttp.TCPConnector)
    assert not session.connector._acquired


def test_the_role_allows_exactly_what_is_read() -> None:
    documents = {item["kind"]: item for item in yaml.safe_load_all(rbac_manifest())}
    allowed = {
        (rule["apiGroups"][0], plural) for rule in documents["ClusterRole"]["rules"] for plural in rule["resources"]
    }
    assert allowed == {(resource.group, resource.plural) for resource in READ}
    assert {verb for rule in documents["ClusterRole"]["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert "secrets" not in {plural for _, plural in allowed}


def test_the_documented_role_is_the_one_we_print() -> None:
    documented = Path(__file__).parents[3] / "docs" / "rbac.yaml"
    assert documented.read_text() == rbac_manifest(), "write docs/rbac.yaml anew from rbac_manifest()"
