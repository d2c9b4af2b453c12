"""Manifests that other people wrote; found by HOMELAB_TEST_DATA, never part of this repository."""

import os
from pathlib import Path
from time import perf_counter

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Index, apply, unified_diff
from assistant_core.models.change import SetReplicas
from assistant_core.models.repository import Snapshot


@pytest.fixture
def repositories() -> list[Snapshot]:
    data = os.environ.get("HOMELAB_TEST_DATA")
    if not data:
        pytest.skip("HOMELAB_TEST_DATA names no folder of real repositories")
    folders = sorted(path for path in (Path(data) / "gitops").iterdir() if path.is_dir())
    assert folders
    return [
        Snapshot(
            commit="c" * 40,
            files={
                path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
            },
        )
        for folder in folders
    ]


def test_every_plain_workload_is_scaled_by_one_line(repositories: list[Snapshot]) -> None:
    edited = 0
    for snapshot in repositories:
        for workload in Index.of(snapshot).workloads:
            alone = Index.of(Snapshot(commit="c" * 40, files={workload.path: snapshot.files[workload.path]}))
            edit = apply(SetReplicas(name=workload.name, replicas=7, kind=workload.kind), alone)
            lines = unified_diff(edit.files).splitlines()[3:]
            assert [line for line in lines if line.startswith("+")] == ["+  replicas: 7"]
            assert len([line for line in lines if line.startswith("-")]) <= 1
            edited += 1
    assert edited >= 16


def test_every_file_is_understood_or_listed(repositories: list[Snapshot]) -> None:
    for snapshot in repositories:
        started = perf_counter()
        index = Index.of(snapshot)
        took = perf_counter() - started
        templated = {unread.path for unread in index.unread}
        for path, data in snapshot.files.items():
            if path.endswith((".yaml", ".yml")) and b"replicas: {{" in data:
                assert path in templated
        print(f"{len(snapshot.files)} files, {len(index.workloads)} workloads in {took:.2f} s")  # noqa: T201


def test_a_name_used_twice_is_never_guessed(repositories: list[Snapshot]) -> None:
    for snapshot in repositories:
        index = Index.of(snapshot)
        for workload in index.workloads:
            namesakes = [each for each in index.workloads if each.name == workload.name]
            if len(namesakes) == 1:
                try:
                    assert apply(SetReplicas(name=workload.name, replicas=7), index).target.path == workload.path
                except EditRefused as error:
                    assert "are set by" in str(error)  # noqa: PT017
