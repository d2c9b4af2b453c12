"""What people say to a home of Flux: by the names of parts, containers, volumes, switches and charts."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, UnknownWorkload
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import Restart, SetChartVersion, SetEnv, SetImage, SetReplicas, SetResources
from assistant_core.speech import Speech

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Indexed = Callable[[Mapping[str, str]], Index]

_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME}
spec:
  chartRef: {kind: OCIRepository, name: template, namespace: flux-system}
  values:
"""
FILES = {
    "apps/books.yaml": _RELEASE.replace("NAME", "books")
    + """    controllers:
      books:
        containers:
          app:
            image: {repository: example.org/books, tag: V3.1.4}
""",
    "apps/radio.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: radio}
spec:
  chart: {spec: {chart: radio, version: 5.8.6}}
  values:
    image: {repository: example.org/radio}
    env: {TZ: "${ZONE}", NEW_PERMIT_JOIN: "false"}
""",
    "clusters/home/apps.yaml": """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps, targetNamespace: media, sourceRef: {kind: GitRepository, name: flux-system}}
""",
    "apps/template.yaml": """apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: template}
spec:
  url: oci://example.org/app-template
  ref:
    tag: 5.0.0
""",
    "apps/photos.yaml": _RELEASE.replace("NAME", "photos")
    + """    controllers:
      photos:
        containers:
          main:
            image: {repository: example.org/photos, tag: 5.2.3}
            env:
              UPLOADS: true
      learning:
        containers:
          main:
            image: {repository: example.org/learning, tag: 5.2.3}
            env:
              CACHE_HOME: /cache
    persistence:
      thumbs: {existingClaim: photos-thumbs}
      faces: {existingClaim: photos-face-cache}
""",
    "apps/claims.yaml": """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: photos-thumbs}
spec: {resources: {requests: {storage: 5Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: photos-face-cache}
spec: {resources: {requests: {storage: 2Gi}}}
""",
    "apps/films.yaml": _RELEASE.replace("NAME", "films")
    + """    controllers:
      films:
        containers:
          app:
            image: {repository: example.org/films, tag: "1.0"}
          log-sidecar:
            image: {repository: example.org/logs, tag: "0.5"}
""",
    "apps/names.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: names}
spec:
  chart: {spec: {chart: nameserver, version: 1.18.0}}
  values:
    image: {repository: example.org/names, tag: v1}
    logLevel: info
    mailer: {ENABLED: false}
    initContainers:
    - name: wait
      image: example.org/wait:1
    sidecars:
    - name: webhook
      image: example.org/webhook:v9.0.1
      env:
      - name: LOG_LEVEL
        value: info
    - name: sync
      image: example.org/sync:2
      resources:
        limits:
          memory: 64Mi
""",
    "apps/database.yaml": """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: photos-db}
spec:
  instances: 1
  postgresql:
    parameters:
      shared_buffers: 256MB
""",
    "apps/logs.yaml": """apiVersion: operator.victoriametrics.com/v1
kind: VLSingle
metadata: {name: logs}
spec:
  image:
    repository: example.org/logs
    tag: v1.52.0
  retentionPeriod: 90d
  storage: {resources: {requests: {storage: 50Gi}}}
""",
}


@pytest.fixture
def said(index: Indexed, changed: Changed) -> Callable[[str], list[str]]:
    """The lines that a sentence changes."""

    def lines(sentence: str) -> list[str]:
        plan = plan_by_sentences(sentence, index(FILES), [Speech.load("en")])
        assert plan is not None
        return changed(FILES, plan)

    return lines


@pytest.mark.parametrize(
    ("sentence", "lines"),
    [
        ("turn off UPLOADS on photos", ["-              UPLOADS: true", "+              UPLOADS: false"]),
        ("enable the mailer of names", ["-    mailer: {ENABLED: false}", "+    mailer: {ENABLED: true}"]),
        (
            "grow the photos face cache to 9Gi",
            ["-spec: {resources: {requests: {storage: 2Gi}}}", "+spec: {resources: {requests: {storage: 9Gi}}}"],
        ),
        ("set shared_buffers of photos-db to 512MB", ["-      shared_buffers: 256MB", "+      shared_buffers: 512MB"]),
        ("set retentionPeriod of logs to 30d", ["-  retentionPeriod: 90d", "+  retentionPeriod: 30d"]),
        ("set names log level to debug", ["-    logLevel: info", "+    logLevel: debug"]),
        (
            "update the log sidecar of films to 0.6",
            [
                '-            image: {repository: example.org/logs, tag: "0.5"}',
                '+            image: {repository: example.org/logs, tag: "0.6"}',
            ],
        ),
        (
            "update photos to 5.2.4",
            [
                "-            image: {repository: example.org/photos, tag: 5.2.3}",
                "+            image: {repository: example.org/photos, tag: 5.2.4}",
            ],
        ),
        (
            "update radio to 5.8.7",
            ["-  chart: {spec: {chart: radio, version: 5.8.6}}", "+  chart: {spec: {chart: radio, version: 5.8.7}}"],
        ),
        (
            "update books to 3.1.5",
            [
                "-            image: {repository: example.org/books, tag: V3.1.4}",
                "+            image: {repository: example.org/books, tag: V3.1.5}",
            ],
        ),
        (
            "enable permit join on radio",
            [
                '-    env: {TZ: "${ZONE}", NEW_PERMIT_JOIN: "false"}',
                '+    env: {TZ: "${ZONE}", NEW_PERMIT_JOIN: "true"}',
            ],
        ),
        (
            "set TZ of radio to Europe/Berlin",
            [
                '-    env: {TZ: "${ZONE}", NEW_PERMIT_JOIN: "false"}',
                '+    env: {TZ: "Europe/Berlin", NEW_PERMIT_JOIN: "false"}',
            ],
        ),
        (
            "update log-sidecar to 0.6",
            [
                '-            image: {repository: example.org/logs, tag: "0.5"}',
                '+            image: {repository: example.org/logs, tag: "0.6"}',
            ],
        ),
        ("upgrade template to 5.1.0", ["-    tag: 5.0.0", "+    tag: 5.1.0"]),
        ("upgrade the template chart to 5.1.0", ["-    tag: 5.0.0", "+    tag: 5.1.0"]),
    ],
)
def test_what_is_said_changes_the_place_that_is_called_so(sentence: str, lines: list[str], said: Any) -> None:
    assert said(sentence)[1:] == lines


def test_a_variable_that_only_another_part_of_the_release_has_is_asked_for(said: Any) -> None:
    with pytest.raises(AmbiguousWorkload) as caught:
        said("set CACHE_HOME of photos to /models")

    assert caught.value.candidates == ("media/photos", "media/photos-learning")


def test_who_takes_a_chart_that_is_meant_by_its_own_name_is_told(edit: Edited) -> None:
    made = edit(FILES, SetChartVersion(name="template", version="5.1.0"))

    assert [each.sentence for each in made.notes] == ["The same entry is read by media/films, media/photos too."]


def test_a_chart_that_has_its_version_in_several_places_is_asked_for(edit: Edited) -> None:
    other = FILES["apps/template.yaml"].replace("name: template", "name: own")
    films = FILES["apps/films.yaml"].replace("name: template, namespace: flux-system", "name: own")
    with pytest.raises(AmbiguousWorkload):
        edit(
            FILES | {"apps/own.yaml": other, "apps/films.yaml": films},
            SetChartVersion(name="app-template", version="5.1.0"),
        )


def test_a_chart_that_nothing_takes_is_unknown(edit: Edited) -> None:
    with pytest.raises(UnknownWorkload):
        edit(FILES, SetChartVersion(name="nothing", version="5.1.0"))


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (
            SetImage(name="webhook", tag="v9.1.0"),
            ["-      image: example.org/webhook:v9.0.1", "+      image: example.org/webhook:v9.1.0"],
        ),
        (
            SetImage(name="names", container="sync", tag="3"),
            [
                "-      image: example.org/sync:2",
                "+      image: example.org/sync:3",
            ],
        ),
        (
            SetImage(name="names", tag="v2"),
            [
                "-    image: {repository: example.org/names, tag: v1}",
                "+    image: {repository: example.org/names, tag: v2}",
            ],
        ),
        (
            SetImage(name="wait", tag="2"),
            ["-      image: example.org/wait:1", "+      image: example.org/wait:2"],
        ),
        (SetResources(name="sync", memory_limit="1Gi"), ["-          memory: 64Mi", "+          memory: 1Gi"]),
        (SetEnv(name="names", variable="LOG_LEVEL", value="debug"), ["-        value: info", "+        value: debug"]),
    ],
)
def test_containers_that_a_chart_takes_from_its_values_are_changed_there(
    plan: ChangePlan, lines: list[str], changed: Changed
) -> None:
    assert changed(FILES, plan)[1:] == lines


def test_such_containers_are_no_workloads_of_their_own(index: Indexed) -> None:
    assert [each.name for each in index(FILES).workloads if each.path == "apps/names.yaml"] == ["names"]


_LAYERED = {
    "clusters/home/apps.yaml": FILES["clusters/home/apps.yaml"],
    "apps/kustomization.yaml": """resources: [release.yaml]
configMapGenerator:
- {name: settings, files: [values.yaml]}
""",
    "apps/values.yaml": "podAnnotations:\n  backup: config\nworker: {dns: home}\n",
    "apps/release.yaml": """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: login}
spec:
  chart: {spec: {chart: authentik, version: 2025.6.3}}
  values: {blueprints: {}}
  valuesFrom: [{kind: ConfigMap, name: settings}]
""",
}


@pytest.mark.parametrize(
    "plan", [Restart(name="login-worker", at="2026-01-01T00:00:00Z"), SetReplicas(name="login-worker", replicas=2)]
)
def test_a_new_value_goes_beside_those_that_belong_to_it(plan: ChangePlan, changed: Changed) -> None:
    path, *lines = changed(_LAYERED, plan)

    assert path == "apps/values.yaml"
    assert lines[0] == "-worker: {dns: home}"
