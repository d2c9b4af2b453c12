"""Values that several share by an anchor: they change together where nobody asked for one alone, and that is told."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Edit
from assistant_core.gitops.text import Set, Spot, Unspliceable, edited, values
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetEnv, SetImage, SetReplicas, SetResources

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: photos, namespace: media}
spec:
  chart: {spec: {chart: app-template, version: 4.4.0}}
  values:
    controllers:
      photos:
        replicas: &count 1
        containers:
          server:
            image: &image
              repository: acme/photos
              tag: 1.0.0
            env: &env
              ZONE: Europe/Berlin
              EXPORTS: "true"
            resources: &resources {limits: {memory: 1Gi}}
          worker:
            image: *image
            env:
              <<: *env
              EXPORTS: "false"
      nightly:
        type: cronjob
        replicas: *count
        containers:
          app: {image: *image, env: *env, resources: *resources}
    ingress:
      inside: {hosts: [{host: &host photos.home}], tls: [{hosts: [*host]}]}
      outside: {hosts: [{host: &host photos.example}], tls: [{hosts: [*host]}]}
"""
_PATH = "apps/photos.yaml"
FILES = {_PATH: _RELEASE}
_POD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: web}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      initContainers: [{name: migrate, image: &image acme/shop:1.0.0}]
      containers: [{name: shop, image: *image}]
"""


@pytest.mark.parametrize(
    ("plan", "lines", "notes"),
    [
        (
            SetImage(name="media/photos", tag="1.1.0"),
            ["-              tag: 1.0.0", "+              tag: 1.1.0"],
            ["The same entry is read by worker, media/photos-nightly too."],
        ),
        (
            SetEnv(name="media/photos", variable="ZONE", value="UTC"),
            ["-              ZONE: Europe/Berlin", "+              ZONE: UTC"],
            ["The same entry is read by worker, media/photos-nightly too."],
        ),
    ],
)
def test_what_all_containers_share_is_changed_once(
    plan: ChangePlan, lines: list[str], notes: list[str], changed: Changed, edit: Edited
) -> None:
    assert changed(FILES, plan) == [_PATH, *lines]
    assert [each.sentence for each in edit(FILES, plan).notes] == notes


def test_what_another_workload_of_the_release_shares_is_told(changed: Changed, edit: Edited) -> None:
    plan = SetResources(name="media/photos", container="server", memory_limit="2Gi")
    assert changed(FILES, plan) == [
        _PATH,
        "-            resources: &resources {limits: {memory: 1Gi}}",
        "+            resources: &resources {limits: {memory: 2Gi}}",
    ]
    assert [each.sentence for each in edit(FILES, plan).notes] == [
        "The same entry is read by media/photos-nightly too."
    ]


def test_an_init_container_that_runs_the_same_image_follows(changed: Changed, edit: Edited) -> None:
    files, plan = {"shop.yaml": _POD}, SetImage(name="shop", tag="1.1.0")
    assert changed(files, plan)[1:] == [
        "-      initContainers: [{name: migrate, image: &image acme/shop:1.0.0}]",
        "+      initContainers: [{name: migrate, image: &image acme/shop:1.1.0}]",
    ]
    assert [each.sentence for each in edit(files, plan).notes] == ["The same entry is read by migrate too."]


def test_a_container_that_runs_the_same_image_without_an_anchor_is_told(changed: Changed, edit: Edited) -> None:
    files = {"shop.yaml": _POD.replace("&image ", "").replace("*image", "acme/shop:1.0.0")}
    plan = SetImage(name="shop", tag="1.1.0")
    assert changed(files, plan)[1:] == [
        "-      containers: [{name: shop, image: acme/shop:1.0.0}]",
        "+      containers: [{name: shop, image: acme/shop:1.1.0}]",
    ]
    told = "migrate beside it runs the same image and stays as it is."
    assert [each.sentence for each in edit(files, plan).notes] == [told]
    assert not edit(files, SetImage(name="shop", container="migrate", tag="1.1.0")).notes


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (SetImage(name="media/photos", container="server", tag="1.1.0"), "without changing .*worker"),
        (SetImage(name="media/photos", container="worker", tag="1.1.0"), "is below an alias"),
        (SetImage(name="media/photos-nightly", tag="1.1.0"), "is below an alias"),
        (SetEnv(name="media/photos", container="server", variable="ZONE", value="UTC"), "without changing .*worker"),
        (SetReplicas(name="media/photos", replicas=2), "without changing .*nightly"),
    ],
)
def test_what_is_asked_for_one_alone_does_not_change_another(plan: ChangePlan, reason: str, edit: Edited) -> None:
    with pytest.raises(EditRefused, match=reason):
        edit(FILES, plan)


def test_a_value_of_its_own_beside_shared_ones_is_its_own(changed: Changed) -> None:
    plan = SetEnv(name="media/photos", container="worker", variable="EXPORTS", value="true")
    assert changed(FILES, plan)[1:] == ['-              EXPORTS: "false"', '+              EXPORTS: "true"']
    with pytest.raises(AmbiguousWorkload, match="server, worker"):
        changed(FILES, SetEnv(name="media/photos", variable="EXPORTS", value="true"))


def test_an_anchor_that_is_given_again_means_what_stands_before_its_alias(changed: Changed) -> None:
    plan = SetEnv(name="media/photos-nightly", variable="NEW", value="1")
    with pytest.raises(EditRefused, match="is below an alias"):
        changed(FILES, plan)
    text = "kind: ConfigMap\na: &x 1\nb: *x\nc: &x 2\nd: *x\n"
    assert values(text.encode()) == ({"kind": "ConfigMap", "a": 1, "b": 1, "c": 2, "d": 2},)
    assert edited(text.encode(), Set(Spot(0, ("a",)), 3, along=(Spot(0, ("b",)),))).decode() == text.replace("1", "3")
    with pytest.raises(Unspliceable, match="without changing d"):
        edited(text.encode(), Set(Spot(0, ("c",)), 3))
