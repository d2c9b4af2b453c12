"""What a live cluster tells is heeded when a change is worked out; a cluster that is silent holds nothing up."""

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.cluster import ClusterEvidence
from assistant_core.errors import AmbiguousWorkload, EditRefused, PolicyRefused
from assistant_core.kube import Cluster
from assistant_core.models.change import ProposalState
from assistant_core.models.wish import Amount, Wish
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import KubernetesSimulator
from tests.core.change.memory import ANNA, MemoryForge, manifest, scale
from tests.core.served_cluster import cluster, proxy, session

__all__ = ["cluster", "proxy", "session"]

AUTOSCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "by-load", "namespace": "media"},
    "spec": {"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "jellyfin"}},
}
RUNNING = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "sonarr", "namespace": "media"},
    "spec": {"selector": {"matchLabels": {"app": "sonarr"}}, "template": {}},
}


DEPLOYMENT = {
    "type": "object",
    "properties": {
        "metadata": {},
        "spec": {
            "type": "object",
            "properties": {"replicas": {"type": "integer", "maximum": 2}},
            "x-kubernetes-preserve-unknown-fields": True,
        },
    },
    "x-kubernetes-preserve-unknown-fields": True,
    "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}],
}


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    simulator = KubernetesSimulator(objects=(AUTOSCALER, RUNNING))
    simulator.server.openapi["apis/apps/v1"] = {"components": {"schemas": {"Deployment": DEPLOYMENT}}}
    return simulator


async def test_an_autoscaler_in_the_cluster_is_heeded(desk: ChangeDesk, cluster: Cluster) -> None:
    detach = desk.attach_evidence(ClusterEvidence(cluster))
    with pytest.raises(EditRefused, match="HorizontalPodAutoscaler by-load"):
        await desk.propose(scale(), ANNA, words="")

    detach()
    assert (await desk.propose(scale(), ANNA, words="")).state is ProposalState.AWAITING


async def test_of_two_namesakes_the_one_that_runs_is_meant(
    desk: ChangeDesk, forge: MemoryForge, cluster: Cluster
) -> None:
    forge.files["other.yaml"] = manifest("sonarr", namespace="old")
    wish = Wish(operation="set_replicas", name="sonarr", amounts=(Amount(of="replicas", how="by", number=1),))
    with pytest.raises(AmbiguousWorkload):
        await desk.propose(wish, ANNA, words="")

    desk.attach_evidence(ClusterEvidence(cluster))
    assert (await desk.propose(wish, ANNA, words="")).target.namespace == "media"


async def test_the_shapes_of_the_cluster_are_those_that_count(desk: ChangeDesk, cluster: Cluster) -> None:
    desk.attach_evidence(ClusterEvidence(cluster))
    with pytest.raises(PolicyRefused, match="schema"):
        await desk.propose(scale("sonarr", 3), ANNA, words="")
    assert (await desk.propose(scale("sonarr", 2), ANNA, words="")).state is ProposalState.AWAITING


async def test_a_cluster_that_does_not_answer_holds_no_proposal_up(
    desk: ChangeDesk, cluster: Cluster, proxy: FaultProxy
) -> None:
    desk.attach_evidence(ClusterEvidence(cluster))
    await proxy.inject(Fault(kind=FaultKind.GARBAGE))
    assert (await desk.propose(scale(), ANNA, words="")).state is ProposalState.AWAITING


async def test_of_several_clusters_none_is_asked(desk: ChangeDesk, cluster: Cluster) -> None:
    desk.attach_evidence(ClusterEvidence(cluster))
    desk.attach_evidence(ClusterEvidence(cluster))
    assert (await desk.propose(scale(), ANNA, words="")).state is ProposalState.AWAITING
