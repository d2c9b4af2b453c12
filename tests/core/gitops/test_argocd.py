from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.errors import AmbiguousWorkload, UnknownWorkload
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import (
    ChangePlan,
    Restart,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.25
          resources:
            limits: {memory: 128Mi}
"""


def application(name: str, source: str, namespace: str = "x") -> str:
    return f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{namespace: {namespace}, server: https://kubernetes.default.svc}}
{source}"""


REPOSITORY = "https://github.com/me/repo.git"
FILES = {
    "root.yaml": application("root", f"  source: {{repoURL: {REPOSITORY}, path: apps}}\n"),
    "apps/prom.yaml": application(
        "monitoring",
        """  sources:
    - repoURL: https://prometheus-community.github.io/helm-charts
      chart: kube-prometheus-stack
      targetRevision: 65.1.0
      helm:
        valueFiles:
          - $values/platform/values/common.yaml
          - $values/platform/values/prom.yaml
    - repoURL: git@github.com:me/repo.git
      targetRevision: main
      ref: values
""",
        "monitoring",
    ),
    "apps/traefik.yaml": application(
        "traefik",
        """  source:
    repoURL: https://traefik.github.io/charts
    chart: traefik
    targetRevision: "30.x"
    helm:
      parameters:
        - name: deployment.replicas
          value: "2"
      values: |
        # note
        image:
          tag: v3.1.2   # pinned

        resources:
          requests:
            cpu: 100m
""",
        "edge",
    ),
    "apps/other.yaml": application(
        "other",
        f"""  sources:
    - repoURL: https://x.example/charts
      chart: other
      targetRevision: 1.0.0
      helm: {{valueFiles: [$v/platform/values/common.yaml]}}
    - {{repoURL: {REPOSITORY}, ref: v}}
""",
    ),
    "apps/webprod.yaml": application(
        "web-prod", f"  source: {{repoURL: {REPOSITORY}, path: web/overlays/prod}}\n", "prod"
    ),
    "apps/webstage.yaml": application(
        "web-staging", f"  source: {{repoURL: {REPOSITORY}, path: web/overlays/staging}}\n", "staging"
    ),
    "apps/nested/decoy.yaml": application("decoy", f"  source: {{repoURL: {REPOSITORY}, path: decoy}}\n"),
    "decoy/d.yaml": DEPLOYMENT.replace("web", "decoy"),
    "platform/values/common.yaml": "prometheus:\n  prometheusSpec:\n    replicas: 1\nreplicaCount: 1\n",
    "platform/values/prom.yaml": """prometheus:
  prometheusSpec:
    retention: 10d
    storageSpec:
      volumeClaimTemplate:
        spec:
          resources:
            requests:
              storage: 50Gi
grafana:
  replicas: 1
""",
    "platform/values/decoy.yaml": "grafana: {replicas: 5}\n",
    "web/base/kustomization.yaml": "resources: [dep.yaml]\n",
    "web/base/dep.yaml": DEPLOYMENT,
    "web/overlays/prod/kustomization.yaml": """namespace: prod
resources:
  - ../../base
patches:
  - target: {kind: Deployment, name: web}
    patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        template:
          spec:
            containers:
              - name: web
                resources:
                  limits:
                    memory: 512Mi
""",
    "web/overlays/staging/kustomization.yaml": "namespace: staging\nresources:\n- ../../base\n",
}

PROD = "web/overlays/prod/kustomization.yaml"
STAGING = "web/overlays/staging/kustomization.yaml"
VALUES = "platform/values/prom.yaml"


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="prometheus", replicas=2), [VALUES, "+    replicas: 2"]),
        (SetReplicas(name="grafana", replicas=2), [VALUES, "-  replicas: 1", "+  replicas: 2"]),
        (
            SetStorage(name="prometheus", size="80Gi"),
            [VALUES, "-              storage: 50Gi", "+              storage: 80Gi"],
        ),
        (
            SetChartVersion(name="kube-prometheus-stack", version="66.0.0"),
            ["apps/prom.yaml", "-      targetRevision: 65.1.0", "+      targetRevision: 66.0.0"],
        ),
        (
            SetChartVersion(name="traefik", version="31.x"),
            ["apps/traefik.yaml", '-    targetRevision: "30.x"', '+    targetRevision: "31.x"'],
        ),
        (
            SetReplicas(name="traefik", replicas=3),
            ["apps/traefik.yaml", '-          value: "2"', '+          value: "3"'],
        ),
        (
            SetImage(name="traefik", tag="v3.2"),
            ["apps/traefik.yaml", "-          tag: v3.1.2   # pinned", "+          tag: v3.2   # pinned"],
        ),
        (
            SetResources(name="traefik", memory_limit="1Gi", cpu_request="200m"),
            [
                "apps/traefik.yaml",
                "-            cpu: 100m",
                "+            cpu: 200m",
                "+          limits:",
                "+            memory: 1Gi",
            ],
        ),
        (
            SetValue(name="traefik", path="ports.web.port", value=80),
            ["apps/traefik.yaml", "+        ports:", "+          web:", "+            port: 80"],
        ),
        (
            Restart(name="traefik", at="2026-01-01T00:00:00+01:00"),
            [
                "apps/traefik.yaml",
                "+        deployment:",
                "+          podAnnotations:",
                '+            kubectl.kubernetes.io/restartedAt: "2025-12-31T23:00:00Z"',
            ],
        ),
        (
            SetReplicas(name="web", replicas=2, namespace="prod"),
            [PROD, "-        value: 3", "+        value: 2"],
        ),
        (
            SetResources(name="web-prod", memory_limit="1Gi"),
            [PROD, "-                    memory: 512Mi", "+                    memory: 1Gi"],
        ),
        (
            SetReplicas(name="web", replicas=2, namespace="staging"),
            [STAGING, "+replicas:", "+- name: web", "+  count: 2"],
        ),
        (
            SetImage(name="web", tag="1.30", namespace="staging"),
            [STAGING, "+images:", "+- name: nginx", '+  newTag: "1.30"'],
        ),
    ],
)
def test_the_strongest_place_of_its_own_is_changed(changed: Changed, plan: ChangePlan, lines: list[str]) -> None:
    assert changed(FILES, plan) == lines


@pytest.mark.parametrize(
    "plan",
    [
        SetResources(name="web", memory_limit="256Mi", cpu_request="10m", namespace="staging"),
        SetEnv(name="web", variable="A", value="1", namespace="staging"),
        Restart(name="web", namespace="staging", at="2026-01-01T00:00:00Z"),
    ],
)
def test_what_a_shared_base_decides_is_patched_in_the_overlay(changed: Changed, plan: ChangePlan) -> None:
    path, *lines = changed(FILES, plan)

    assert path == STAGING
    assert lines[:6] == [
        "+patches:",
        "+- patch: |",
        "+    apiVersion: apps/v1",
        "+    kind: Deployment",
        "+    metadata:",
        "+      name: web",
    ]


def test_a_values_file_of_two_releases_is_left_to_both(changed: Changed) -> None:
    assert changed(FILES, SetReplicas(name="other", replicas=2)) == [
        "apps/other.yaml",
        "-      helm: {valueFiles: [$v/platform/values/common.yaml]}",
        "+      helm: {valueFiles: [$v/platform/values/common.yaml], valuesObject: {replicaCount: 2}}",
    ]


def test_one_name_in_two_namespaces_is_a_question(edit: Callable[[Any, ChangePlan], Edit]) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        edit(FILES, SetReplicas(name="web", replicas=2))

    assert raised.value.candidates == ("prod/web", "staging/web")
    assert edit(FILES, SetReplicas(name="staging/web", replicas=2)).target.namespace == "staging"


def test_an_application_that_no_one_reads_deploys_nothing(index: Callable[[Any], Index]) -> None:
    found = index(FILES)

    assert {each.path for each in found.unread} == {"apps/nested/decoy.yaml", "decoy/d.yaml"}
    with pytest.raises(UnknownWorkload, match="the Application root reads apps, but not this file"):
        found.find("decoy")
