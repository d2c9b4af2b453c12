"""Apps whose Applications are Helm templates, which are not followed."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.models.plan import AddApp, ChangePlan, RemoveApp

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

TEMPLATE = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: blog, namespace: argocd}
spec:
  source:
    repoURL: {{ .Values.repoURL }}
    path: manifests/blog
"""
FILES = {
    "apps/Chart.yaml": "apiVersion: v2\nname: apps\nversion: 0.1.0\n",
    "apps/templates/blog.yaml": TEMPLATE,
    "manifests/blog/deploy.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: blog, namespace: web}
spec:
  selector: {matchLabels: {app: blog}}
  template:
    metadata: {labels: {app: blog}}
    spec: {containers: [{name: ghost, image: "ghost:5.100.1"}]}
""",
}
NEW = AddApp(name="memos", namespace="web", template="web", image="usememos/memos:0.25.0", port=5230)


@pytest.mark.parametrize("path", ["manifests/blog", '"manifests/{{ .Values.name }}"', "./manifests/blog/"])
def test_an_app_that_a_template_deploys_is_left(path: str, changed: Changed) -> None:
    files = FILES | {"apps/templates/blog.yaml": TEMPLATE.replace("manifests/blog", path)}
    with pytest.raises(
        EditRefused, match=r"apps/templates/blog\.yaml names the folder manifests/blog that is not there"
    ):
        changed(files, RemoveApp(name="blog"))
    with pytest.raises(EditRefused, match="where a new one belongs"):
        changed(files, NEW)


def test_other_templates_stop_nothing(changed: Changed) -> None:
    files = FILES | {"apps/templates/blog.yaml": TEMPLATE.replace("manifests/blog", "charts/blog")}
    assert changed(files, RemoveApp(name="blog"))
    assert changed(files, NEW)[0] == "manifests/memos/memos.yaml"
