from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.errors import AmbiguousWorkload, UnknownWorkload
from assistant_core.gitops import Edit, Index
from assistant_core.models.notes import Note
from assistant_core.models.plan import (
    ChangePlan,
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

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

FILES = {
    "clusters/home/flux-system/gotk-sync.yaml": """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: "ssh://git@github.com/me/home", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {path: ./clusters/home, sourceRef: {kind: GitRepository, name: flux-system}}
""",
    "clusters/home/apps.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
""",
    "apps/kustomization.yaml": """resources:
  - media/immich/ks.yaml
  # - media/old/ks.yaml
  - media/app2/ks.yaml
""",
    "apps/media/old/ks.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: old, namespace: flux-system}
spec: {path: ./apps/media/old/app}
""",
    "apps/media/old/app/helmrelease.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: oldie}
spec: {values: {replicaCount: 1}}
""",
    "apps/media/immich/ks.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: &app immich
  namespace: flux-system
spec:
  targetNamespace: media
  path: ./apps/media/immich/app
  components:
    - ../../../../components/volsync
  postBuild:
    substitute:
      APP: *app
      VOLSYNC_CAPACITY: 10Gi
      TAG: v1.100.0
""",
    "apps/media/immich/app/kustomization.yaml": """resources:
  - helmrelease.yaml
  - ocirepository.yaml
configMapGenerator:
  - name: immich-values
    files:
      - values.yaml=./helm/values.yaml
""",
    "apps/media/immich/app/helm/values.yaml": "service:\n  main:\n    type: ClusterIP\n",
    "apps/media/immich/app/ocirepository.yaml": """apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: immich}
spec:
  url: oci://ghcr.io/bjw-s-labs/helm/app-template
  ref:
    tag: 3.7.1
""",
    "apps/media/immich/app/helmrelease.yaml": """---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: immich
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: immich
  valuesFrom:
    - kind: ConfigMap
      name: immich-values
  values:
    controllers:
      server:
        replicas: 1
        annotations:
          reloader.stakater.com/auto: "true"
        initContainers:
          init-db:
            image:
              repository: ghcr.io/example/postgres-init
              tag: 16
        containers:
          app: &c
            image:
              repository: ghcr.io/immich-app/immich-server
              tag: ${TAG}
            env:
              TZ: UTC
              LOG: {value: "2"}
              N: 8000
            resources:
              requests:
                cpu: 100m
              limits:
                memory: 2Gi
      machine-learning:
        containers:
          app:
            image:
              repository: ghcr.io/immich-app/immich-machine-learning
              tag: v1.100.0@sha256:%s
    persistence:
      data:
        existingClaim: "${APP}"
"""
    % ("a" * 64),
    "components/volsync/kustomization.yaml": """apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [claim.yaml]
""",
    "components/volsync/claim.yaml": """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "${APP}"}
spec:
  resources:
    requests:
      storage: ${VOLSYNC_CAPACITY:=5Gi}
""",
    "apps/media/app2/ks.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app2, namespace: flux-system}
spec:
  targetNamespace: tools
  path: ./apps/media/app2/app
  components: [../../../../components/volsync]
  postBuild: {substitute: {APP: app2}}
""",
    "apps/media/app2/app/all.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app2}
spec:
  chart:
    spec:
      chart: podinfo
      version: "65.x"
      sourceRef: {kind: HelmRepository, name: x}
  values:
    image: {repository: x/podinfo, tag: 6.5.0} # {"$imagepolicy": "flux-system:podinfo:tag"}
    persistence: {existingClaim: app2}
""",
}

RELEASE = "apps/media/immich/app/helmrelease.yaml"
VARIABLES = "apps/media/immich/ks.yaml"


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (
            SetReplicas(name="immich-server", replicas=2),
            [RELEASE, "-        replicas: 1", "+        replicas: 2"],
        ),
        (SetImage(name="immich server", tag="v2"), [VARIABLES, "-      TAG: v1.100.0", "+      TAG: v2"]),
        (
            SetImage(name="immich-server", container="init-db", tag="17"),
            [RELEASE, "-              tag: 16", "+              tag: 17"],
        ),
        (
            Restart(name="immich-server", at="2026-01-01T00:00:00Z"),
            [
                RELEASE,
                "+        pod:",
                "+          annotations:",
                '+            kubectl.kubernetes.io/restartedAt: "2026-01-01T00:00:00Z"',
            ],
        ),
        (
            SetEnv(name="immich-server", variable="LOG", value="3"),
            [RELEASE, '-              LOG: {value: "2"}', '+              LOG: {value: "3"}'],
        ),
        (
            SetEnv(name="immich-server", variable="N", value="9"),
            [RELEASE, "-              N: 8000", "+              N: 9"],
        ),
        (SetEnv(name="immich-server", variable="NEW", value="9"), [RELEASE, '+              NEW: "9"']),
        (SetEnv(name="immich-server", variable="TZ", value=None), [RELEASE, "-              TZ: UTC"]),
        (
            SetResources(name="immich-server", memory_limit="4Gi", memory_request="1Gi"),
            [RELEASE, "+                memory: 1Gi", "-                memory: 2Gi", "+                memory: 4Gi"],
        ),
        (
            SetChartVersion(name="immich", version="3.8.0"),
            ["apps/media/immich/app/ocirepository.yaml", "-    tag: 3.7.1", "+    tag: 3.8.0"],
        ),
        (
            SetChartVersion(name="app2", version="66.x"),
            ["apps/media/app2/app/all.yaml", '-      version: "65.x"', '+      version: "66.x"'],
        ),
        (
            SetStorage(name="immich-server", size="20Gi"),
            [VARIABLES, "-      VOLSYNC_CAPACITY: 10Gi", "+      VOLSYNC_CAPACITY: 20Gi"],
        ),
        (
            SetStorage(name="app2", size="20Gi"),
            [
                "apps/media/app2/ks.yaml",
                "-  postBuild: {substitute: {APP: app2}}",
                "+  postBuild: {substitute: {APP: app2, VOLSYNC_CAPACITY: 20Gi}}",
            ],
        ),
        (
            SetValue(name="immich", path="service.main.type", value="LoadBalancer"),
            ["apps/media/immich/app/helm/values.yaml", "-    type: ClusterIP", "+    type: LoadBalancer"],
        ),
        (Suspend(name="apps"), ["clusters/home/apps.yaml", "+  suspend: true"]),
        (Suspend(name="immich"), [RELEASE, "+  suspend: true"]),
    ],
)
def test_the_place_that_decides_is_changed_by_as_little_as_can_be(
    changed: Changed, plan: ChangePlan, lines: list[str]
) -> None:
    assert changed(FILES, plan) == lines


def test_a_new_tag_drops_the_digest_and_says_so(edit: Callable[[Any, ChangePlan], Edit]) -> None:
    found = edit(FILES, SetImage(name="machine learning", tag="v1.101.0"))

    (file,) = found.files
    assert file.after is not None
    assert b"tag: v1.101.0\n" in file.after
    assert found.notes == (Note.DIGEST_GOES.told(path=RELEASE),)


def test_a_line_that_an_automation_writes_is_told(edit: Callable[[Any, ChangePlan], Edit]) -> None:
    found = edit(FILES, SetImage(name="app2", tag="6.6.0"))

    assert found.notes == (Note.AUTOMATED.told(),)


def test_a_secret_that_may_set_a_value_until_now_is_told(edit: Callable[[Any, ChangePlan], Edit]) -> None:
    hidden = FILES[RELEASE].replace("  valuesFrom:\n", "  valuesFrom:\n    - {kind: Secret, name: immich-more}\n")
    files = {**FILES, RELEASE: hidden}

    (note,) = edit(files, SetResources(name="immich-server", cpu_limit="2")).notes
    assert note.values["secret"] == "immich-more"
    assert note.values["field"].startswith("spec.values.controllers.server.containers.app.resources.")
    assert edit(files, SetReplicas(name="immich-server", replicas=3)).notes == ()


def test_several_controllers_are_a_question(edit: Callable[[Any, ChangePlan], Edit]) -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        edit(FILES, SetReplicas(name="immich", replicas=2))

    assert raised.value.candidates == ("media/immich-machine-learning", "media/immich-server")


def test_what_is_commented_out_is_not_deployed(index: Callable[[Any], Index]) -> None:
    found = index(FILES)

    assert {each.path for each in found.unread} == {"apps/media/old/ks.yaml", "apps/media/old/app/helmrelease.yaml"}
    with pytest.raises(UnknownWorkload, match="mentions it, but that file is not deployed"):
        found.find("oldie")


def test_the_namespace_is_that_of_the_kustomization(index: Callable[[Any], Index]) -> None:
    assert [each.label for each in index(FILES).workloads] == [
        "tools/app2",
        "media/immich-machine-learning",
        "media/immich-server",
    ]


def test_a_path_that_is_not_there_is_told_as_a_folder() -> None:
    wrong = {**FILES, "clusters/home/apps.yaml": FILES["clusters/home/apps.yaml"].replace("./apps", "./gone")}
    index = Index.of(Snapshot(commit="c", files={path: text.encode() for path, text in wrong.items()}))
    assert "names a folder that is not there (gone)" in [each.reason for each in index.unread]
