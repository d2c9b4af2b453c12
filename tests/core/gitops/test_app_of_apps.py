"""A chart that makes Applications of a list in its values, and the wrapped charts that they deploy."""

from collections.abc import Callable, Mapping

from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import AddApp, SetChartVersion, SetEnv, SetReplicas

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

FILES = {
    "root.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\n"
    "spec: {source: {repoURL: https://git.example/home, path: cluster/list}, destination: {namespace: argocd}}\n",
    "cluster/list/Chart.yaml": "name: list\nversion: 0.1.0\n",
    "cluster/list/values.yaml": "apps:\n  - {name: push, namespace: push}\n  - {name: old, enabled: false}\n",
    "cluster/list/templates/all.yaml": "{{- range .Values.apps }}\nkind: Application\nspec:\n  source:\n"
    '    path: {{ .path | default (printf "wrapped/%s" .name) }}\n{{- end }}\n',
    "wrapped/push/Chart.yaml": "name: push\nversion: 0.1.0\ndependencies:\n"
    "  - {name: app-template, alias: push, version: 1.2.1, repository: https://charts.example}\n"
    "  - {name: redis, version: 17.4.0, repository: https://charts.example}\n",
    "wrapped/push/values.yaml": "push:\n  image: {repository: acme/push, tag: 2.2.4}\n  env:\n    TZ: UTC\n"
    "redis:\n  architecture: standalone\n",
    "wrapped/old/Chart.yaml": "name: old\nversion: 0.1.0\n",
    "wrapped/old/values.yaml": "replicaCount: 1\n",
}


def test_only_what_the_list_switches_on_is_deployed(index: Callable[..., Index]) -> None:
    found = {each.label for each in index(FILES).workloads}
    assert "push/push" in found
    assert not {"argocd/root", "argocd/list", "old/old"} & found


def test_the_first_app_template_has_one_controller(changed: Changed) -> None:
    assert changed(FILES, SetChartVersion(name="push", version="1.3.0"))[1].startswith("-  - {name: app-template,")
    assert changed(FILES, SetEnv(name="push", variable="LANG", value="de"))[1:] == ["+    LANG: de"]
    assert changed(FILES, SetReplicas(name="push", replicas=2))[1:] == ["+  controller:", "+    replicas: 2"]


REMOTE = {
    "boot/root.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\n"
    "spec: {source: {repoURL: https://git.example/home, path: boot/home}, destination: {namespace: argocd}}\n",
    "boot/home/kustomization.yaml": "kind: Kustomization\nhelmCharts:\n"
    "- {name: app-of-apps, version: 0.4.1, repo: 'https://charts.example', valuesFile: values.yaml}\n",
    "boot/home/values.yaml": """default:
  app:
    destination: {namespace: argocd}
    source: {repoURL: https://git.example/home}

applications:
  mail:
    annotations: {wave: "300"}  # late
    source:
      path: apps/mail
  news:
    source:
      path: apps/news
  maps:
    enabled: false
    source:
      path: apps/maps
""",
    **{
        f"apps/{name}/{name}-app.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}-app, namespace: argocd}}\nspec:\n  destination: {{namespace: {name}}}\n  source:\n"
        "    {chart: app-template, repoURL: 'https://charts.example', targetRevision: 5.1.0}\n"
        for name in ("mail", "news", "maps", "math")
    },
    **{
        f"apps/{name}/kustomization.yaml": f"kind: Kustomization\nresources: [{name}-app.yaml, job.yaml]\n"
        for name in ("mail", "news", "maps", "math")
    },
    "apps/mail/job.yaml": "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: queue, namespace: mail}\n"
    "spec:\n  selector: {matchLabels: {app: queue}}\n  template:\n    metadata: {labels: {app: queue}}\n"
    "    spec: {containers: [{name: queue, image: 'acme/queue:1.0.0'}]}\n",
}


def test_what_a_chart_from_elsewhere_makes_of_its_values_is_followed(
    index: Callable[..., Index], changed: Changed
) -> None:
    found = index(REMOTE)
    assert {each.label for each in found.workloads} == {"mail/queue"}
    assert {each.name for each in found.deployment.owners} == {"root", "mail", "news", "mail-app", "news-app"}
    left_out = {each.path: each.reason for each in found.unread}
    assert left_out["apps/math/math-app.yaml"] == (
        "is not deployed: no Application reads apps/math, as others read what is beside it"
    )
    assert changed(REMOTE, SetReplicas(name="queue", replicas=2))[0] == "apps/mail/job.yaml"


def test_what_a_chart_of_the_repository_makes_of_values_beside_it_is_all_there_is(index: Callable[..., Index]) -> None:
    chart = {
        "charts/app-of-apps/Chart.yaml": "name: app-of-apps\nversion: 0.4.1\n",
        "charts/app-of-apps/templates/all.yaml": "{{- range .Values.applications }}\nkind: Application\n{{- end }}\n",
    }
    local = REMOTE["boot/home/kustomization.yaml"].replace(", repo: 'https://charts.example'", "")
    off = {"apps/maps/job.yaml": REMOTE["apps/mail/job.yaml"].replace("queue", "atlas")}
    files = {**REMOTE, **chart, **off, "boot/home/kustomization.yaml": local}
    assert {each.label for each in index(files).workloads} == {"mail/queue"}


def test_a_new_app_is_listed_beside_the_others(changed: Changed) -> None:
    lines = changed(REMOTE, AddApp(name="cache", template="redis"))
    assert lines[:7] == [
        "apps/cache/cache.yaml",
        "+apiVersion: apps/v1",
        "+kind: Deployment",
        "+metadata:",
        "+  name: cache",
        "+  namespace: argocd",
        "+  labels:",
    ]
    assert lines[lines.index("boot/home/values.yaml") :] == [
        "boot/home/values.yaml",
        "+  cache:",
        "+    annotations:",
        '+      wave: "300"',
        "+    source:",
        "+      path: apps/cache",
    ]


def test_nobody_says_that_an_app_is_one(index: Callable[..., Index]) -> None:
    inner = "    {chart: app-template, repoURL: 'https://charts.example', targetRevision: 5.1.0, helm: {valuesObject: {"
    inner += "controllers: {feeds: {containers: {app: {image: {repository: acme/news, tag: 1.0.0}}}}}}}}\n"
    path = "apps/news/news-app.yaml"
    files = REMOTE | {path: REMOTE[path][: REMOTE[path].index("    {chart")] + inner}
    assert index(files).find("news").label == "news/news-app"
