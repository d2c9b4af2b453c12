"""Which workloads a chart comes to: sections of its own, containers beside them, databases, and their names."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, InputInvalid
from assistant_core.gitops import Index
from assistant_core.models.plan import (
    ChangePlan,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    Suspend,
)

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Indexed = Callable[[Mapping[str, str]], Index]


def _release(chart: str, values: str, name: str = "gate") -> dict[str, str]:
    """An Application named like the release, whose values stand in a file."""
    return {
        "apps/app.yaml": f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{namespace: home}}
  sources:
  - chart: {chart}
    repoURL: https://charts.example.com
    targetRevision: 1.0.0
    helm: {{valueFiles: [$values/values/{name}.yaml]}}
  - {{repoURL: https://git.example.com/me/home, ref: values}}
""",
        f"values/{name}.yaml": values,
    }


def _found(index: Index) -> dict[str, str]:
    return {each.name: each.kind for each in index.workloads}


@pytest.mark.parametrize("chart", ["authelia", "unheard-of"])
def test_the_pod_of_a_chart_is_no_workload_beside_it(chart: str, index: Indexed, changed: Changed) -> None:
    values = "pod:\n  kind: StatefulSet\n  resources:\n    limits:\n      memory: 1Gi\n"
    assert _found(index(_release(chart, values))) == {"gate": "StatefulSet"}
    assert changed(_release(chart, values), SetResources(name="gate", memory_limit="2Gi")) == [
        "values/gate.yaml",
        "-      memory: 1Gi",
        "+      memory: 2Gi",
    ]


SIDECARS = """image: {repository: acme/gate, tag: 2.0.0}
replicaCount: 1
gate:
  extraContainers:
  - name: cache
    image: redis:8.4.0  # pinned
    env:
    - {name: MODE, value: calm}
initContainers:
  wait: {image: {repository: busybox, tag: '1.37'}}
"""


def test_containers_beside_the_own_one_are_asked_for_by_name(index: Indexed, changed: Changed) -> None:
    files = _release("unheard-of", SIDECARS)
    assert _found(index(files)) == {"gate": "Deployment"}
    assert index(files).find("cache").containers == ("unheard-of", "cache")
    assert changed(files, SetImage(name="cache", tag="8.4.1"))[1:] == [
        "-    image: redis:8.4.0  # pinned",
        "+    image: redis:8.4.1  # pinned",
    ]
    assert changed(files, SetImage(name="gate", tag="2.0.1"))[2:] == ["+image: {repository: acme/gate, tag: 2.0.1}"]
    assert changed(files, SetReplicas(name="gate", replicas=2))[2:] == ["+replicaCount: 2"]
    assert changed(files, SetEnv(name="gate", variable="MODE", value="wild"))[2:] == [
        "+    - {name: MODE, value: wild}"
    ]


def test_the_webhook_of_external_dns_is_a_container_of_it(index: Indexed, changed: Changed) -> None:
    values = "provider:\n  name: webhook\n  webhook:\n    image: {repository: acme/hook, tag: v0.7.0}\n"
    files = _release("external-dns", values)
    assert _found(index(files)) == {"gate": "Deployment"}
    assert changed(files, SetImage(name="gate", container="webhook", tag="v0.8.0"))[2:] == [
        "+    image: {repository: acme/hook, tag: v0.8.0}"
    ]


def test_variables_go_where_the_chart_takes_them(changed: Changed) -> None:
    files = _release("argo-cd", "notifications: {enabled: true}\n", "argocd")
    assert changed(files, SetEnv(name="argocd-notifications", variable="TZ", value="UTC"))[1:] == [
        "-notifications: {enabled: true}",
        "+notifications: {enabled: true, extraEnv: [{name: TZ, value: UTC}]}",
    ]


@pytest.mark.parametrize("values", ["fullnameOverride: door\n", "global: {fullnameOverride: door}\n"])
def test_a_full_name_in_the_values_is_the_name(values: str, index: Indexed) -> None:
    found = index(_release("unheard-of", values))
    assert _found(found) == {"door": "Deployment"}
    assert found.find("gate").name == "door"


UMBRELLA = {
    "charts/papers/Chart.yaml": """name: papers
dependencies:
- {name: app-template, version: 3.4.0, repository: "https://one.example.com"}
- {name: cluster, alias: papers-db, version: 0.0.10, repository: "https://two.example.com"}
""",
    "charts/papers/values.yaml": """app-template:
  controllers:
    main:
      containers:
        main: {image: {repository: acme/papers, tag: 2.12.0}}
papers-db:
  cluster:
    instances: 1
    imageName: "acme/postgresql:16.3"
    storage:
      size: 10Gi
""",
}


def test_what_an_app_template_in_a_chart_runs_is_called_as_the_release(index: Indexed, changed: Changed) -> None:
    assert _found(index(UMBRELLA)) == {"papers": "Deployment", "papers-papers-db": "Cluster"}
    assert changed(UMBRELLA, SetImage(name="papers", tag="2.13.0"))[2:] == [
        "+        main: {image: {repository: acme/papers, tag: 2.13.0}}"
    ]


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetReplicas(name="papers-db", replicas=2), "+    instances: 2"),
        (SetImage(name="papers-db", tag="16.4"), '+    imageName: "acme/postgresql:16.4"'),
        (SetStorage(name="papers-db", size="20Gi"), "+      size: 20Gi"),
    ],
)
def test_a_database_that_a_chart_orders_is_one(plan: ChangePlan, line: str, changed: Changed) -> None:
    assert changed(UMBRELLA, plan)[2:] == [line]


def test_no_such_database_runs_with_no_instance(changed: Changed) -> None:
    with pytest.raises(InputInvalid, match="runs with 1 or more"):
        changed(UMBRELLA, SetReplicas(name="papers-db", replicas=0))


def test_of_the_charts_in_a_chart_the_one_of_that_name_is_meant(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(UMBRELLA, SetChartVersion(name="papers", version="0.1.0"))
    assert raised.value.candidates == ("papers", "papers-papers-db")
    files = {path: text.replace("app-template", "papers") for path, text in UMBRELLA.items()}
    assert changed(files, SetChartVersion(name="papers", version="3.5.0"))[2:] == [
        '+- {name: papers, version: 3.5.0, repository: "https://one.example.com"}'
    ]


def test_of_several_volumes_the_one_that_begins_with_the_own_name_is_meant(changed: Changed) -> None:
    volumes = "persistence:\n  gate-data: {size: 1Gi}\n  gate-cache-data: {size: 2Gi}\n"
    assert changed(_release("unheard-of", volumes), SetStorage(name="gate", volume="data", size="5Gi"))[2:] == [
        "+  gate-data: {size: 5Gi}"
    ]


_SHARED = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: photos, namespace: argocd}
spec:
  destination: {namespace: media}
  source:
    repoURL: https://charts.example
    chart: photos
    targetRevision: 0.10.3
    helm:
      valuesObject:
        controllers: {main: {containers: {main: {image: {tag: v2.1.0}}}}}
        server: {controllers: {main: {replicas: 1, containers: {main: {env: {A: b}}}}}}
        learning:
          controllers: {main: {containers: {main: {env: {A: b}}}}}
          persistence: {cache: {size: 10Gi}}
"""


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetReplicas(name="photos-server", replicas=2), "server: {controllers: {main: {replicas: 2, "),
        (SetImage(name="photos", tag="v2.2.0"), "controllers: {main: {containers: {main: {image: {tag: v2.2.0}}}}}"),
        (SetStorage(name="photos", volume="cache", size="20Gi"), "persistence: {cache: {size: 20Gi}}"),
    ],
)
def test_parts_with_controllers_share_what_stands_at_the_top(
    plan: ChangePlan, line: str, index: Callable[..., Index], changed: Changed
) -> None:
    files = {"photos.yaml": _SHARED}
    assert [each.name for each in index(files).workloads] == ["photos-learning", "photos-server"]
    assert line in changed(files, plan)[-1]


def test_what_counts_instances_need_be_no_database(index: Indexed) -> None:
    assert _found(index(_release("unheard-of", "instances: 2\nstorage: {size: 1Gi}\n"))) == {"gate": "Cluster"}
    assert _found(index(_release("unheard-of", "instances: 2\nimage: {tag: 1.0.0}\n"))) == {"gate": "Deployment"}


@pytest.mark.parametrize("values", ['cronjob:\n  schedule: "0 9 * * *"\n', 'kind: CronJob\nschedule: "0 9 * * *"\n'])
def test_a_chart_that_says_a_schedule_runs_a_job(values: str, index: Indexed, changed: Changed) -> None:
    assert _found(index(_release("sweeper", values))) == {"gate": "CronJob"}
    added = "  suspend: true" if values.startswith("cronjob") else "suspend: true"
    assert changed(_release("sweeper", values), Suspend(name="gate")) == ["values/gate.yaml", f"+{added}"]
    with pytest.raises(InputInvalid, match="is a CronJob, which has no number of replicas"):
        changed(_release("sweeper", values), SetReplicas(name="gate", replicas=2))


def test_a_server_that_only_has_variables_is_a_part_beside_its_agents(index: Indexed, changed: Changed) -> None:
    values = "agent:\n  replicaCount: 2\nserver:\n  env:\n    OPEN: true\n  ingress:\n    enabled: true\n"
    assert _found(index(_release("pipes", values))) == {"gate-agent": "Deployment", "gate-server": "Deployment"}
    assert changed(_release("pipes", values), SetEnv(name="gate-server", variable="OPEN", value="false")) == [
        "values/gate.yaml",
        "-    OPEN: true",
        "+    OPEN: false",
    ]
    with pytest.raises(AmbiguousWorkload, match="Several workloads are called 'gate'"):
        changed(_release("pipes", values), SetReplicas(name="gate", replicas=3))


def test_a_part_does_not_stand_for_a_release_that_runs_on_every_node(changed: Changed) -> None:
    files = _release("longhorn", "longhornUI:\n  replicas: 1\n", "longhorn")
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(files, SetReplicas(name="longhorn", replicas=3))
    assert raised.value.candidates == ("home/longhorn-manager", "home/longhorn-ui")
    assert changed(files, SetReplicas(name="longhorn-ui", replicas=3))[-1] == "+  replicas: 3"
