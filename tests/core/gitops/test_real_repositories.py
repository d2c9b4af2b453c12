"""Repositories that other people wrote; found by HOMELAB_TEST_DATA, never part of this one."""

from collections import Counter
from collections.abc import Callable, Iterator
import os
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import yaml

from assistant_core.errors import HomelabError
from assistant_core.gitops import Index, Knob, Topic, Workload, apply, unified_diff
from assistant_core.gitops.text import Set, Spot, Unreadable, Unspliceable, edited, values
from assistant_core.models.plan import (
    ChangePlan,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
)
from assistant_core.models.repository import FileChange, Snapshot

NEW: dict[str, Any] = {
    "replicas": 7,
    "replicaCount": 7,
    "image": "example.org/app:7.30",
    "tag": "7.30",
    "memory": "777Mi",
    "cpu": "770m",
    "version": "7.7.7",
    "targetRevision": "7.7.7",
}


@pytest.fixture(scope="module")
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


def _scalars(data: Any, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, below in pairs:
        if key in NEW and isinstance(below, str | int | float) and not isinstance(below, bool):
            yield (*keys, key), str(key)
        yield from _scalars(below, (*keys, key))


def _is_minimal(file: FileChange) -> bool:
    lines = unified_diff((file,)).splitlines()[2:]
    return [line[0] for line in lines if line[0] in "+-" and "No newline" not in line] == ["-", "+"]


def _verdict(data: bytes, document: int, keys: tuple[str | int, ...], value: Any) -> str:
    """What became of one edit, judged by PyYAML's own reader."""
    try:
        after = edited(data, Set(Spot(document, keys), value))
    except Unspliceable:
        return "refused"
    expected, found = list(yaml.safe_load_all(data)), list(yaml.safe_load_all(after))
    place = expected[document]
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    if expected != found:
        return "wrong"
    return "minimal" if _is_minimal(FileChange(path="x", before=data, after=after)) else "noisy"


def test_every_scalar_that_matters_is_edited_by_one_line(repositories: list[Snapshot]) -> None:
    verdicts: Counter[str] = Counter()
    for snapshot in repositories:
        for path, data in snapshot.files.items():
            if not path.endswith((".yaml", ".yml")):
                continue
            try:
                documents = values(data)
            except Unreadable:
                continue
            for number, document in enumerate(documents):
                verdicts.update(_verdict(data, number, keys, NEW[name]) for keys, name in _scalars(document))
    total = verdicts.total()
    print(f"{total} scalars: {dict(verdicts)}")  # noqa: T201 - the figure is the point
    assert total > 100
    assert verdicts["wrong"] == verdicts["noisy"] == 0
    assert verdicts["minimal"] / total >= 0.99


def _plan(workload: Workload, knob: Knob) -> ChangePlan | None:
    where: Any = {"name": workload.name, "namespace": workload.namespace or None, "kind": workload.kind}
    container = knob.container or None
    plans: dict[Topic, Callable[[], ChangePlan]] = {
        Topic.REPLICAS: lambda: SetReplicas(replicas=7, **where),
        Topic.IMAGE: lambda: SetImage(tag="7.30", container=container, **where),
        Topic.MEMORY_LIMIT: lambda: SetResources(memory_limit="7777Mi", container=container, **where),
        Topic.CPU_REQUEST: lambda: SetResources(cpu_request="1m", container=container, **where),
        Topic.CHART_VERSION: lambda: SetChartVersion(version="7.7.7", **where),
        Topic.STORAGE: lambda: SetStorage(size="777Gi", volume=knob.name or None, **where),
    }
    plan = plans.get(knob.topic)
    return plan() if plan else None


def test_every_knob_that_is_set_is_turned_by_one_line(repositories: list[Snapshot]) -> None:
    verdicts: Counter[str] = Counter()
    for snapshot in repositories:
        index = Index.of(snapshot)
        plans = {
            plan: None
            for workload in index.workloads
            for knob in index.knobs(workload)
            if knob.is_set and not knob.shared_by and (plan := _plan(workload, knob)) is not None
        }
        for plan in plans:
            try:
                files = apply(plan, index).files
            except HomelabError as error:
                print(error)  # noqa: T201 - what is refused has to be looked at
                verdicts["refused"] += 1
            else:
                verdicts["minimal" if len(files) == 1 and _is_minimal(files[0]) else "noisy"] += 1
    print(f"{verdicts.total()} knobs: {dict(verdicts)}")  # noqa: T201 - the figure is the point
    assert verdicts["minimal"] / verdicts.total() >= 0.95


def test_an_index_takes_little_time_and_less_the_second_time(repositories: list[Snapshot]) -> None:
    for snapshot in repositories:
        started = perf_counter()
        index = Index.of(snapshot)
        print(f"{len(snapshot.files)} files, {len(index.workloads)} workloads: {perf_counter() - started:.3f} s")  # noqa: T201 - as above
        assert index.workloads == Index.of(snapshot).workloads


def test_what_is_a_template_is_listed(repositories: list[Snapshot]) -> None:
    for snapshot in repositories:
        unread = {each.path for each in Index.of(snapshot).unread}
        templates = {path for path, data in snapshot.files.items() if b"replicas: {{" in data}
        assert templates <= unread


def _spots(index: Index) -> set[tuple[str, int, tuple[str | int, ...]]]:
    """Every scalar that one of the index's places decides."""
    found: set[tuple[str, int, tuple[str | int, ...]]] = set()
    for knob in (each for workload in index.workloads for each in index.knobs(workload) if each.is_set):
        below = knob.value if isinstance(knob.value, dict) else {}
        found |= {(knob.path, knob.spot.document, (*knob.spot.path, key)) for key in ("", *below)}
        found.add((knob.path, knob.spot.document, knob.spot.path))
    return found


def _set_by_value(index: Index, path: str, keys: tuple[str | int, ...], value: Any) -> bool:
    """Whether `set_value` changes that scalar of a values file by one line."""
    written = ".".join(str(each) for each in keys)
    for workload in index.workloads:
        layers = workload.release.layers if workload.release else ()
        inside = next(
            (each for each in layers if each.path == path and each.spot.path == keys[: len(each.spot.path)]), None
        )
        if inside is None:
            continue
        name = ".".join(str(each) for each in keys[len(inside.spot.path) :])
        try:
            files = apply(
                SetValue(name=workload.name, namespace=workload.namespace, path=name, value=value), index
            ).files
        except HomelabError as error:
            print(path, written, error)  # noqa: T201 - what is refused has to be looked at
            continue
        return len(files) == 1 and files[0].path == path and _is_minimal(files[0])
    return False


def _explained(path: str, keys: tuple[str | int, ...]) -> bool:
    """What has no operation on purpose: a chart's own version, a branch of a repository, a patch of what Helm makes."""
    return (
        (path.endswith("Chart.yaml") and keys == ("version",))
        or keys[-2:] == ("source", "targetRevision")
        or path.startswith("plugins/")
    )


def test_every_scalar_that_is_deployed_has_an_operation_that_reaches_it(repositories: list[Snapshot]) -> None:
    """Counted by PyYAML alone, so that nothing the index overlooks is left out of the count."""
    reached: Counter[str] = Counter()
    for snapshot in repositories:
        index = Index.of(snapshot)
        known = _spots(index)
        read = index.deployment.readers.keys() | {
            layer.path for each in index.workloads if each.release for layer in each.release.layers
        }
        for path in sorted(path for path in read if path.endswith((".yaml", ".yml")) and path in snapshot.files):
            try:
                documents = list(yaml.safe_load_all(snapshot.files[path]))
            except yaml.YAMLError:
                continue
            for number, document in enumerate(documents):
                for keys, name in _scalars(document):
                    if _explained(path, keys):
                        continue
                    if (path, number, keys) in known:
                        reached["place"] += 1
                    elif number == 0 and _set_by_value(index, path, keys, NEW[name]):
                        reached["value"] += 1
                    else:
                        print("not reached:", path, number, keys)  # noqa: T201 - as above
                        reached["not"] += 1
    print(dict(reached))  # noqa: T201 - the figure is the point
    assert reached["place"] > 100
    assert reached["not"] / reached.total() <= 0.01
