"""Which files an Application is deployed from."""

from typing import Any

import pytest

from assistant_core.argocd import application_from
from assistant_core.models.application import FileSource, Reach

URL = "https://github.com/anna/homelab.git"


def sources(spec: dict[str, Any], *, kind: Any = None, paths: str = "") -> tuple[FileSource, ...]:
    annotations = {"argocd.argoproj.io/manifest-generate-paths": paths} if paths else {}
    status = {"sourceTypes": kind} if isinstance(kind, list) else {"sourceType": kind}
    metadata = {"namespace": "argocd", "name": "web", "annotations": annotations}
    return application_from({"metadata": metadata, "spec": spec, "status": status}).sources


@pytest.mark.parametrize(
    ("source", "kind", "folder", "reach"),
    [
        ({"path": "apps/web"}, None, "apps/web", Reach.TREE),
        ({"path": "./apps/web/"}, "Helm", "apps/web", Reach.TREE),
        ({"path": "."}, "Kustomize", "", Reach.OVERLAY),
        ({"path": "apps"}, "Directory", "apps", Reach.FLAT),
        ({"path": "apps", "directory": {"recurse": True}}, "Directory", "apps", Reach.TREE),
        ({"chart": "grafana", "path": "x"}, "Helm", None, Reach.TREE),
        ({}, None, None, Reach.TREE),
    ],
)
def test_a_source_is_a_folder_of_a_repository(source: Any, kind: Any, folder: str | None, reach: Reach) -> None:
    [found] = sources({"source": {"repoURL": URL, **source}}, kind=kind)
    assert found == FileSource(repository=URL, folder=folder, reach=reach)


def test_value_files_count_from_the_chart_or_the_root() -> None:
    helm = {"valueFiles": ["values.yaml", "../../common/values.yaml", "/root.yaml", 7]}
    [found] = sources({"source": {"repoURL": URL, "path": "charts/web", "helm": helm}}, kind="Helm")
    assert found.files == ("charts/web/values.yaml", "common/values.yaml", "root.yaml")


def test_value_files_may_lie_in_another_source() -> None:
    chart = {
        "repoURL": "https://charts.example",
        "chart": "web",
        "helm": {"valueFiles": ["$mine/apps/web.yaml", "$no/x"]},
    }
    found = sources({"sources": [chart, {"repoURL": URL, "ref": "mine"}]}, kind=["Helm", "Directory"])
    assert found == (
        FileSource(repository="https://charts.example", folder=None),
        FileSource(repository=URL, folder=None, reach=Reach.FLAT, files=("apps/web.yaml",)),
    )


def test_an_annotation_names_more_folders() -> None:
    found = sources({"source": {"repoURL": URL, "path": "apps/web"}}, kind="Helm", paths=".;../base; /shared")
    assert [each.folder for each in found] == ["apps/web", "apps/web", "apps/base", "shared"]


@pytest.mark.parametrize(
    "spec", [{"sources": "no"}, {"source": []}, {"source": {"helm": {"valueFiles": "x"}, "path": 7}}, {"sources": [7]}]
)
def test_what_is_no_source_has_no_files(spec: Any) -> None:
    assert all(each.folder is None and not each.files for each in sources(spec))
