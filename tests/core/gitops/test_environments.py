"""One app in several environments: each is a workload of its own, and a change for one never reaches another."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Index
from assistant_core.models.plan import (
    AddApp,
    ChangePlan,
    Resume,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetValue,
    Suspend,
)

from .environments import applied

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]


FLUX = {
    "clusters/prod/apps.yaml": applied("prod"),
    "clusters/staging/apps.yaml": applied("staging"),
    "apps/prod/kustomization.yaml": "resources: [../base]\npatches:\n- path: blog.yaml\n",
    "apps/prod/blog.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: blog, namespace: blog}
spec:
  values:
    host: blog.prod
""",
    "apps/staging/kustomization.yaml": "resources: [../base]\n",
    "apps/base/kustomization.yaml": "namespace: blog\nresources: [release.yaml]\n",
    "apps/base/release.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: blog}
spec:
  chart: {spec: {chart: blog, version: 1.0.0}}
  values:
    replicaCount: 1
    env: {URL: https://blog}
""",
}


def test_a_release_of_two_environments_is_asked_about(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(FLUX, SetReplicas(name="blog", replicas=2))
    assert raised.value.candidates == ("blog/blog (apps/prod)", "blog/blog (apps/staging)")
    assert changed(FLUX, SetReplicas(name="blog/blog (apps/prod)", replicas=2))[0] == "apps/prod/blog.yaml"


def test_a_value_for_one_environment_goes_into_its_own_patch(changed: Changed) -> None:
    assert changed(FLUX, SetReplicas(name="blog", namespace="prod", replicas=2)) == [
        "apps/prod/blog.yaml",
        "+    replicaCount: 2",
    ]
    plan = SetValue(name="blog", namespace="prod", path="host", value="b.prod")
    assert changed(FLUX, plan) == ["apps/prod/blog.yaml", "-    host: blog.prod", "+    host: b.prod"]


_PATCH = """apps/staging/kustomization.yaml
+patches:
+  - patch: |
+      apiVersion: helm.toolkit.fluxcd.io/v2
+      kind: HelmRelease
+      metadata:
+        name: blog
+      spec:
+        values:
"""


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="blog", namespace="staging", replicas=2), ["+          replicaCount: 2"]),
        (SetValue(name="blog", namespace="staging", path="replicaCount", value=2), ["+          replicaCount: 2"]),
        (
            SetEnv(name="blog", namespace="staging", variable="URL", value="https://b"),
            ["+          env:", "+            URL: https://b"],
        ),
    ],
)
def test_what_the_common_base_decides_is_patched_for_one_environment(
    plan: ChangePlan, lines: list[str], changed: Changed
) -> None:
    assert changed(FLUX, plan) == [*_PATCH.splitlines(), *lines]


def test_an_item_of_a_list_in_the_common_base_is_left_alone(changed: Changed) -> None:
    files = FLUX | {
        "apps/base/release.yaml": FLUX["apps/base/release.yaml"].replace(
            "{URL: https://blog}", "[{name: URL, value: a}]"
        )
    }
    with pytest.raises(EditRefused, match="blog/blog would follow too"):
        changed(files, SetEnv(name="blog", namespace="staging", variable="URL", value="https://b"))


def test_a_tag_is_not_patched_over_a_digest_of_the_common_base(changed: Changed) -> None:
    base = FLUX["apps/base/release.yaml"]
    files = FLUX | {
        "apps/base/release.yaml": f"{base}    image: {{repository: a/blog, tag: '1', digest: 'sha256:0'}}\n"
    }
    with pytest.raises(EditRefused, match="pins the image of blog/blog to a digest"):
        changed(files, SetImage(name="blog", namespace="staging", tag="2"))
    files = FLUX | {"apps/base/release.yaml": f"{base}    image: {{repository: a/blog, tag: '1'}}\n"}
    patched = changed(files, SetImage(name="blog", namespace="staging", tag="2"))
    assert patched[-2:] == ["+          image:", '+            tag: "2"']


GENERATED = {
    "sets.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shops, namespace: argocd}
spec:
  generators:
  - list:
      elements:
      - {env: dev, tag: 1.0.1}
      - {env: prod, tag: 1.0.0}
  template:
    metadata: {name: 'shop-{{env}}'}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: 'shop-{{env}}'}
      source:
        repoURL: https://git.example/me/home
        path: charts/shop
        helm:
          valueFiles: ['values-{{env}}.yaml']
          parameters:
          - {name: image.tag, value: '{{tag}}'}
""",
    "charts/shop/Chart.yaml": "name: shop\nversion: 0.1.0\n",
    "charts/shop/values.yaml": "replicaCount: 1\nimage: {repository: acme/shop, tag: 1.0.0}\n",
    "charts/shop/values-dev.yaml": "replicaCount: 1\n",
    "charts/shop/values-prod.yaml": "replicaCount: 2\n",
}


def test_a_values_file_does_not_win_over_a_parameter(changed: Changed) -> None:
    assert changed(GENERATED, SetImage(name="shop-prod", tag="1.0.2")) == [
        "sets.yaml",
        "-      - {env: prod, tag: 1.0.0}",
        "+      - {env: prod, tag: 1.0.2}",
    ]
    assert changed(GENERATED, SetReplicas(name="shop-prod", replicas=3)) == [
        "charts/shop/values-prod.yaml",
        "-replicaCount: 2",
        "+replicaCount: 3",
    ]


def test_a_new_app_goes_where_a_generator_finds_it(changed: Changed) -> None:
    plan = AddApp(name="mail", template="redis")
    with pytest.raises(EditRefused, match="where a new one belongs"):
        changed(GENERATED, plan)
    directories = GENERATED["sets.yaml"].replace("list:", "git:").replace("elements:", "directories:")
    directories = directories.replace("{env: dev, tag: 1.0.1}", "{path: 'charts/*'}").replace(
        "      - {env: prod, tag: 1.0.0}\n", ""
    )
    directories = directories.replace("charts/shop", "'{{path}}'").replace("{{env}}", "{{path.basename}}")
    assert changed(GENERATED | {"sets.yaml": directories}, plan)[0] == "charts/mail/mail.yaml"


def test_a_variable_of_one_container_alone_is_changed_there(changed: Changed) -> None:
    files = {
        "app.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: torrents}
spec:
  selector: {matchLabels: {app: torrents}}
  template:
    metadata: {labels: {app: torrents}}
    spec:
      containers:
        - {name: torrents, image: "x/torrents:1.0"}
        - {name: tunnel, image: "x/tunnel:1.0", env: [{name: LOG_LEVEL, value: info}]}
"""
    }
    assert changed(files, SetEnv(name="torrents", variable="LOG_LEVEL", value="debug"))[2] == (
        '+        - {name: tunnel, image: "x/tunnel:1.0", env: [{name: LOG_LEVEL, value: debug}]}'
    )


def test_the_container_that_bears_the_longer_name_of_its_app_is_meant(changed: Changed) -> None:
    files = {
        "papers.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: papers}
spec:
  selector: {matchLabels: {app: papers}}
  template:
    metadata: {labels: {app: papers}}
    spec:
      containers:
        - {name: papers-ngx, image: "acme/ngx:1.0"}
        - {name: tika, image: "acme/tika:1.0"}
"""
    }
    assert (
        changed(files, SetImage(name="papers", tag="1.1"))[2] == '+        - {name: papers-ngx, image: "acme/ngx:1.1"}'
    )


_LIST = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: charts, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - {chart: one, version: 1.0.0, replicas: "1"}
          - {chart: two, version: 2.0.0, replicas: "2"}
  template:
    metadata: {name: '{{chart}}'}
    spec:
      source:
        repoURL: https://charts.example
        chart: '{{chart}}'
        targetRevision: '{{version}}'
        helm: {parameters: [{name: replicaCount, value: '{{replicas}}'}]}
      destination: {namespace: home}
"""


def test_what_an_element_of_a_list_fills_in_is_changed_there(changed: Changed) -> None:
    assert changed({"apps.yaml": _LIST}, SetChartVersion(name="two", version="2.1.0"))[1:] == [
        '-          - {chart: two, version: 2.0.0, replicas: "2"}',
        '+          - {chart: two, version: 2.1.0, replicas: "2"}',
    ]
    assert changed({"apps.yaml": _LIST}, SetReplicas(name="one", replicas=3))[1:] == [
        '-          - {chart: one, version: 1.0.0, replicas: "1"}',
        '+          - {chart: one, version: 1.0.0, replicas: "3"}',
    ]


def test_what_fills_in_two_places_is_left_alone(changed: Changed) -> None:
    files = {
        "apps.yaml": _LIST.replace("repoURL: https://charts.example", "repoURL: https://charts.example/{{version}}")
    }
    with pytest.raises(EditRefused, match="every Application of its ApplicationSet would follow too"):
        changed(files, SetChartVersion(name="two", version="2.1.0"))


def test_a_release_is_suspended_in_one_environment_alone(changed: Changed) -> None:
    assert changed(FLUX, Suspend(name="blog", namespace="prod")) == ["apps/prod/blog.yaml", "+  suspend: true"]
    with pytest.raises(EditRefused, match="blog/blog would follow too"):
        changed(FLUX, Suspend(name="blog", namespace="staging"))


def test_a_patch_that_suspends_a_release_is_what_is_changed(changed: Changed) -> None:
    files = FLUX | {"apps/prod/blog.yaml": FLUX["apps/prod/blog.yaml"].replace("spec:\n", "spec:\n  suspend: true\n")}
    assert changed(files, Resume(name="blog", namespace="prod")) == [
        "apps/prod/blog.yaml",
        "-  suspend: true",
        "+  suspend: false",
    ]


def test_one_of_two_kustomizations_of_one_name_is_asked_about(changed: Changed) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        changed(FLUX, Suspend(name="apps", kind="Kustomization"))
    prod, _ = raised.value.candidates
    for plan in (Suspend(name=prod), Suspend(name="apps", namespace="prod", kind="Kustomization")):
        assert changed(FLUX, plan)[0] == "clusters/prod/apps.yaml"


def test_environments_are_known_by_what_tells_them_apart(index: Callable[[Mapping[str, str]], Index]) -> None:
    assert index(FLUX).environments() == ["prod", "staging"]


CHAINED = {
    "base/kustomization.yaml": "resources: [shop.yaml]\n",
    "base/shop.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: shop, image: "acme/shop:1.0"}]}
""",
    "overlays/away/kustomization.yaml": "namespace: away\nresources: [../../base]\n"
    "replicas: [{name: shop, count: 3}]\n",
    "overlays/solo/kustomization.yaml": "namespace: solo\nnameSuffix: -solo\nresources: [../away]\n",
}


def test_an_overlay_with_a_namespace_that_another_builds_on_is_applied_itself(changed: Changed) -> None:
    assert changed(CHAINED, SetReplicas(name="shop-solo", replicas=2))[0] == "overlays/solo/kustomization.yaml"
    with pytest.raises(EditRefused, match="solo/shop-solo would follow too"):
        changed(CHAINED, SetReplicas(name="away/shop", replicas=2))
