"""How a workload of the files is known again in a cluster."""

import pytest

from assistant_core.cli.namesakes import Live
from assistant_core.gitops import Index
from assistant_core.models.repository import Snapshot

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: grafana, namespace: argocd}
spec:
  destination: {namespace: monitoring, server: https://kubernetes.default.svc}
  source: {repoURL: https://grafana.github.io/helm-charts, chart: grafana, targetRevision: 8.6.4}
"""


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "deployed_by", "known"),
    [
        ("Deployment", "monitoring", "grafana", (), True),
        ("StatefulSet", "monitoring", "grafana-0", ("grafana",), True),
        ("Deployment", "elsewhere", "grafana", ("grafana",), False),
        ("Deployment", "monitoring", "loki", ("loki",), False),
    ],
)
def test_it_is_known_by_its_name_or_by_what_tracks_it(
    kind: str,
    namespace: str,
    name: str,
    deployed_by: tuple[str, ...],
    known: bool,  # noqa: FBT001 - pytest's
) -> None:
    snapshot = Snapshot(commit="1", files={"grafana.yaml": APPLICATION.encode()})
    (workload,) = Index.of(snapshot).workloads
    live = Live(kind=kind, namespace=namespace, name=name, deployed_by=frozenset(deployed_by))
    assert live.is_one(workload) is known
