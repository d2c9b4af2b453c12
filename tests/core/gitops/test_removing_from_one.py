"""Taking an app out of one environment, where the others go on building it from the same base."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.gitops import Edit, Index
from assistant_core.models.notes import Note
from assistant_core.models.plan import ChangePlan, RemoveApp, SetResources

from .environments import applied

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Indexed = Callable[[Mapping[str, str]], Index]


def _app(name: str) -> str:
    return f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: {name}, image: "acme/{name}:1.0"}}]}}
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 80}}]
"""


FILES = {
    "clusters/prod/apps.yaml": applied("prod"),
    "clusters/staging/apps.yaml": applied("staging"),
    "apps/base/kustomization.yaml": "resources:\n- blog.yaml\n- shop.yaml\n",
    "apps/base/blog.yaml": _app("blog"),
    "apps/base/shop.yaml": _app("shop"),
    "apps/prod/kustomization.yaml": "namespace: prod\nresources:\n- ../base\n",
    "apps/staging/kustomization.yaml": """namespace: staging
resources:
- ../base
replicas:
- name: blog
  count: 2
- name: shop
  count: 1
""",
}
FOLDERS = {
    **{path: text for path, text in FILES.items() if not path.startswith("apps/base/")},
    **{f"apps/base/{name}/kustomization.yaml": "resources: [app.yaml]\n" for name in ("blog", "shop")},
    **{f"apps/base/{name}/app.yaml": _app(name) for name in ("blog", "shop")},
    "apps/prod/kustomization.yaml": "namespace: prod\nresources:\n- ../base/blog\n- ../base/shop\n",
    "apps/staging/kustomization.yaml": "namespace: staging\nresources:\n- ../base/blog\n- ../base/shop\n",
}
PLAN = RemoveApp(name="shop", namespace="staging")


def _running(index: Index) -> set[str]:
    return {each.label for each in index.workloads}


def _after(files: Mapping[str, str], edit: Edit) -> dict[str, str]:
    left = dict(files)
    for each in edit.files:
        if each.after is None:
            del left[each.path]
        else:
            left[each.path] = each.after.decode()
    return left


def test_an_overlay_deletes_what_its_base_of_several_apps_brings(changed: Changed) -> None:
    assert changed(FILES, PLAN) == [
        "apps/staging/kustomization.yaml",
        "-- name: shop",
        "-  count: 1",
        "+patches:",
        "+- patch: |",
        "+    $patch: delete",
        "+    apiVersion: apps/v1",
        "+    kind: Deployment",
        "+    metadata:",
        "+      name: shop",
        "+- patch: |",
        "+    $patch: delete",
        "+    apiVersion: v1",
        "+    kind: Service",
        "+    metadata:",
        "+      name: shop",
    ]


@pytest.mark.parametrize("files", [FILES, FOLDERS])
def test_only_that_app_of_that_environment_is_gone_then(files: Mapping[str, str], edit: Edited, index: Indexed) -> None:
    after = _after(files, edit(files, PLAN))
    assert _running(index(files)) - _running(index(after)) == {"staging/shop"}
    assert _running(index(after)) == {"prod/blog", "prod/shop", "staging/blog"}


def test_what_stays_elsewhere_is_said(edit: Edited) -> None:
    assert edit(FILES, PLAN).notes == (Note.STAYS.told(path="apps/base/shop.yaml", others="prod/shop"),)


def test_an_overlay_that_names_the_app_by_itself_names_it_no_more(changed: Changed) -> None:
    assert changed(FOLDERS, PLAN) == ["apps/staging/kustomization.yaml", "-- ../base/shop"]


def test_overlays_that_nobody_but_a_person_applies_are_kept_apart_too(edit: Edited, index: Indexed) -> None:
    files = {
        path: text.replace("namespace: staging\n", "").replace("namespace: prod\n", "")
        for path, text in FILES.items()
        if path.startswith("apps/")
    }
    after = _after(files, edit(files, RemoveApp(name="shop", namespace="staging")))
    assert after["apps/base/shop.yaml"] == files["apps/base/shop.yaml"]
    assert "$patch: delete" in after["apps/staging/kustomization.yaml"]
    assert len(index(after).workloads) == 3


def test_an_app_of_a_namespace_of_its_own_is_deleted_there(changed: Changed) -> None:
    """Kustomize finds an object by the namespace of its file."""
    files = FILES | {
        "apps/base/shop.yaml": _app("shop").replace("name: shop\nspec", "name: shop\n  namespace: old\nspec")
    }
    lines = changed(files, PLAN)
    assert lines.count("+      namespace: old") == 2


def test_where_no_overlay_is_for_one_environment_alone_it_says_what_to_do(changed: Changed) -> None:
    files = {
        "clusters/prod/apps.yaml": applied("all").replace("spec: {", "spec: {targetNamespace: prod, "),
        "clusters/staging/apps.yaml": applied("all").replace("spec: {", "spec: {targetNamespace: staging, "),
        "apps/all/kustomization.yaml": "resources: [shop.yaml, blog.yaml]\n",
        "apps/all/shop.yaml": _app("shop"),
        "apps/all/blog.yaml": _app("blog"),
    }
    with pytest.raises(EditRefused, match=r"prod/shop is deployed from apps/all/shop.yaml too.*overlay of its own"):
        changed(files, PLAN)


def test_a_patch_of_a_base_with_a_namespace_names_it(changed: Changed) -> None:
    files = FILES | {
        "apps/base/shop.yaml": _app("shop").replace("name: shop\nspec", "name: shop\n  namespace: old\nspec")
    }
    plan = SetResources(name="shop", namespace="staging", memory_limit="1Gi")
    assert "+      namespace: old" in changed(files, plan)


@pytest.mark.parametrize("kind", ["flux", "argocd"])
def test_a_folder_that_another_environment_builds_on_stays(kind: str, edit: Edited) -> None:
    files = {
        "apps/shop/base/kustomization.yaml": "resources: [app.yaml]\n",
        "apps/shop/base/app.yaml": _app("shop"),
        "apps/shop/prod/kustomization.yaml": "resources: [../base]\n",
    }
    for name, path in (("staging", "apps/shop/base"), ("prod", "apps/shop/prod")):
        files[f"clusters/{name}.yaml"] = (
            f"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}}}\n"
            f"spec: {{path: ./{path}, targetNamespace: {name}}}\n"
            if kind == "flux"
            else f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\n"
            f"spec: {{source: {{repoURL: https://git.example/x, path: {path}}}, destination: {{namespace: {name}}}}}\n"
        )
    assert [each.path for each in edit(files, PLAN).files] == ["clusters/staging.yaml"]
