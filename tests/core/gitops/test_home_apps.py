"""Apps as homes with Flux write them: keys that are aliases, sidecars that start first, shared variables and claims."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import RemoveApp, SetEnv, SetImage, SetResources, SetStorage
from assistant_core.speech import Speech

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

_FLUX = """---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: &app NAME, namespace: media}
spec:
  components: [../../../components/backup]
  path: ./apps/NAME/app
  postBuild:
    substitute:
      APP: *app
      VERSION: v2.0.1
      CACHE: 10Gi
  targetNamespace: media
"""
_CLAIM = """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: "${CLAIM:=${APP}}"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: "${CAPACITY:=5Gi}"}}}
"""
_RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: &app films}
spec:
  chart: {spec: {chart: app-template, version: 4.4.0}}
  values:
    controllers:
      *app :
        initContainers:
          tunnel:
            image: {repository: acme/tunnel, tag: 3.40.0}
            env: {VPN_TYPE: wireguard}
            resources: {limits: {memory: 128Mi}}
        containers:
          app:
            image: {repository: acme/films, tag: '${VERSION}'}
            env: {PROBE_SIZE: 50000000}
      tidy:
        type: cronjob
        containers:
          app:
            image: {repository: acme/tidy, tag: '${VERSION}-slim'}
    persistence:
      config: {existingClaim: '{{ .Release.Name }}'}
      cache: {existingClaim: films-cache}
"""
_WAITS = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: tools, namespace: media}
spec:
  dependsOn:
    - name: films
    - name: other
  chart: {spec: {chart: tools, version: 1.0.0}}
  values: {image: {tag: 1.0.0}}
"""
_VALUES = "apps/films/app/release.yaml"
FILES = {
    "components/backup/kustomization.yaml": "kind: Component\nresources: [claim.yaml]\n",
    "components/backup/claim.yaml": _CLAIM,
    "apps/films/ks.yaml": _FLUX.replace("NAME", "films")
    + _FLUX.replace("NAME", "tools").replace("spec:\n", "spec:\n  dependsOn:\n    - name: films\n"),
    _VALUES: _RELEASE,
    "apps/films/app/cache.yaml": _CLAIM.replace("${CLAIM:=${APP}}", "films-cache").replace(
        "${CAPACITY:=5Gi}", "${CACHE}"
    ),
    "apps/tools/app/release.yaml": _WAITS,
}


def test_a_key_that_is_an_alias_is_what_it_stands_for(index: Callable[..., Index]) -> None:
    assert [each.label for each in index(FILES).workloads] == ["media/films", "media/films-tidy", "media/tools"]


@pytest.mark.parametrize("key", ["*list", "*number"])
def test_only_words_are_keys(key: str, index: Callable[..., Index]) -> None:
    text = f"kind: Deployment\na: &list [1]\nb: &number 1\nc: {{{key} : 1}}\n"
    (unread,) = index({"a.yaml": text}).unread
    assert unread.reason == "has a key that is not a plain word (line 4)"


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetEnv(name="films", variable="VPN_TYPE", value="openvpn"), ["VPN_TYPE: wireguard", "VPN_TYPE: openvpn"]),
        (
            SetResources(name="films", container="tunnel", memory_limit="256Mi"),
            ["limits: {memory: 128Mi}", "limits: {memory: 256Mi}"],
        ),
    ],
)
def test_what_runs_beside_an_app_from_its_start_is_changed_too(
    plan: ChangePlan, lines: list[str], changed: Changed
) -> None:
    found = changed(FILES, plan)
    assert found[0] == _VALUES
    assert [part in line for part, line in zip(lines, found[1:], strict=True)] == [True, True]


def test_a_large_number_stays_one(index: Callable[..., Index]) -> None:
    plan = plan_by_sentences("set PROBE_SIZE of films to 100000000", index(FILES), [Speech.load("en")])
    assert plan == SetEnv(name="films", variable="PROBE_SIZE", value="100000000")


def test_who_takes_the_same_variable_is_told(edit: Edited) -> None:
    made = edit(FILES, SetImage(name="media/films", tag="v2.1.0"))
    assert made.files[0].path == "apps/films/ks.yaml"
    assert [each.sentence for each in made.notes] == ["The same entry is read by media/films-tidy too."]


def test_a_volume_is_the_claim_that_is_mounted_as_it(changed: Changed) -> None:
    assert changed(FILES, SetStorage(name="media/films", size="9Gi", volume="config")) == [
        "apps/films/ks.yaml", "+      CAPACITY: 9Gi",
    ]  # fmt: skip
    assert changed(FILES, SetStorage(name="media/films", size="20Gi", volume="cache"))[2] == "+      CACHE: 20Gi"
    with pytest.raises(AmbiguousWorkload, match="has several volumes: "):
        changed(FILES, SetStorage(name="media/films", size="20Gi"))


def test_one_part_of_a_release_is_not_removed_with_all_of_it(edit: Edited) -> None:
    with pytest.raises(InputInvalid, match=r"tidy is a part of films\. Say films if all of it is meant\."):
        edit(FILES, RemoveApp(name="tidy"))


def test_nothing_waits_for_an_app_that_is_gone(edit: Edited) -> None:
    found = {each.path: each.after for each in edit(FILES, RemoveApp(name="films")).files}
    assert b"films" not in (found["apps/films/ks.yaml"] or b"films")
    assert found["apps/tools/app/release.yaml"] == _WAITS.replace("    - name: films\n", "").encode()
    assert found[_VALUES] is None
