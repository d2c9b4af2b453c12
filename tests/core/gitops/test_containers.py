"""A container by its name: what is of one container changes it, what is of the whole pod is asked back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from assistant_core.errors import Incomplete
from assistant_core.models.plan import (
    ChangePlan,
    RemoveApp,
    Restart,
    SetChartVersion,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    Suspend,
)
from tests.core.planning.conftest import spoken

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

FILES = {
    "torrents.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: torrents, namespace: media}
spec:
  replicas: 1
  selector: {matchLabels: {app: torrents}}
  template:
    metadata: {labels: {app: torrents}}
    spec:
      initContainers:
        - {name: tunnel, image: "acme/tunnel:1.0"}
      containers:
        - {name: torrents, image: "acme/torrents:1.0"}
        - {name: metrics, image: "acme/metrics:1.0"}
        - {name: peer-list, image: "acme/peers:1.0"}
""",
    "save.yaml": """apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: media}
spec:
  schedule: 0 3 * * *
  jobTemplate:
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: restic, image: "acme/restic:1.0"}]}}}
""",
}


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (SetImage(name="tunnel", tag="1.1"), '+        - {name: tunnel, image: "acme/tunnel:1.1"}'),
        (SetImage(name="metrics", tag="1.1"), '+        - {name: metrics, image: "acme/metrics:1.1"}'),
        (SetImage(name="peer list", tag="1.1"), '+        - {name: peer-list, image: "acme/peers:1.1"}'),
        (
            SetResources(name="metrics", memory_limit="64Mi"),
            '+        - {name: metrics, image: "acme/metrics:1.0", resources: {limits: {memory: 64Mi}}}',
        ),
        (Suspend(name="restic"), "+  suspend: true"),
    ],
)
def test_what_is_of_one_container_is_changed_there(changed: Changed, plan: ChangePlan, line: str) -> None:
    assert changed(FILES, plan)[-1] == line


@pytest.mark.parametrize("name", ["tunnel", "metrics", "media/metrics"])
@pytest.mark.parametrize(
    "plan",
    [
        RemoveApp(name="x"),
        SetReplicas(name="x", replicas=0),
        SetStorage(name="x", size="1Gi"),
        SetChartVersion(name="x", version="1.0.0"),
    ],
)
def test_what_would_change_all_beside_it_is_asked_back(changed: Changed, plan: ChangePlan, name: str) -> None:
    with pytest.raises(Incomplete, match="is a container of media/torrents") as raised:
        changed(FILES, replace(plan, name=name))
    assert "ist ein Container von torrents" in spoken("de").phrases.say_error(raised.value)


def test_a_container_that_is_alone_is_not_removed_by_its_name_either(changed: Changed) -> None:
    with pytest.raises(Incomplete, match="restic is a container of media/nightly"):
        changed(FILES, RemoveApp(name="restic"))


def test_a_restart_is_of_the_pod(changed: Changed) -> None:
    assert changed(FILES, Restart(name="tunnel"))[0] == "torrents.yaml"


def test_a_container_that_the_name_ends_with_is_the_main_one(changed: Changed) -> None:
    files = {
        "torrents.yaml": FILES["torrents.yaml"].replace("{name: torrents, namespace", "{name: x-torrents, namespace")
    }
    line = '+        - {name: torrents, image: "acme/torrents:1.1"}'
    assert changed(files, SetImage(name="x-torrents", tag="1.1"))[-1] == line
    two = {path: text.replace("{name: x-torrents", "{name: x-metrics-torrents") for path, text in files.items()}
    assert changed(two, SetImage(name="x-metrics-torrents", tag="1.1"))[-1] == line
