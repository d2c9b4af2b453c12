"""Custom resources of operators: known kinds are asked for as workloads are, all others by the path of a field."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused, InputInvalid, UnknownWorkload
from assistant_core.gitops import Index
from assistant_core.models.plan import (
    ChangePlan,
    RemoveApp,
    Restart,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
    Suspend,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Indexed = Callable[[Mapping[str, str]], Index]

FILES = {
    "db.yaml": """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: main-db, namespace: data}
spec:
  instances: 2
  imageName: ghcr.io/cloudnative-pg/postgresql:16.4
  storage:
    size: 20Gi
  resources:
    limits: {memory: 2Gi}
""",
    "watch.yaml": """apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: watch}
spec:
  retention: 10d
""",
    "search.yaml": """apiVersion: search.example/v1
kind: Searcher
metadata: {name: finder, namespace: data}
spec:
  nodes:
    replicas: 1
""",
    "web.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "x/web:1.0"}]}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: web, namespace: web}
spec:
  instances: 1
""",
}


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="main-db", replicas=3), ["db.yaml", "-  instances: 2", "+  instances: 3"]),
        (SetStorage(name="main-db", size="30Gi"), ["db.yaml", "-    size: 20Gi", "+    size: 30Gi"]),
        (SetResources(name="main-db", memory_limit="3Gi"),
         ["db.yaml", "-    limits: {memory: 2Gi}", "+    limits: {memory: 3Gi}"]),
        (SetImage(name="main-db", tag="16.6"), [
            "db.yaml", "-  imageName: ghcr.io/cloudnative-pg/postgresql:16.4",
            "+  imageName: ghcr.io/cloudnative-pg/postgresql:16.6"]),
        (SetReplicas(name="main", replicas=2), ["watch.yaml", "+  replicas: 2"]),
        (SetReplicas(name="web", kind="Cluster", replicas=3), ["web.yaml", "-  instances: 1", "+  instances: 3"]),
        (SetReplicas(name="web", replicas=3), ["web.yaml", "+  replicas: 3"]),
        (SetValue(name="finder", path="spec.nodes.replicas", value=2),
         ["search.yaml", "-    replicas: 1", "+    replicas: 2"]),
    ],
)  # fmt: skip
def test_the_field_that_decides_changes(plan: ChangePlan, lines: list[str], changed: Changed) -> None:
    assert changed(FILES, plan) == lines


@pytest.mark.parametrize("plan", [Restart(name="main-db"), RemoveApp(name="main-db")])
def test_what_only_its_operator_may_do_is_left_alone(plan: ChangePlan, changed: Changed) -> None:
    with pytest.raises(InputInvalid, match="main-db is a Cluster that an operator runs"):
        changed(FILES, plan)


def test_an_unknown_kind_is_reached_by_the_path_that_the_refusal_names(changed: Changed) -> None:
    with pytest.raises(UnknownWorkload, match=r"such as 'set spec\.nodes\.replicas of finder to 2'"):
        changed(FILES, SetReplicas(name="finder", replicas=2))


def test_an_image_without_a_tag_in_the_files_is_not_guessed(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="no image"):
        changed(FILES, SetImage(name="main", tag="3.0"))


def test_a_database_cannot_run_with_no_instance(changed: Changed) -> None:
    with pytest.raises(InputInvalid, match="data/main-db runs with 1 or more"):
        changed(FILES, SetReplicas(name="main-db", replicas=0))
    assert "+  replicas: 0" in changed(FILES, SetReplicas(name="main", replicas=0))


def test_an_autoscaler_owns_the_replicas_of_a_rollout(changed: Changed) -> None:
    rollout = FILES["web.yaml"].partition("---")[0].replace("apps/v1", "argoproj.io/v1alpha1")
    scaler = """apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: web}
spec: {scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}}
"""
    files = {"web.yaml": rollout.replace("Deployment", "Rollout")}
    assert changed(files, SetReplicas(name="web", replicas=3)) == ["web.yaml", "+  replicas: 3"]
    with pytest.raises(EditRefused, match="KEDA ScaledObject web"):
        changed(files | {"scaler.yaml": scaler}, SetReplicas(name="web", replicas=3))


POOL = """apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaNodePool
metadata: {name: pool, namespace: events}
spec:
  replicas: 3
  storage:
    type: jbod
    volumes:
      - {id: 0, type: persistent-claim, size: 20Gi}
"""


def test_a_listed_volume_grows_where_it_is_listed(changed: Changed) -> None:
    grown = ["pool.yaml", "-      - {id: 0, type: persistent-claim, size: 20Gi}"]
    plan = SetStorage(name="pool", size="40Gi")
    assert changed({"pool.yaml": POOL}, plan)[:2] == grown
    two = POOL + "      - {id: 1, type: persistent-claim, size: 30Gi}\n"
    with pytest.raises(AmbiguousWorkload, match="several volumes: 0, 1"):
        changed({"pool.yaml": two}, plan)
    with pytest.raises(EditRefused, match="no volume"):
        changed({"pool.yaml": POOL.partition("    type")[0] + "    type: ephemeral\n"}, plan)


def test_what_says_whether_it_is_suspended_can_be(changed: Changed) -> None:
    daily = "apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\n"
    daily += "metadata: {name: main-db-daily, namespace: data}\n"
    files = FILES | {"daily.yaml": daily + "spec:\n  suspend: false\n"}
    assert changed(files, Suspend(name="main-db-daily")) == ["daily.yaml", "-  suspend: false", "+  suspend: true"]
    with pytest.raises(UnknownWorkload):
        changed(FILES | {"daily.yaml": daily + "spec: {}\n"}, Suspend(name="main-db-daily"))


def test_of_two_objects_of_a_name_the_one_is_asked_for_and_can_be_named(changed: Changed) -> None:
    files = FILES | {"panel.yaml": FILES["search.yaml"].replace("Searcher", "Panel")}
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(files, SetValue(name="finder", path="spec.nodes.replicas", value=2))
    assert raised.value.candidates == ("data/finder (Panel)", "data/finder (Searcher)")
    assert changed(files, SetValue(name="data/finder (Panel)", path="spec.nodes.replicas", value=2))[0] == "panel.yaml"


def test_the_only_one_of_a_kind_is_called_by_it(changed: Changed) -> None:
    assert changed(FILES, SetReplicas(name="prometheus", replicas=2)) == ["watch.yaml", "+  replicas: 2"]
    with pytest.raises(AmbiguousWorkload):
        changed(FILES, SetReplicas(name="cluster", replicas=3))
