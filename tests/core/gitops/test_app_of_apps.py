"""A chart that makes Applications of a list in its values, and the wrapped charts that they deploy."""

from collections.abc import Callable, Mapping

from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetChartVersion, SetEnv, SetReplicas

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
