"""What ArgoCD renders with other tools: plugins around Helm, jsonnet, and what cdk8s has written."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import UnknownWorkload
from assistant_core.gitops import Index
from assistant_core.models.plan import ChangePlan, SetImage, SetReplicas

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Indexed = Callable[[Mapping[str, str]], Index]


def _application(name: str, path: str, more: str = "") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\n"
        f"spec:\n  destination: {{namespace: {name}}}\n"
        f"  source: {{repoURL: https://git.example/home, path: {path}{more}}}\n"
    )


_HELM_ARGS = ", plugin: {name: vault-helm, env: [{name: HELM_ARGS, value: 'ARGS'}]}"
_WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: blog-c8a1b2}
spec:
  selector: {matchLabels: {app: blog}}
  template:
    metadata: {labels: {app: blog}}
    spec: {containers: [{name: blog, image: 'acme/blog:5.1.0'}]}
"""


@pytest.mark.parametrize(
    "arguments", ["-f values.yaml -f values-home.yaml", "--values values-home.yaml", "--values=values-home.yaml"]
)
def test_the_values_that_a_plugin_is_told_of_win(arguments: str, changed: Changed) -> None:
    files = {
        "apps/vault.yaml": _application("vault", "charts/vault", _HELM_ARGS.replace("ARGS", arguments)),
        "charts/vault/Chart.yaml": "name: vault\ndependencies: [{name: vault, version: 0.31.8, repository: 'https://c'}]\n",
        "charts/vault/values.yaml": "vault:\n  image: {repository: acme/vault, tag: 1.32.0}\n  replicas: 1\n",
        "charts/vault/values-home.yaml": "vault:\n  image: {tag: 1.32.7}\n",
    }
    assert changed(files, SetImage(name="vault", tag="1.33.0")) == [
        "charts/vault/values-home.yaml",
        "-  image: {tag: 1.32.7}",
        "+  image: {tag: 1.33.0}",
    ]


def test_what_a_program_writes_is_left_to_it(index: Indexed, changed: Changed) -> None:
    files = {
        "apps/blog.yaml": _application("blog", "code/dist"),
        "code/cdk8s.yaml": "language: typescript\napp: node main.ts\n",
        "code/dist/blog.k8s.yaml": _WORKLOAD,
    }
    with pytest.raises(UnknownWorkload, match="written by cdk8s, so its code is to be changed instead"):
        changed(files, SetReplicas(name="blog", replicas=2))
    by_hand = {path: text for path, text in files.items() if path != "code/cdk8s.yaml"}
    assert [each.label for each in index(by_hand).workloads] == ["blog/blog-c8a1b2"]


def test_a_program_that_makes_manifests_is_named(changed: Changed) -> None:
    files = {
        "apps/charts.yaml": _application("charts", "code/charts", ", directory: {jsonnet: {}}"),
        "apps/blog.yaml": _application("blog", "blog"),
        "blog/blog.yaml": _WORKLOAD,
        "code/charts/main.jsonnet": '{ kind: "Deployment", metadata: { name: "charts" } }\n',
    }
    with pytest.raises(UnknownWorkload, match="belongs to Jsonnet, which I do not understand"):
        changed(files, SetReplicas(name="charts", replicas=2))
