"""Which applications deploy a change, asked of a watched cluster."""

from typing import Any

import pytest

from assistant_core.cluster.deploying import same_repository
from assistant_core.errors import HomelabError
from assistant_core.models.application import HealthStatus
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import Object, kind_named

from .conftest import Heard, Watching

HOME = "demo/homelab"


async def names(heard: Heard, *paths: str, repository: str = HOME) -> list[str]:
    return [each.name for each in await heard.watch.deploying(repository, paths)]


def application(name: str, spec: dict[str, Any], **metadata: Any) -> Object:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"namespace": "argocd", "name": name, **metadata},
        "spec": spec,
        "status": {},
    }


async def test_a_file_is_deployed_by_the_application_of_its_folder(watching: Watching) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        assert await names(heard, "apps/media/jellyfin/jellyfin.yaml") == ["jellyfin"]
        assert await names(heard, "apps/web/homepage/base/deployment.yaml") == ["homepage"]
        assert await names(heard, "apps/media/sonarr/sonarr.yaml", "README.md") == ["sonarr"]
        assert await names(heard, "apps/media/jellyfin-two/jellyfin.yaml") == []
        assert await names(heard, "apps/media/jellyfin/jellyfin.yaml", repository="demo/other") == []


async def test_sources_value_files_and_children_of_sets_are_found(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    ssh = "git@github.com:Demo/homelab.git"
    chart = {"repoURL": "https://charts.example", "chart": "web", "helm": {"valueFiles": ["$mine/values/web.yaml"]}}
    owner = {"controller": True, "kind": "ApplicationSet", "name": "apps", "uid": "1"}
    kubernetes.store.apply(application("web", {"sources": [chart, {"repoURL": ssh, "ref": "mine"}]}))
    kubernetes.store.apply(
        application("child", {"source": {"repoURL": ssh, "path": "sets/child"}}, ownerReferences=[owner])
    )
    async with watching() as heard:
        await heard.watch.wait_synced()
        assert await names(heard, "values/web.yaml") == ["web"]
        assert await names(heard, "sets/child/web.yaml") == ["child"]


async def test_flux_is_followed_through_the_same_door(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    for each in flux():
        kubernetes.store.apply(each)
    async with watching() as heard:
        await heard.watch.wait_synced()
        found = await heard.watch.deploying(HOME, ["clusters/home/jellyfin/release.yaml"])
        assert [(each.kind, each.name, each.compared) for each in found] == [
            ("Kustomization", "apps", ("b",)),
            ("HelmRelease", "jellyfin", ("b",)),
        ]
        assert found[0].health is HealthStatus.HEALTHY
        assert found[1].health is HealthStatus.DEGRADED
        assert found[1].operation is not None
        assert found[1].operation.revisions == ("b",)
        assert {"apps", "jellyfin", "sonarr"} <= {each.name for each in heard.watch.applications.value or ()}
        await heard.until(lambda: any(each.kind == "HelmRelease" for each in heard.watch.findings))


async def test_without_argo_cd_and_flux_nothing_deploys(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    for resource in (
        "applications.argoproj.io", "kustomizations.kustomize.toolkit.fluxcd.io", "helmreleases.helm.toolkit.fluxcd.io",
    ):  # fmt: skip
        kubernetes.store.remove_crd(kind_named(resource))
    async with watching() as heard:
        await heard.watch.wait_synced()
        assert await names(heard, "apps/media/jellyfin/jellyfin.yaml") == []


async def test_a_cluster_that_does_not_answer_does_not_say(watching: Watching, proxy: FaultProxy) -> None:
    async with watching() as heard:
        with pytest.raises(HomelabError, match="Nothing has been heard from the cluster home yet"):
            await heard.watch.deploying(HOME, ["x"])
        await heard.watch.wait_synced()
        await proxy.inject(Fault(kind=FaultKind.REFUSE))
        await heard.until(lambda: heard.watch.applications.error is not None)
        with pytest.raises(HomelabError, match="cannot be reached"):
            await heard.watch.deploying(HOME, ["apps/media/jellyfin/jellyfin.yaml"])


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://github.com/demo/homelab", True),
        ("https://user:secret@github.com/Demo/homelab.git/", True),
        ("git@github.com:demo/homelab.git", True),
        ("ssh://git@ssh.github.com:443/demo/homelab.git", True),
        ("github.com:demo/homelab", True),
        ("demo/homelab", True),
        ("https://github.com/demo/homelab2", False),
        ("https://git.home.arpa/demo/homelab", False),
        ("https://[broken/demo/homelab", False),
        ("", False),
    ],
)
def test_an_address_may_be_written_in_many_ways(address: str, *, same: bool) -> None:
    assert same_repository(address, "https://github.com/demo/homelab.git") is same


def flux() -> list[Object]:
    """A cluster whose repository Flux applies; Jellyfin's release failed."""
    applied_by = {
        "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    }  # fmt: skip

    def ready(status: str, **more: Any) -> dict[str, Any]:
        return {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": status, "message": "no"}], **more}

    return [
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"namespace": "flux-system", "name": "home"},
            "spec": {"url": "ssh://git@github.com/demo/homelab"},
        },
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"namespace": "flux-system", "name": "apps"},
            "spec": {"path": "./clusters/home", "sourceRef": {"kind": "GitRepository", "name": "home"}},
            "status": ready("True", lastAppliedRevision="main@sha1:b", lastAttemptedRevision="main@sha1:b"),
        },
        *(
            {
                "apiVersion": "helm.toolkit.fluxcd.io/v2",
                "kind": "HelmRelease",
                "metadata": {"namespace": "media", "name": name, "labels": applied_by},
                "spec": {},
                "status": ready(status, lastAttemptedRevision="1.0.0"),
            }
            for name, status in (("jellyfin", "False"), ("sonarr", "True"))
        ),
    ]
