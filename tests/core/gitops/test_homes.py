"""Whole repositories in the manner of homelabs: every operation finds its place, and the guard lets it through."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant_core.errors import UnknownWorkload
from assistant_core.gitops import Index, apply
from assistant_core.guard import Risk, Trust, judge_change
from assistant_core.models.plan import (
    AddApp,
    ChangePlan,
    RemoveApp,
    Restart,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
    Suspend,
)
from assistant_core.models.repository import Snapshot

REPOSITORIES = Path(__file__).parents[2] / "fixtures" / "repositories"
AT = "2026-11-22T12:00:00Z"
APPS = "kubernetes/apps/media"
RESTARTED = f'kubectl.kubernetes.io/restartedAt: "{AT}"'


def files_of(name: str) -> dict[str, bytes]:
    folder = REPOSITORIES / name
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def repository() -> Callable[[str], Index]:
    found = {name: Index.of(Snapshot(commit="c" * 40, files=files_of(name))) for name in ("flux", "argocd")}
    return found.__getitem__


def after(index: Index, plan: ChangePlan) -> Index:
    """The repository with a change that the guard accepts."""
    files = dict(index.snapshot.files)
    edit = apply(plan, index)
    verdict = judge_change(edit.files, trust=Trust.of(files))
    assert verdict.accepted, verdict.violations
    for each in edit.files:
        files.pop(each.path, None)
        if each.after is not None:
            files[each.path] = each.after
    return Index.of(Snapshot(commit="d" * 40, files=files))


@pytest.mark.parametrize(
    ("name", "plan", "path", "added"),
    [
        ("flux", SetReplicas(name="jellyfin", replicas=2), f"{APPS}/jellyfin/app/helmrelease.yaml", "replicas: 2"),
        ("flux", SetImage(name="jellyfin", tag="10.11"), f"{APPS}/jellyfin/app/helmrelease.yaml", 'tag: "10.11"'),
        ("flux", SetImage(name="sonarr", tag="5.0.1"), f"{APPS}/sonarr/app/resources/values.yaml", "tag: 5.0.1"),
        ("flux", SetResources(name="sonarr", memory_limit="8Gi"), f"{APPS}/sonarr/app/resources/values.yaml",
         "memory: 8Gi"),
        ("flux", SetEnv(name="jellyfin", variable="NEW", value="true"), f"{APPS}/jellyfin/app/helmrelease.yaml",
         'NEW: "true"'),
        ("flux", SetChartVersion(name="jellyfin", version="4.4.0"), f"{APPS}/jellyfin/app/ocirepository.yaml",
         "tag: 4.4.0"),
        ("flux", SetStorage(name="jellyfin", size="60Gi"), f"{APPS}/jellyfin/ks.yaml", "VOLSYNC_CAPACITY: 60Gi"),
        ("flux", SetStorage(name="sonarr", size="60Gi"), f"{APPS}/sonarr/ks.yaml", "VOLSYNC_CAPACITY: 60Gi"),
        ("flux", Restart(name="jellyfin", at=AT), f"{APPS}/jellyfin/app/helmrelease.yaml", RESTARTED),
        ("flux", Suspend(name="sonarr"), f"{APPS}/sonarr/app/helmrelease.yaml", "suspend: true"),
        ("flux", SetValue(name="sonarr", path="service.app.ports.http.port", value=81),
         f"{APPS}/sonarr/app/resources/values.yaml", "ports: {http: {port: 81}}"),
        ("argocd", SetReplicas(name="loki", replicas=6), "platform/loki/prod.yaml", "replicas: 6"),
        ("argocd", SetResources(name="loki", memory_limit="2Gi"), "platform/loki/values.yaml", "memory: 2Gi"),
        ("argocd", SetChartVersion(name="loki", version="6.11.0"), "argocd/apps/loki.yaml", "targetRevision: 6.11.0"),
        ("argocd", SetReplicas(name="grafana", replicas=6), "argocd/apps/grafana.yaml", 'value: "6"'),
        ("argocd", SetImage(name="grafana", tag="11.3"), "argocd/apps/grafana.yaml", 'value: "11.3"'),
        ("argocd", SetStorage(name="grafana", size="60Gi"), "argocd/apps/grafana.yaml", "size: 60Gi"),
        ("argocd", SetImage(name="gitea", tag="1.23.0"), "argocd/apps/gitea.yaml", "image: {tag: 1.23.0}"),
        ("argocd", SetReplicas(name="blog", replicas=6), "apps/blog/deployment.yaml", "replicas: 6"),
        ("argocd", SetReplicas(name="wiki", replicas=6), "apps/wiki/kustomization.yaml", "count: 6"),
        ("argocd", SetImage(name="wiki", tag="2.1"), "apps/wiki/kustomization.yaml", "newTag: '2.1'"),
        ("argocd", SetChartVersion(name="redis", version="20.0.0"), "apps/chart/Chart.yaml", "version: 20.0.0"),
        ("argocd", SetReplicas(name="web", replicas=6, namespace="web-prod"), "envs/prod/patch.yaml", "replicas: 6"),
        ("argocd", SetReplicas(name="web", replicas=6, namespace="web-dev"),
         "envs/components/small/kustomization.yaml", "count: 6"),
        ("argocd", SetImage(name="web", tag="1.1", namespace="web-prod"), "envs/prod/kustomization.yaml",
         'newTag: "1.1"'),
        ("argocd", SetResources(name="web", memory_limit="1Gi", namespace="web-prod"), "envs/prod/kustomization.yaml",
         "value: 1Gi"),
        ("argocd", Restart(name="web", at=AT, namespace="web-dev"), "envs/dev/kustomization.yaml", RESTARTED),
    ],
)  # fmt: skip
def test_the_place_that_decides_is_changed(
    repository: Callable[[str], Index], name: str, plan: ChangePlan, path: str, added: str
) -> None:
    index = repository(name)
    (file,) = apply(plan, index).files
    assert file.path == path
    assert added in {line.strip() for line in (file.after or b"").decode().splitlines()}
    assert len(after(index, plan).workloads) == len(index.workloads)


@pytest.mark.parametrize("name", ["flux", "argocd"])
@pytest.mark.parametrize(
    "plan",
    [
        AddApp(name="cache", template="redis", storage="1Gi"),
        AddApp(name="books", template="postgresql", storage="8Gi"),
        AddApp(
            name="mealie", template="web", image="ghcr.io/x/mealie:v2.1", port=9000, host="m.example", storage="5Gi"
        ),
        AddApp(name="prune", template="cronjob", image="docker.io/alpine:3.20", schedule="0 4 * * *"),
    ],
)
def test_a_new_app_of_each_template_is_deployed_and_can_go_again(
    repository: Callable[[str], Index], name: str, plan: AddApp
) -> None:
    before = repository(name)
    with_it = after(before, plan)
    assert with_it.find(plan.name).name == plan.name
    without = after(with_it, RemoveApp(name=plan.name))
    assert without.snapshot.files == before.snapshot.files


def test_a_new_app_of_flux_comes_with_its_kustomization_and_the_entry(repository: Callable[[str], Index]) -> None:
    found = apply(AddApp(name="cache", template="redis", namespace="media"), repository("flux"))
    assert [each.path for each in found.files] == [
        f"{APPS}/cache/app/cache.yaml",
        f"{APPS}/cache/ks.yaml",
        f"{APPS}/cache/app/kustomization.yaml",
        f"{APPS}/kustomization.yaml",
    ]
    assert b"  path: ./kubernetes/apps/media/cache/app\n" in (found.files[1].after or b"")
    assert b"\n  - ./cache/ks.yaml\n" in (found.files[3].after or b"")


@pytest.mark.parametrize(
    ("name", "app", "gone"),
    [
        ("flux", "jellyfin", 4),
        ("flux", "sonarr", 5),
        ("argocd", "loki", 3),
        ("argocd", "wiki", 2),
        ("argocd", "gitea", 1),
    ],
)
def test_an_app_goes_as_a_whole_and_is_told_as_a_high_risk(
    repository: Callable[[str], Index], name: str, app: str, gone: int
) -> None:
    index = repository(name)
    files = apply(RemoveApp(name=app), index).files
    assert sum(each.after is None for each in files) == gone
    assert judge_change(files, trust=Trust.of(index.snapshot.files)).risk is Risk.HIGH
    with pytest.raises(UnknownWorkload):
        after(index, RemoveApp(name=app)).find(app)


def test_what_a_list_generates_goes_with_its_element_and_nothing_that_others_build_on(
    repository: Callable[[str], Index],
) -> None:
    files = apply(RemoveApp(name="web", namespace="web-prod"), repository("argocd")).files
    assert {each.path: each.after is None for each in files} == {
        "argocd/apps/list.yaml": False,
        "envs/prod/kustomization.yaml": True,
        "envs/prod/patch.yaml": True,
    }
    left = after(repository("argocd"), RemoveApp(name="web", namespace="web-prod"))
    assert [each.label for each in left.workloads if "web" in each.name] == ["web-dev/web-dev"]
