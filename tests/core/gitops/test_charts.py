"""What is known of charts, and what their values tell."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused, UnknownWorkload
from assistant_core.gitops import Edit
from assistant_core.models.plan import ChangePlan, Restart, SetImage, SetReplicas, SetResources, SetStorage, SetValue

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]


def _application(chart: str, values: str) -> dict[str, str]:
    lines = "".join(f"        {line}\n" for line in values.splitlines())
    return {
        "apps/app.yaml": f"""apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: home, namespace: argocd}}
spec:
  destination: {{namespace: home}}
  source:
    chart: {chart}
    repoURL: https://charts.example.com
    targetRevision: 1.0.0
    helm:
      valuesObject:
{lines}"""
    }


def test_a_part_that_the_values_switch_off_is_not_there(changed: Changed) -> None:
    files = _application("kube-prometheus-stack", "alertmanager: {enabled: false}\ngrafana: {enabled: true}")
    with pytest.raises(UnknownWorkload):
        changed(files, SetReplicas(name="alertmanager", replicas=2))
    assert changed(files, SetReplicas(name="grafana", replicas=2))[0] == "apps/app.yaml"


def test_a_part_is_meant_by_its_name_though_all_of_the_chart_bears_it(changed: Changed) -> None:
    files = _application("kube-prometheus-stack", "grafana: {enabled: true}")
    files = {"apps/prometheus.yaml": files["apps/app.yaml"]}
    assert changed(files, SetReplicas(name="prometheus", replicas=2)) == [
        "apps/prometheus.yaml",
        "+        prometheus:",
        "+          prometheusSpec:",
        "+            replicas: 2",
    ]


def test_the_image_of_a_chart_may_stand_above_its_parts(changed: Changed) -> None:
    files = _application("postgresql", "image:\n  tag: 16.1.0\nprimary:\n  persistence: {size: 8Gi}")
    assert changed(files, SetImage(name="postgresql", tag="16.4.0")) == [
        "apps/app.yaml",
        "-          tag: 16.1.0",
        "+          tag: 16.4.0",
    ]


def test_a_size_is_found_in_the_settings_of_a_volume(changed: Changed) -> None:
    files = _application("anything", "storage:\n  data:\n    size: 15Gi\n    class: fast")
    assert changed(files, SetStorage(name="home", size="20Gi")) == [
        "apps/app.yaml",
        "-            size: 15Gi",
        "+            size: 20Gi",
    ]


def test_one_of_several_volumes_is_meant_by_its_name(changed: Changed) -> None:
    files = _application("anything", "persistence:\n  config:\n    size: 5Gi\n  media:\n    size: 90Gi")
    with pytest.raises(AmbiguousWorkload, match="config, media"):
        changed(files, SetStorage(name="home", size="100Gi"))
    assert changed(files, SetStorage(name="home", volume="media", size="100Gi"))[1:] == [
        "-            size: 90Gi",
        "+            size: 100Gi",
    ]


def test_a_chart_that_nobody_knows_gets_no_volume_that_its_values_do_not_speak_of(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="no volume"):
        changed(_application("anything", "ingress: {enabled: true}"), SetStorage(name="home", size="20Gi"))


@pytest.mark.parametrize(
    ("values", "plan", "lines"),
    [
        (
            "statefulset:\n  replicas: 1\nstorage:\n  persistentVolume:\n    size: 5Gi",
            SetReplicas(name="home", replicas=3),
            ["-          replicas: 1", "+          replicas: 3"],
        ),
        (
            "statefulset:\n  replicas: 1\nstorage:\n  persistentVolume:\n    size: 5Gi",
            SetStorage(name="home", size="9Gi"),
            ["-            size: 5Gi", "+            size: 9Gi"],
        ),
        (
            "controller:\n  type: daemonset\nanything:\n  resources:\n    limits:\n      memory: 1Gi",
            SetResources(name="home", memory_limit="2Gi"),
            ["-              memory: 1Gi", "+              memory: 2Gi"],
        ),
    ],
)
def test_what_the_only_workload_of_a_chart_has_may_stand_below_its_kind_or_its_name(
    values: str, plan: ChangePlan, lines: list[str], changed: Changed
) -> None:
    assert changed(_application("anything", values), plan)[1:] == lines


def test_a_guessed_key_is_told(edit: Edited) -> None:
    guessed = edit(_application("anything", "ingress: {enabled: true}"), SetReplicas(name="home", replicas=2))
    assert "whether the chart anything takes spec.source.helm.valuesObject.replicaCount" in guessed.notes[0].sentence
    assert not edit(_application("anything", "replicaCount: 1"), SetReplicas(name="home", replicas=2)).notes


UMBRELLA = {
    "charts/vault/Chart.yaml": """name: vault
dependencies:
- {name: vaultwarden, version: 0.29.0, repository: "https://one.example.com"}
- {name: redis, alias: cache, condition: cache.enabled, version: 19.0.0, repository: "https://two.example.com"}
""",
    "charts/vault/values.yaml": """vaultwarden:
  domain: vault.example.com
cache:
  enabled: true
  master: {count: 1}
""",
}


def test_a_dependency_is_known_by_its_alias(changed: Changed) -> None:
    assert changed(UMBRELLA, SetReplicas(name="vault-cache", replicas=2))[1:] == [
        "-  master: {count: 1}",
        "+  master: {count: 2}",
    ]


def test_a_dependency_whose_condition_is_false_is_not_there(changed: Changed) -> None:
    values = UMBRELLA["charts/vault/values.yaml"].replace("enabled: true", "enabled: false")
    with pytest.raises(UnknownWorkload):
        changed(UMBRELLA | {"charts/vault/values.yaml": values}, SetReplicas(name="cache", replicas=2))


def test_a_path_that_begins_with_a_dependency_means_that_one(changed: Changed) -> None:
    plan = SetValue(name="vault", path="vaultwarden.domain", value="v.example.com")
    assert changed(UMBRELLA, plan) == [
        "charts/vault/values.yaml",
        "-  domain: vault.example.com",
        "+  domain: v.example.com",
    ]


OWN = {
    "shop/Chart.yaml": "name: shop\nversion: 0.1.0\n",
    "shop/values.yaml": "image: {repository: acme/shop, tag: 1.0.0}\n",
    "shop/templates/shop.yaml": """kind: Deployment
spec:
  replicas: {{ .Values.replicaCount }}
  template:
    spec:
      containers:
      - image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
        resources: {{- toYaml $.Values.resources | nindent 10 }}
""",
}


def test_a_value_that_the_templates_take_is_no_guess(edit: Edited) -> None:
    found = edit(OWN, SetReplicas(name="shop", replicas=2))
    assert (found.files[0].path, found.notes) == ("shop/values.yaml", ())
    assert edit(OWN, SetResources(name="shop", memory_limit="1Gi")).notes == ()


def test_a_value_that_no_template_takes_is_refused(edit: Edited) -> None:
    template = OWN["shop/templates/shop.yaml"].replace(".Values.replicaCount", "1")
    with pytest.raises(EditRefused, match="do not take replicaCount"):
        edit(OWN | {"shop/templates/shop.yaml": template}, SetReplicas(name="shop", replicas=2))
    with pytest.raises(EditRefused, match="do not take podAnnotations"):
        edit(OWN, Restart(name="shop"))


def test_templates_that_hand_on_all_values_leave_it_open(edit: Edited) -> None:
    template = OWN["shop/templates/shop.yaml"].replace(".Values.replicaCount", '(index .Values "copies")')
    found = edit(OWN | {"shop/templates/shop.yaml": template}, SetReplicas(name="shop", replicas=2))
    assert "whether the chart shop takes replicaCount" in found.notes[0].sentence


_NESTED = """server:
  controllers:
    main:
      replicas: 1
      containers:
        main: {image: {tag: v1.122.0}, env: {TZ: UTC}, resources: {limits: {memory: 3Gi}}}
machine-learning:
  controllers: {main: {containers: {main: {resources: {limits: {memory: 4Gi}}}}}}
  persistence: {cache: {size: 10Gi}}
"""


def test_parts_with_controllers_of_their_own_are_changed_where_those_decide(changed: Changed) -> None:
    files = _application("photos", _NESTED)
    assert changed(files, SetResources(name="machine-learning", memory_limit="6Gi"))[1:] == [
        "-          controllers: {main: {containers: {main: {resources: {limits: {memory: 4Gi}}}}}}",
        "+          controllers: {main: {containers: {main: {resources: {limits: {memory: 6Gi}}}}}}",
    ]
    assert changed(files, SetReplicas(name="home-server", replicas=2))[1:] == [
        "-              replicas: 1",
        "+              replicas: 2",
    ]
    assert changed(files, SetStorage(name="machine-learning", size="20Gi"))[1:] == [
        "-          persistence: {cache: {size: 10Gi}}",
        "+          persistence: {cache: {size: 20Gi}}",
    ]
    with pytest.raises(AmbiguousWorkload, match="home-machine-learning or home/home-server"):
        changed(files, SetImage(name="photos", tag="v1.123.0"))


def _umbrella() -> dict[str, str]:
    return {
        "root.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cloud, namespace: argocd}
spec:
  destination: {namespace: home}
  source: {repoURL: https://git.example/home.git, path: charts/cloud}
""",
        "charts/cloud/Chart.yaml": """apiVersion: v2
name: cloud
version: 0.1.0
dependencies:
  - {name: nextcloud, version: 6.2.1, repository: https://charts.example}
  - {name: loki, version: 6.20.0, repository: https://charts.example}
""",
        "charts/cloud/values.yaml": """nextcloud:
  replicaCount: 1
loki:
  singleBinary: {replicas: 1, persistence: {size: 2Gi}}
""",
    }


def test_the_name_of_an_umbrella_means_none_of_its_parts(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload, match="cloud-loki"):
        changed(_umbrella(), SetReplicas(name="cloud", replicas=2))


def test_a_dependency_means_its_main_part(changed: Changed) -> None:
    assert changed(_umbrella(), SetReplicas(name="loki", replicas=2))[2] == (
        "+  singleBinary: {replicas: 2, persistence: {size: 2Gi}}"
    )


def test_a_path_that_begins_with_another_dependency_is_that_ones(changed: Changed) -> None:
    plan = SetValue(name="nextcloud", path="loki.singleBinary.persistence.size", value="4Gi")
    assert changed(_umbrella(), plan) == [
        "charts/cloud/values.yaml",
        "-  singleBinary: {replicas: 1, persistence: {size: 2Gi}}",
        "+  singleBinary: {replicas: 1, persistence: {size: 4Gi}}",
    ]


def test_the_size_of_a_volume_may_begin_with_a_capital(changed: Changed) -> None:
    files = {
        "mine/Chart.yaml": "apiVersion: v2\nname: mine\nversion: 1.0.0\n"
        "dependencies: [{name: minecraft, version: 4.23.2, repository: https://charts.example}]\n",
        "mine/values.yaml": "minecraft:\n  persistence:\n    dataDir: {enabled: true, Size: 10Gi}\n",
    }
    assert changed(files, SetStorage(name="minecraft", size="20Gi"))[1:] == [
        "-    dataDir: {enabled: true, Size: 10Gi}",
        "+    dataDir: {enabled: true, Size: 20Gi}",
    ]


def test_an_image_that_all_parts_run_is_no_question(changed: Changed) -> None:
    files = _application("authentik", "global: {image: {tag: 2024.10.4}}\nworker: {replicas: 2}")
    assert changed(files, SetImage(name="home", tag="2024.12.1"))[-1] == "+        global: {image: {tag: 2024.12.1}}"
    with pytest.raises(AmbiguousWorkload):
        changed(files, SetReplicas(name="home", replicas=3))
    assert changed(files, SetReplicas(name="worker", replicas=3))[-1] == "+        worker: {replicas: 3}"


@pytest.mark.parametrize("part", ["controller", "server"])
def test_the_main_part_of_an_unknown_chart_is_meant_by_the_name_of_its_release(changed: Changed, part: str) -> None:
    files = {
        "proxy.yaml": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: proxy}\nspec:\n"
        f"  chart: {{spec: {{chart: some-proxy, version: 1.0.0}}}}\n  values:\n    {part}:\n      replicaCount: 2\n"
    }
    assert changed(files, SetReplicas(name="proxy", replicas=3))[1:] == [
        "-      replicaCount: 2",
        "+      replicaCount: 3",
    ]
