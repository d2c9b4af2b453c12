"""Taking an app out of a kustomization leaves nothing behind that breaks the build."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import AddApp, ChangePlan, RemoveApp

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]


def _deployment(name: str, indent: str = "") -> str:
    text = f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: {name}, image: "acme/{name}:1.0"}}]}}
"""
    first, *rest = text.splitlines(keepends=True)
    return first + "".join(indent + line for line in rest)


FILES = {
    "apps/kustomization.yaml": """namespace: home
resources:
- one.yaml
- list.yaml
- three
replicas:
- name: one
  count: 2
- name: two
  count: 1
patches:
- path: patch.yaml
- target: {kind: Deployment}
  patch: |
    - {op: add, path: /spec/minReadySeconds, value: 3}
""",
    "apps/one.yaml": _deployment("one"),
    "apps/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: one}\nspec: {paused: true}\n",
    "apps/list.yaml": f"""apiVersion: v1
kind: List
items:
- {_deployment("two", "  ")}- apiVersion: v1
  kind: ConfigMap
  metadata: {{name: other}}
""",
    "apps/three/kustomization.yaml": "resources: [three.yaml]\nconfigMapGenerator:\n- {name: three, files: [a.ini]}\n",
    "apps/three/a.ini": "a=b\n",
    "apps/three/three.yaml": _deployment("three"),
}


def _after(edit: Edited, name: str) -> dict[str, str | None]:
    found = edit(FILES, RemoveApp(name=name)).files
    return {each.path: None if each.after is None else each.after.decode() for each in found}


def test_replicas_and_patches_for_it_go_with_an_app(edit: Edited) -> None:
    after = _after(edit, "one")
    assert after["apps/one.yaml"] is None
    assert after["apps/patch.yaml"] is None
    listing = after["apps/kustomization.yaml"] or ""
    assert "one" not in listing
    assert "name: two" in listing
    assert "minReadySeconds" in listing


def test_an_item_of_a_list_goes_alone(edit: Edited) -> None:
    after = _after(edit, "two")
    assert after["apps/list.yaml"] == (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: other}\n"
    )
    assert "list.yaml" in (after["apps/kustomization.yaml"] or "")
    assert "name: two" not in (after["apps/kustomization.yaml"] or "")


@pytest.mark.parametrize("path", ["apps/three/kustomization.yaml", "apps/three/a.ini", "apps/three/three.yaml"])
def test_what_a_kustomization_makes_its_config_maps_of_goes_with_it(path: str, edit: Edited) -> None:
    assert _after(edit, "three")[path] is None


def test_an_app_leaves_its_neighbours_in_the_folder_of_a_generator(edit: Edited) -> None:
    deployment = """apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template: {metadata: {labels: {app: NAME}}, spec: {containers: [{name: NAME, image: "x/NAME:1.0"}]}}
"""
    plex, tautulli = (deployment.replace("NAME", name) for name in ("plex", "tautulli"))
    files = {
        "apps.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators: [{git: {repoURL: https://git.example/x.git, directories: [{path: media/*}]}}]
  template:
    metadata: {name: '{{path.basename}}'}
    spec:
      source: {repoURL: https://git.example/x.git, path: '{{path}}'}
      destination: {namespace: media}
""",
        "media/plex/plex.yaml": f"{plex}---\n{tautulli}",
    }
    (file,) = edit(files, RemoveApp(name="tautulli")).files
    assert file.after is not None
    assert b"name: plex" in file.after
    assert b"tautulli" not in file.after


_IN_VALUES = {
    "system/argocd/Chart.yaml": "apiVersion: v2\nname: argocd\nversion: 0.0.0\n"
    "dependencies: [{name: argocd-apps, version: 1.6.0, repository: https://argoproj.github.io/argo-helm}]\n",
    "system/argocd/values.yaml": """argocd-apps:
  applicationsets:
    root:
      generators: [{git: {repoURL: https://git.example/x.git, directories: [{path: apps/*}]}}]
      template:
        metadata: {name: '{{path.basename}}'}
        spec:
          source: {repoURL: https://git.example/x.git, path: '{{path}}'}
          destination: {namespace: '{{path.basename}}'}
""",
    "apps/blog/blog.yaml": _deployment("blog"),
    "apps/shop/shop.yaml": _deployment("shop"),
}


def test_an_app_goes_from_the_folder_of_a_generator_in_the_values_of_argocd(edit: Edited) -> None:
    (file,) = edit(_IN_VALUES, RemoveApp(name="shop")).files
    assert (file.path, file.after) == ("apps/shop/shop.yaml", None)


def test_a_new_app_comes_into_that_folder_too(edit: Edited) -> None:
    (file,) = edit(_IN_VALUES, AddApp(name="mail", template="redis")).files
    assert file.path == "apps/mail/mail.yaml"


_LISTED = {
    "charts.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: charts, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - name: one
            version: 1.0.0
          # the other
          - name: two
            version: 2.0.0
  template:
    metadata: {name: '{{name}}'}
    spec:
      sources:
        - repoURL: https://charts.example
          chart: '{{name}}'
          targetRevision: '{{version}}'
          helm: {valueFiles: ['$values/values/{{name}}.yaml', $values/values/common.yaml]}
        - {repoURL: https://git.example/x.git, ref: values}
      destination: {namespace: '{{name}}'}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: here, namespace: argocd}
spec: {source: {repoURL: https://git.example/x.git, path: here}, destination: {namespace: here}}
""",
    "here/here.yaml": _deployment("here"),
    "values/one.yaml": "replicaCount: 1\n",
    "values/two.yaml": "replicaCount: 2\n",
    "values/common.yaml": "podLabels: {a: b}\n",
}


def test_an_element_of_a_list_goes_with_the_values_of_its_own(edit: Edited, index: Callable[..., Index]) -> None:
    found = {each.path: each.after for each in edit(_LISTED, RemoveApp(name="one")).files}
    assert found.keys() == {"charts.yaml", "values/one.yaml"}
    assert found["values/one.yaml"] is None
    text = (found["charts.yaml"] or b"").decode()
    assert text == _LISTED["charts.yaml"].replace("          - name: one\n            version: 1.0.0\n", "")
    left = {path: data for path, data in _LISTED.items() if path != "values/one.yaml"} | {"charts.yaml": text}
    assert {each.name for each in index(left).workloads} == {"two", "here"}


_FOLDERS = {
    "sets.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: trees, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - name: kiwi
            folder: apps/kiwi
          - {name: plum, folder: apps/plum}
          - {name: plum-old, folder: apps/plum/old}
  template:
    metadata: {name: '{{name}}'}
    spec:
      source: {repoURL: https://git.example/x.git, path: '{{folder}}'}
      destination: {namespace: '{{name}}'}
""",
    "apps/kiwi/kiwi.yaml": _deployment("kiwi"),
    "apps/plum/plum.yaml": _deployment("plum"),
    "apps/plum/old/old.yaml": _deployment("stone"),
}


def test_an_element_of_a_list_goes_with_the_folder_of_its_own(edit: Edited) -> None:
    found = {each.path: each.after for each in edit(_FOLDERS, RemoveApp(name="kiwi")).files}
    assert found == {
        "apps/kiwi/kiwi.yaml": None,
        "sets.yaml": _FOLDERS["sets.yaml"]
        .replace("          - name: kiwi\n            folder: apps/kiwi\n", "")
        .encode(),
    }


def test_a_folder_in_the_folder_of_another_element_stays(edit: Edited) -> None:
    (file,) = edit(_FOLDERS, RemoveApp(name="plum-old/stone")).files
    assert (
        file.after
        == _FOLDERS["sets.yaml"].replace("          - {name: plum-old, folder: apps/plum/old}\n", "").encode()
    )


def test_a_component_stays_though_only_that_app_takes_it(edit: Edited) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: kiwi, namespace: flux}\n"
    files = {
        "cluster/kiwi.yaml": f"{flux}spec: {{path: ./apps/kiwi, components: [../../parts/claim]}}\n",
        "apps/kiwi/kiwi.yaml": _deployment("kiwi"),
        "parts/claim/kustomization.yaml": "kind: Component\nresources: [claim.yaml]\n",
        "parts/claim/claim.yaml": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n",
    }
    found = {each.path: each.after for each in edit(files, RemoveApp(name="kiwi")).files}
    assert found == {"cluster/kiwi.yaml": None, "apps/kiwi/kiwi.yaml": None}


def test_the_last_element_of_a_list_is_taken_out_by_hand(edit: Edited) -> None:
    lists = "".join(f"    - list: {{elements: [{{name: {name}, folder: apps/{name}}}]}}\n" for name in ("kiwi", "plum"))
    before, rest = _FOLDERS["sets.yaml"].split("    - list:")
    files = _FOLDERS | {"sets.yaml": f"{before}{lists}  template:{rest.partition('  template:')[2]}"}
    with pytest.raises(EditRefused, match=r"kiwi/kiwi is made by a generator in sets\.yaml"):
        edit(files, RemoveApp(name="kiwi"))


@pytest.mark.parametrize("generator", ["{clusters: {}}", "{list: {elementsYaml: '[{name: kiwi}]'}}"])
def test_a_folder_that_a_generator_may_ask_for_is_left(generator: str, edit: Edited) -> None:
    template = "{metadata: {name: '{{name}}'}, spec: {source: {repoURL: x, path: 'apps/{{name}}'}, destination: {}}}"
    files = {
        "sets.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a, namespace: argocd}\n"
        f"spec: {{generators: [{generator}], template: {template}}}\n",
        "apps/kiwi/kiwi.yaml": _deployment("kiwi"),
    }
    with pytest.raises(EditRefused, match=r"sets\.yaml names the folder apps/kiwi that is not there"):
        edit(files, RemoveApp(name="kiwi"))


_CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: films}\n"


def _mounting(name: str) -> str:
    claimed = "spec: {volumes: [{name: films, persistentVolumeClaim: {claimName: films}}], containers:"
    return _deployment(name).replace("spec: {containers:", claimed)


def test_a_claim_that_another_mounts_stays(edit: Edited) -> None:
    files = {"one.yaml": _mounting("one"), "two.yaml": _mounting("two"), "films.yaml": _CLAIM}
    assert [each.path for each in edit(files, RemoveApp(name="one")).files] == ["one.yaml"]
    alone = files | {"two.yaml": _deployment("two")}
    assert [each.path for each in edit(alone, RemoveApp(name="one")).files] == ["films.yaml", "one.yaml"]


def test_an_app_is_not_taken_out_with_the_claim_that_another_mounts(edit: Edited) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
    files = {
        f"cluster/{name}.yaml": f"{flux}metadata: {{name: {name}, namespace: flux}}\n"
        f"spec: {{path: ./apps/{name}, targetNamespace: home}}\n"
        for name in ("one", "two")
    }
    files |= {
        "apps/one/one.yaml": _mounting("one"),
        "apps/one/films.yaml": _CLAIM,
        "apps/two/two.yaml": _mounting("two"),
    }
    with pytest.raises(EditRefused, match="claim films, which home/two mounts, would go along with home/one"):
        edit(files, RemoveApp(name="one"))


def test_an_app_is_not_taken_for_the_workload_that_begins_with_its_name(edit: Edited) -> None:
    labelled = _deployment("mysql-deployment").replace("{name: mysql", "{labels: {app: wiki}, name: mysql", 1)
    files = {"wiki.yaml": _deployment("wiki-deployment"), "mysql.yaml": labelled}
    with pytest.raises(AmbiguousWorkload):
        edit(files, RemoveApp(name="wiki"))
    (file,) = edit(files, RemoveApp(name="wiki-deployment")).files
    assert file.path == "wiki.yaml"
