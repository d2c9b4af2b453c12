"""Adding and removing apps, in each way in which a repository may keep them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from assistant_core.errors import EditRefused, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.gitops.diff import unified_diff
from assistant_core.models.notes import Note
from assistant_core.models.plan import AddApp, ChangePlan, RemoveApp
from demo.repository import FILES as DEMO

type Apply = Callable[[Any, ChangePlan], Edit]


def _manifest(name: str, namespace: str = "web") -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: {namespace}\nspec:\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec:\n      containers:\n      - name: {name}\n        image: {name}:1\n"
    )


def _service(name: str, namespace: str = "web") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{selector: {{app: {name}}}}}\n"
    )


PLAIN = {"apps/a/a.yaml": _manifest("a"), "apps/b/b.yaml": _manifest("b")}
KUSTOMIZED = {
    "apps/kustomization.yaml": "resources:\n  - a\n  - b # the second\n",
    "apps/a/kustomization.yaml": "resources: [a.yaml]\n",
    "apps/b/kustomization.yaml": "resources: [b.yaml]\n",
    **PLAIN,
}
APPLICATION_SET = {
    "argocd/set.yaml": """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - git:
        repoURL: https://example.com/me/home
        directories: [{path: apps/*}]
  template:
    metadata: {name: "{{ .path.basename }}"}
    spec:
      source: {repoURL: https://example.com/me/home, path: "{{ .path.path }}"}
      destination: {namespace: "{{ .path.basename }}"}
""",
    "apps/a/a.yaml": _manifest("a", "a"),
    "apps/b/b.yaml": _manifest("b", "b"),
}
REDIS = AddApp(name="cache", template="redis", storage="1Gi")
WEB = AddApp(name="mealie", template="web", namespace="home", image="x/mealie:v2", port=9000, host="m.home.arpa")


def _demo() -> Mapping[str, str]:
    return {path.relative_to(DEMO).as_posix(): path.read_text() for path in DEMO.rglob("*") if path.is_file()}


def _after(files: Mapping[str, str], edit: Edit) -> dict[str, str]:
    result = dict(files)
    for each in edit.files:
        if each.after is None:
            del result[each.path]
        else:
            result[each.path] = each.after.decode()
    return result


@pytest.mark.parametrize(
    ("files", "plan", "paths"),
    [
        (PLAIN, REDIS, ["apps/cache/cache.yaml"]),
        (KUSTOMIZED, REDIS, ["apps/cache/cache.yaml", "apps/cache/kustomization.yaml", "apps/kustomization.yaml"]),
        (APPLICATION_SET, REDIS, ["apps/cache/cache.yaml"]),
        (_demo(), WEB, ["apps/home/mealie/mealie.yaml", "argocd/applications/mealie.yaml"]),
    ],
)
def test_a_new_app_lies_beside_the_others_and_is_deployed(
    edit: Apply, index: Callable[[Any], Index], files: Mapping[str, str], plan: AddApp, paths: list[str]
) -> None:
    found = edit(files, plan)

    assert [each.path for each in found.files] == paths
    after = index(_after(files, found))
    assert after.find(plan.name).path == paths[0]
    assert len(after.workloads) == len(index(files).workloads) + 1


def test_every_template_is_yaml_of_the_restricted_level(edit: Apply) -> None:
    for plan in (
        WEB,
        REDIS,
        AddApp(name="db", template="postgresql"),
        AddApp(name="job", template="cronjob", image="alpine:3.20", schedule="0 3 * * *", command=("sh", "-c", "date")),
    ):
        (file,) = edit(PLAIN, plan).files
        assert file.after is not None
        for document in yaml.safe_load_all(file.after):
            text = str(document)
            if "containers" in text:
                assert "'runAsNonRoot': True" in text
                assert "'allowPrivilegeEscalation': False" in text
                assert "'seccompProfile': {'type': 'RuntimeDefault'}" in text


@pytest.mark.parametrize(
    "plan",
    [
        AddApp(name="a", template="redis"),
        AddApp(name="Bad Name", template="redis"),
        AddApp(name="x", template="web", port=80),
        AddApp(name="x", template="web", image="x/y", port=80),
        AddApp(name="x", template="web", image="x/y:latest", port=80),
        AddApp(name="x", template="web", image="x/y:1", port=0),
        AddApp(name="x", template="web", image="x/y:1", port=80, host="not a host"),
        AddApp(name="x", template="redis", storage="lots"),
        AddApp(name="x", template="redis", namespace="../up"),
        AddApp(name="x", template="cronjob", image="x/y:1", schedule="tomorrow"),
        AddApp(name="x", template="cronjob", image="x/y:1", schedule="61 3 * * *"),
        AddApp(name="x", template="cronjob", image="x/y:1", schedule="0 3 * * 5-2"),
        AddApp(name="x", template="cronjob", image="x/y:1", schedule="0 3 * * */0"),
        AddApp(name="x", template="cronjob", image="x/y:1", schedule="@reboot"),
        AddApp(name="x", template="web", image="x/y:1", port=80, storage="1Gi", mount="/../etc"),
        AddApp(name="x", template="web", image="x/y:1", port=80, mount="/data"),
        AddApp(name="x", template="web", image="x/y:1", port=80, schedule="0 3 * * *"),
        AddApp(name="x", template="redis", port=1234),
        AddApp(name="x", template="postgresql", host="db.home.arpa"),
        AddApp(name="x", template="cronjob", image="x/y:1", schedule="0 3 * * *", storage="1Gi"),
    ],
)
def test_an_app_that_cannot_be_is_refused(edit: Apply, plan: AddApp) -> None:
    with pytest.raises(InputInvalid):
        edit(PLAIN, plan)


@pytest.mark.parametrize("schedule", ["*/15 * * * *", "0 3,15 1-7 JAN-mar mon-FRI/2", "0 0 ? * 0", "@daily"])
def test_a_new_job_runs_when_its_controller_understands_it(edit: Apply, schedule: str) -> None:
    (file,) = edit(PLAIN, AddApp(name="x", template="cronjob", image="x/y:1", schedule=schedule)).files
    assert schedule in (file.after or b"").decode()


def test_a_new_web_app_runs_the_command_that_is_given(edit: Apply) -> None:
    plan = AddApp(name="x", template="web", image="x/y:1", port=80, command=("serve", "--all"))
    (file,) = edit(PLAIN, plan).files
    assert yaml.safe_load((file.after or b"").decode().split("---")[0])["spec"]["template"]["spec"]["containers"][0][
        "command"
    ] == ["serve", "--all"]


def test_an_app_goes_with_its_application_and_its_files(edit: Apply) -> None:
    found = edit(_demo(), RemoveApp(name="sonarr"))

    assert [(each.path, each.after) for each in found.files] == [
        ("apps/media/sonarr/sonarr.yaml", None),
        ("argocd/applications/sonarr.yaml", None),
    ]
    assert found.notes == (Note.CLAIMS_GO.told(claims="config-sonarr"),)


def test_an_app_of_a_kustomization_goes_with_its_entry(edit: Apply) -> None:
    found = edit(KUSTOMIZED, RemoveApp(name="a"))

    assert {each.path: each.after for each in found.files} == {
        "apps/a/a.yaml": None,
        "apps/a/kustomization.yaml": None,
        "apps/kustomization.yaml": b"resources:\n  - b # the second\n",
    }


def test_only_the_documents_of_an_app_go_from_a_file_of_several(edit: Apply) -> None:
    files = {"all.yaml": f"# mine\n---\n{_manifest('a')}---\n{_service('a')}---\n{_manifest('b')}---\n{_service('b')}"}

    first = edit(files, RemoveApp(name="a"))
    last = edit(files, RemoveApp(name="b"))

    assert _after(files, first) == {"all.yaml": f"# mine\n---\n{_manifest('b')}---\n{_service('b')}"}
    assert _after(files, last) == {"all.yaml": f"# mine\n---\n{_manifest('a')}---\n{_service('a')}"}
    assert "deleted" not in unified_diff(first.files)


def test_a_new_app_asks_for_its_namespace_where_none_is_usual(edit: Apply) -> None:
    files = {"apps/a/a.yaml": _manifest("a", "one"), "apps/b/b.yaml": _manifest("b", "two")}
    with pytest.raises(InputInvalid, match="Say in which namespace c shall run; there is one, two"):
        edit(files, AddApp(name="c", template="redis"))
    (file,) = edit(files, AddApp(name="c", template="redis", namespace="two")).files
    assert file.path == "apps/c/c.yaml"


def test_a_new_app_of_flux_asks_for_its_namespace_where_each_app_has_its_own(edit: Apply) -> None:
    files: dict[str, str] = {}
    for name in ("a", "b"):
        files[f"cluster/{name}.yaml"] = (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata: {{name: {name}, namespace: flux-system}}\nspec: {{path: ./apps/{name}, prune: true}}\n"
        )
        files[f"apps/{name}/{name}.yaml"] = _manifest(name, f"space-{name}")
    with pytest.raises(InputInvalid, match="Say in which namespace c shall run; there is space-a, space-b"):
        edit(files, AddApp(name="c", template="redis"))
    made = {
        each.path: (each.after or b"").decode()
        for each in edit(files, AddApp(name="c", template="redis", namespace="x")).files
    }
    assert made.keys() == {"apps/c/c.yaml", "cluster/c.yaml"}
    assert "targetNamespace: x" in made["cluster/c.yaml"]


def test_the_folder_of_the_apps_is_not_taken_for_a_namespace(edit: Apply) -> None:
    (made,) = edit(APPLICATION_SET, AddApp(name="cache", template="redis", namespace="apps")).files
    assert b"namespace: cache" in (made.after or b"")


def test_a_new_application_is_called_as_the_others_are(edit: Apply) -> None:
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: home-NAME, namespace: argocd}\n"
        "spec:\n  source: {repoURL: https://git.example/home, path: apps/NAME}\n  destination: {namespace: web}\n"
    )
    files = {f"cluster/{name}-app.yaml": application.replace("NAME", name) for name in ("a", "b")}
    files |= {f"apps/{name}/{name}.yaml": _manifest(name) for name in ("a", "b")}
    made = {each.path: each.after or b"" for each in edit(files, AddApp(name="c", template="redis")).files}
    assert made.keys() == {"apps/c/c.yaml", "cluster/c-app.yaml"}
    assert b"name: home-c" in made["cluster/c-app.yaml"]


def test_a_new_app_has_a_namespace_of_its_own_where_argo_cd_makes_one_for_each(edit: Apply) -> None:
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: NAME, namespace: argocd}\n"
        "spec:\n  source: {repoURL: https://git.example/home, path: apps/NAME}\n  destination: {namespace: NAME}\n"
        "  syncPolicy: {syncOptions: [CreateNamespace=true]}\n"
    )
    files = {f"cluster/{name}.yaml": application.replace("NAME", name) for name in ("a", "b")}
    files |= {f"apps/{name}/{name}.yaml": _manifest(name, name) for name in ("a", "b")}
    made = {each.path: each.after or b"" for each in edit(files, AddApp(name="c", template="redis")).files}
    assert made.keys() == {"apps/c/c.yaml", "cluster/c.yaml"}
    assert b"namespace: c" in made["apps/c/c.yaml"]
    refused = {
        path: text.replace("syncOptions: [CreateNamespace=true]", "automated: {}") for path, text in files.items()
    }
    with pytest.raises(InputInvalid, match="Say in which namespace c shall run"):
        edit(refused, AddApp(name="c", template="redis"))


_OWN_FOLDERS = {
    "root.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\n"
    "spec:\n  project: default\n  source:\n    repoURL: https://git.example/home\n    path: apps\n"
    "    directory: {recurse: true, include: '**/app.yaml'}\n  destination: {namespace: argocd}\n",
    "apps/web/blog/app.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
    "metadata: {name: blog, namespace: argocd}\nspec:\n  project: default\n  source:\n"
    "    repoURL: https://git.example/home\n    path: apps/web/blog/base\n  destination: {namespace: web}\n",
    "apps/web/blog/base/blog.yaml": _manifest("blog"),
}


def test_an_application_that_lies_with_its_app_is_made_alike(edit: Apply, index: Callable[..., Index]) -> None:
    made = {
        each.path: (each.after or b"").decode() for each in edit(_OWN_FOLDERS, AddApp(name="c", template="redis")).files
    }
    assert made.keys() == {"apps/web/c/app.yaml", "apps/web/c/manifests/c.yaml"}
    assert "web/c" in {each.label for each in index(_OWN_FOLDERS | made).workloads}


def test_a_new_app_that_nothing_would_deploy_is_refused(edit: Apply) -> None:
    files = {path: text.replace("**/app.yaml", "**/blog/app.yaml") for path, text in _OWN_FOLDERS.items()}
    with pytest.raises(EditRefused, match="I do not see where this repository keeps its apps"):
        edit(files, AddApp(name="c", template="redis"))


def test_what_deploys_everything_does_not_go_with_the_only_app_beside_it(edit: Apply) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: NAME, namespace: flux}\n"
    files = {
        "cluster/sync.yaml": flux.replace("NAME", "all") + "spec: {path: ./cluster}\n",
        "cluster/apps.yaml": flux.replace("NAME", "apps") + "spec: {path: ./apps}\n",
        "cluster/controller.yaml": _manifest("controller", "flux"),
        **PLAIN,
    }
    (file,) = edit(files, RemoveApp(name="controller")).files
    assert (file.path, file.after) == ("cluster/controller.yaml", None)


def test_an_app_whose_folder_is_named_elsewhere_is_taken_out_by_hand(edit: Apply) -> None:
    chart = "    - {repoURL: https://charts.example, chart: blog, targetRevision: 1.0.0}\n"
    sources = f"  sources:\n{chart}    - {{repoURL: https://git.example/home, path: extra}}\n"
    files = {
        "blog.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: blog, namespace: argocd}\n"
        f"spec:\n{sources}  destination: {{namespace: web}}\n",
        "extra/tidy.yaml": _manifest("tidy"),
    }
    with pytest.raises(EditRefused, match=r"Without web/tidy, blog\.yaml names a folder that is not there \(extra\)"):
        edit(files, RemoveApp(name="tidy"))


def test_what_goes_along_with_an_app_is_said(edit: Apply) -> None:
    files = {
        "argocd/git.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        "metadata: {name: git, namespace: argocd}\nspec:\n  source: {repoURL: https://git.example/home, path: git}\n"
        "  destination: {namespace: web}\n",
        "git/app.yaml": _manifest("git"),
        "git/runner.yaml": _manifest("git-runner"),
        "git/db.yaml": "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: git-db}\n"
        "spec: {instances: 1, storage: {size: 1Gi}}\n",
    }
    found = edit(files, RemoveApp(name="git"))
    assert [each.path for each in found.files] == sorted(files)
    assert found.notes == (Note.ALONG.told(workloads="web/git-db, web/git-runner"),)
    assert edit(files, RemoveApp(name="git-runner")).notes == ()
