"""Patches decide over what they select, and over nothing else."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit
from assistant_core.models.notes import Note
from assistant_core.models.plan import (
    ChangePlan,
    Restart,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetValue,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]


def _flux(patches: str, **patched: str) -> dict[str, str]:
    release = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME, namespace: home, labels: {app: NAME}}
spec:
  chart: {spec: {chart: NAME, version: 1.0.0}}
  values:
    replicaCount: 1
"""
    return {
        "clusters/home.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps}
""",
        "apps/kustomization.yaml": f"resources: [one.yaml, two.yaml]\npatches:\n{patches}",
        "apps/one.yaml": release.replace("NAME", "one"),
        "apps/two.yaml": release.replace("NAME", "two"),
        **patched,
    }


VALUES = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: one}
spec:
  chart: {spec: {version: 2.0.0}}
  values:
    replicaCount: 3
"""


def test_a_new_value_stays_out_of_a_patch_that_other_releases_take(changed: Changed) -> None:
    files = _flux("- path: values.yaml\n  target: {kind: HelmRelease}\n", **{"apps/values.yaml": VALUES})
    assert changed(files, Restart(name="two", at="2026-01-01T00:00:00Z"))[0] == "apps/two.yaml"


def test_a_value_in_a_patch_that_other_releases_take_is_left_alone(changed: Changed) -> None:
    files = _flux("- path: values.yaml\n  target: {kind: HelmRelease}\n", **{"apps/values.yaml": VALUES})
    with pytest.raises(EditRefused, match="home/one would follow too"):
        changed(files, SetReplicas(name="two", replicas=2))


@pytest.mark.parametrize(
    "target",
    [
        "{kind: HelmRelease, name: one}",
        "{kind: HelmRelease, labelSelector: app=one}",
        "{kind: HelmRelease, labelSelector: 'app in (one, three), !other'}",
        "{group: helm.toolkit.fluxcd.io, version: v2, labelSelector: app notin (two)}",
        "{kind: HelmRelease, labelSelector: app!=two}",
    ],
)
def test_a_patch_for_one_release_is_the_place_of_its_values(target: str, changed: Changed) -> None:
    files = _flux(f"- path: values.yaml\n  target: {target}\n", **{"apps/values.yaml": VALUES})
    assert changed(files, SetReplicas(name="one", replicas=5)) == [
        "apps/values.yaml",
        "-    replicaCount: 3",
        "+    replicaCount: 5",
    ]
    assert changed(files, SetReplicas(name="two", replicas=5))[0] == "apps/two.yaml"


def test_the_chart_version_that_a_patch_sets_is_the_one_that_counts(changed: Changed) -> None:
    files = _flux("- path: values.yaml\n", **{"apps/values.yaml": VALUES})
    assert changed(files, SetChartVersion(name="one", version="2.1.0")) == [
        "apps/values.yaml",
        "-  chart: {spec: {version: 2.0.0}}",
        "+  chart: {spec: {version: 2.1.0}}",
    ]


JSON = """- target: {kind: HelmRelease, name: one}
  patch: |
    - op: replace
      path: /spec/values/replicaCount
      value: 4
    - op: add
      path: /spec/values/image
      value:
        tag: "1.5"
    - op: replace
      path: /spec/chart/spec/version
      value: 3.0.0
"""


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="one", replicas=6), ["-      value: 4", "+      value: 6"]),
        (SetImage(name="one", tag="1.6"), ['-        tag: "1.5"', '+        tag: "1.6"']),
        (SetValue(name="one", path="image.tag", value="1.6"), ['-        tag: "1.5"', '+        tag: "1.6"']),
        (SetChartVersion(name="one", version="3.0.1"), ["-      value: 3.0.0", "+      value: 3.0.1"]),
    ],
)
def test_an_operation_of_a_json_patch_is_the_place_of_a_value(
    plan: ChangePlan, lines: list[str], changed: Changed
) -> None:
    assert changed(_flux(JSON), plan) == ["apps/kustomization.yaml", *lines]


KUSTOMIZE = {
    "base/kustomization.yaml": "resources: [app.yaml]\n",
    "base/app.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: shop
        image: acme/shop:1.0
        env:
        - {name: MODE, value: base}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  replicas: 1
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      containers:
      - name: worker
        image: acme/shop:1.0
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  rules: [{host: shop.local}]
""",
    "prod/kustomization.yaml": """namespace: prod
resources: [../base]
images:
- name: acme/shop
  newTag: "2.0"
patches:
- target: {kind: Deployment}
  patch: |-
    - op: replace
      path: /spec/replicas
      value: 2
- target: {kind: Deployment, name: shop}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/env/0/value
      value: prod
    - op: add
      path: /spec/template/spec/containers/0/env/-
      value: {name: DEBUG, value: "1"}
- target: {kind: Ingress}
  patch: |-
    - op: replace
      path: /spec/rules/0/host
      value: shop.example.com
""",
    "dev/kustomization.yaml": "namespace: dev\nresources: [../base]\n",
}


def test_a_patch_of_several_workloads_is_overridden_for_one(changed: Changed) -> None:
    assert changed(KUSTOMIZE, SetReplicas(name="shop", namespace="prod", replicas=5)) == [
        "prod/kustomization.yaml",
        "+replicas:",
        "+- name: shop",
        "+  count: 5",
    ]


@pytest.mark.parametrize(
    ("variable", "lines"),
    [
        ("MODE", ["-      value: prod", "+      value: x"]),
        ("DEBUG", ['-      value: {name: DEBUG, value: "1"}', '+      value: {name: DEBUG, value: "x"}']),
    ],
)
def test_a_variable_is_changed_in_the_operation_that_sets_it(variable: str, lines: list[str], changed: Changed) -> None:
    plan = SetEnv(name="shop", namespace="prod", variable=variable, value="x")
    assert changed(KUSTOMIZE, plan) == ["prod/kustomization.yaml", *lines]


def test_an_operation_that_adds_a_variable_goes_whole(changed: Changed) -> None:
    assert changed(KUSTOMIZE, SetEnv(name="shop", namespace="prod", variable="DEBUG", value=None)) == [
        "prod/kustomization.yaml",
        "-    - op: add",
        "-      path: /spec/template/spec/containers/0/env/-",
        '-      value: {name: DEBUG, value: "1"}',
    ]


def test_a_patch_goes_with_its_only_operation(changed: Changed) -> None:
    text = KUSTOMIZE["prod/kustomization.yaml"]
    start, end = text.index("    - op: replace\n      path: /spec/template"), text.index("    - op: add")
    files = KUSTOMIZE | {"prod/kustomization.yaml": text[:start] + text[end:]}
    lines = changed(files, SetEnv(name="shop", namespace="prod", variable="DEBUG", value=None))
    assert lines[1:3] == ["-- target: {kind: Deployment, name: shop}", "-  patch: |-"]
    assert len(lines) == 6


def test_a_variable_that_the_base_would_set_then_is_left_alone(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="dev/shop would follow too"):
        changed(KUSTOMIZE, SetEnv(name="shop", namespace="prod", variable="MODE", value=None))


def test_a_variable_goes_from_the_base_of_its_only_overlay_too(changed: Changed) -> None:
    files = {path: text for path, text in KUSTOMIZE.items() if not path.startswith("dev/")}
    lines = changed(files, SetEnv(name="shop", namespace="prod", variable="MODE", value=None))
    assert [each for each in lines if each.endswith(".yaml")] == ["base/app.yaml", "prod/kustomization.yaml"]
    assert "-      value: prod" in lines


def test_a_variable_of_a_shared_base_cannot_be_taken_away_for_one(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="prod/shop would follow too"):
        changed(KUSTOMIZE, SetEnv(name="shop", namespace="dev", variable="MODE", value=None))


def test_an_object_beside_a_workload_is_known_by_its_kind(changed: Changed) -> None:
    plan = SetValue(name="shop", kind="Ingress", namespace="prod", path="spec.rules[0].host", value="s.example.com")
    assert changed(KUSTOMIZE, plan) == [
        "prod/kustomization.yaml",
        "-      value: shop.example.com",
        "+      value: s.example.com",
    ]


def test_an_object_that_others_take_from_the_same_base_is_left_alone(changed: Changed) -> None:
    plan = SetValue(name="shop", kind="Ingress", namespace="dev", path="spec.rules[0].host", value="s.example.com")
    with pytest.raises(EditRefused, match="prod/shop would follow too"):
        changed(KUSTOMIZE, plan)


def test_whoever_follows_an_image_is_named(edit: Edited) -> None:
    notes = edit(KUSTOMIZE, SetImage(name="worker", namespace="prod", tag="2.1")).notes
    assert notes == (Note.FOLLOWERS.told(workloads="prod/shop"),)


def test_an_overlay_that_renames_still_answers_to_the_own_name(changed: Changed) -> None:
    files = KUSTOMIZE | {"dev/kustomization.yaml": "namespace: dev\nnameSuffix: -dev\nresources: [../base]\n"}
    plan = SetReplicas(name="shop", namespace="dev", replicas=3)
    assert changed(files, plan)[0] == "dev/kustomization.yaml"
