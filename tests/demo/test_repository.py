from pathlib import Path
import re

import yaml

from demo.github_git import GitStore
from demo.repository import FILES, create_bare_repository

MANIFESTS = sorted(FILES.rglob("*.yaml"))


def documents() -> list[dict]:
    return [document for file in MANIFESTS for document in yaml.safe_load_all(file.read_text())]


async def test_the_repository_is_the_same_commit_on_every_machine(tmp_path: Path) -> None:
    first, second = GitStore(tmp_path / "one.git"), GitStore(tmp_path / "two.git")
    await create_bare_repository(first.path)
    await create_bare_repository(second.path)

    head = await first.head("main")
    assert head is not None
    assert head == await second.head("main")
    entries = {entry.path: entry.sha for entry in await first.tree(head, recursive=True) if entry.type == "blob"}
    assert entries.keys() == {file.relative_to(FILES).as_posix() for file in FILES.rglob("*") if file.is_file()}
    assert await first.blob(entries["README.md"]) == (FILES / "README.md").read_bytes()


def test_every_workload_has_a_service_name_an_image_with_a_version_and_a_selector_that_fits() -> None:
    workloads = [d for d in documents() if d["kind"] in ("Deployment", "StatefulSet") and "selector" in d["spec"]]

    assert {workload["metadata"]["name"] for workload in workloads} == {
        "jellyfin",
        "sonarr",
        "mosquitto",
        "paperless",
        "paperless-redis",
        "homepage",
    }
    for workload in workloads:
        pod = workload["spec"]["template"]
        assert workload["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        for container in pod["spec"]["containers"]:
            name = container["image"].rpartition("/")[2]
            assert ":" in name or workload["metadata"]["name"] == "homepage"  # its overlay has the tag
            assert not name.endswith(":latest")


def test_jellyfin_is_as_the_demo_speaks_of_it() -> None:
    (deployment,) = (d for d in documents() if d["kind"] == "Deployment" and d["metadata"]["name"] == "jellyfin")
    pod = deployment["spec"]["template"]["spec"]

    assert deployment["metadata"]["namespace"] == "media"
    assert deployment["spec"]["replicas"] == 1
    assert pod["containers"][0]["image"] == "jellyfin/jellyfin:10.10.7"
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "config-jellyfin"
    assert any(d["kind"] == "PersistentVolumeClaim" and d["metadata"]["name"] == "config-jellyfin" for d in documents())


def test_every_path_that_an_application_or_a_kustomization_names_is_there() -> None:
    for document in documents():
        if document["kind"] == "Application" and "path" in document["spec"]["source"]:
            assert (FILES / document["spec"]["source"]["path"]).is_dir()
    for file in FILES.rglob("kustomization.yaml"):
        kustomization = yaml.safe_load(file.read_text())
        for resource in kustomization["resources"]:
            assert (file.parent / resource).exists()
        for patch in kustomization.get("patches", ()):
            assert (file.parent / patch["path"]).is_file()


def test_no_secret_stands_in_the_repository() -> None:
    for file in FILES.rglob("*"):
        if file.is_file():
            assert not re.search(r"(?i)kind: Secret\b|password: \S|BEGIN .*PRIVATE KEY", file.read_text())
