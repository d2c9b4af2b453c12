"""A live cluster tells copies in a repository apart: who runs, and for whom."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from assistant_core.errors import AmbiguousWorkload
from assistant_core.gitops import Index, running

type Make = Callable[[Mapping[str, str]], Index]


def _application(name: str, path: str) -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\n"
        f"spec:\n  source: {{repoURL: https://git.example/me/home, path: {path}}}\n"
        "  destination: {server: https://kubernetes.default.svc, namespace: home}\n"
    )


WEB = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
    "  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'x/web:1'}]}}\n"
)
FILES = {
    "argocd/old.yaml": _application("old-web", "apps/old-site"),
    "argocd/new.yaml": _application("new-web", "apps/site"),
    "apps/old-site/web.yaml": WEB,
    "apps/site/web.yaml": WEB,
}


def _live(**metadata: Any) -> Any:
    return running({"metadata": {"name": "web", "namespace": "home", **metadata}}, "Deployment")


@pytest.mark.parametrize(
    "metadata",
    [
        {"annotations": {"argocd.argoproj.io/tracking-id": "new-web:apps/Deployment:home/web"}},
        {"labels": {"argocd.argoproj.io/instance": "new-web"}},
        {"labels": {"app.kubernetes.io/instance": "new-web"}},
    ],
)
def test_the_one_that_the_cluster_runs_is_meant(index: Make, metadata: dict[str, Any]) -> None:
    found = index(FILES)
    with pytest.raises(AmbiguousWorkload):
        found.find("web")
    known = replace(found, running=(_live(**metadata),))
    assert known.find("web").path == "apps/site/web.yaml"


@pytest.mark.parametrize("metadata", [{}, {"namespace": "elsewhere"}, {"labels": {"app.kubernetes.io/instance": "x"}}])
def test_evidence_that_tells_nothing_leaves_the_question(index: Make, metadata: dict[str, Any]) -> None:
    with pytest.raises(AmbiguousWorkload):
        replace(index(FILES), running=(_live(**metadata),)).find("web")
