"""Applications that a generator makes of a file each, and what lies beside such a file."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import AddApp, RemoveApp

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]

_APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  source: {repoURL: https://git.example/me/home, path: apps/NAME/config}
  destination: {namespace: NAME}
"""
_DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec: {containers: [{name: NAME, image: 'acme/NAME:1'}]}
"""
FILES = {
    "projects/apps.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators:
    - git: {repoURL: https://git.example/me/home, files: [{path: 'apps/**/home/config.json'}]}
  template:
    metadata: {name: 'home-{{ name }}'}
    spec:
      source: {repoURL: https://git.example/me/home, path: '{{ folder }}'}
      destination: {namespace: '{{ name }}'}
""",
    **{
        path.replace("NAME", name): text.replace("NAME", name)
        for name in ("kiwi", "plum")
        for path, text in {
            "apps/NAME/overlays/home/config.json": '{"name": "NAME", "folder": "apps/NAME/base"}',
            "apps/NAME/base/kustomization.yaml": "resources:\n- application.yaml\n",
            "apps/NAME/base/application.yaml": _APPLICATION,
            "apps/NAME/config/all.yaml": _DEPLOYMENT,
        }.items()
    },
}


def test_the_file_that_makes_the_application_around_an_app_goes_with_it(edit: Edited) -> None:
    found = {each.path: each.after for each in edit(FILES, RemoveApp(name="kiwi")).files}
    assert found == dict.fromkeys(path for path in FILES if path.startswith("apps/kiwi/"))


def test_what_such_an_application_deploys_besides_stays(edit: Edited) -> None:
    files = {
        **FILES,
        "apps/kiwi/base/kustomization.yaml": "resources:\n- application.yaml\n- rules.yaml\n",
        "apps/kiwi/base/rules.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\n",
    }
    found = {each.path: each.after for each in edit(files, RemoveApp(name="kiwi")).files}
    assert found["apps/kiwi/base/kustomization.yaml"] == b"resources:\n- rules.yaml\n"
    assert "apps/kiwi/overlays/home/config.json" not in found


def test_an_application_goes_with_the_file_that_it_is_made_of(edit: Edited) -> None:
    chart = {
        "chart/Chart.yaml": "name: chart\nversion: 0.1.0\n",
        "chart/templates/all.yaml": _DEPLOYMENT.replace("NAME", "{{ .Values.name }}"),
    }
    values = "      source:\n        repoURL: https://git.example/me/home\n        path: chart\n"
    values += "        helm: {values: '{{ toYaml . }}'}\n"
    source = "      source: {repoURL: https://git.example/me/home, path: '{{ folder }}'}\n"
    files = {
        **chart,
        "set.yaml": FILES["projects/apps.yaml"]
        .replace(source, values)
        .replace("apps/**/home/config.json", "homes/*.yaml"),
        "homes/kiwi.yaml": "name: kiwi\n",
        "homes/plum.yaml": "name: plum\n",
    }
    assert {each.path: each.after for each in edit(files, RemoveApp(name="kiwi")).files} == {"homes/kiwi.yaml": None}


def test_no_app_is_put_into_the_folder_of_another_one(edit: Edited) -> None:
    plan = AddApp(name="news", template="web", image="acme/news:1.0", port=8080)
    chart = "source: {chart: plum, repoURL: https://charts.example, targetRevision: 1.0.0}"
    whole = "source: {repoURL: https://git.example/me/home, path: apps/plum/config}"
    files = {
        **FILES,
        "apps/kiwi/config/store.yaml": _DEPLOYMENT.replace("NAME", "store"),
        "apps/plum/base/application.yaml": FILES["apps/plum/base/application.yaml"].replace(whole, chart),
    }
    with pytest.raises(EditRefused, match="where this repository keeps its apps"):
        edit(files, plan)


def test_an_app_for_which_no_file_makes_the_application_around_it_is_not_deployed(
    index: Callable[[Mapping[str, str]], Index],
) -> None:
    off = {path.replace("kiwi", "fig"): text.replace("kiwi", "fig") for path, text in FILES.items() if "/kiwi/" in path}
    off["apps/fig/overlays/home/config.json.off"] = off.pop("apps/fig/overlays/home/config.json")
    found = index({**FILES, **off})
    assert {each.name for each in found.workloads} == {"kiwi", "plum"}
    assert "apps/fig/base/application.yaml" in {each.path for each in found.unread}
