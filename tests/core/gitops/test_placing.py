"""Where a new app goes among manifests that share a folder, and that it goes again without a trace."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused, Incomplete, InputInvalid
from assistant_core.gitops import Edit, Index
from assistant_core.models.plan import AddApp, ChangePlan, RemoveApp

type Edited = Callable[[Mapping[str, str], ChangePlan], Edit]
type Indexed = Callable[[Mapping[str, str]], Index]


def _manifest(name: str, namespace: str = "trees") -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec:\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec: {{containers: [{{name: {name}, image: '{name}:1'}}]}}\n"
    )


def _application(name: str, path: str, more: str = "") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  source: {{repoURL: https://git.example/home, path: {path}{more}}}\n  destination: {{namespace: trees}}\n"
    )


_FLUX = (
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
    "metadata: {name: apps, namespace: flux-system}\nspec: {path: ./apps, prune: true}\n"
)
_RELEASE = (
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: NAME, namespace: trees}\nspec:\n"
    "  chart: {spec: {chart: NAME, version: 1.0.0, sourceRef: {kind: HelmRepository, name: all}}}\n"
)
FLAT = {f"apps/{name}.yaml": _manifest(name) for name in ("kiwi", "plum")}
FOLDERS = {f"apps/{name}/all.yaml": _manifest(name) for name in ("kiwi", "plum")}
LISTED = "resources:\n  # fruit\n  - kiwi.yaml\n  - ./plum.yaml\n"
QUEUE = AddApp(name="queue", template="redis")


@pytest.mark.parametrize(
    ("files", "path", "entry"),
    [
        (FLAT, "apps/queue.yaml", None),
        ({"all.yaml": "---\n".join(FLAT.values())}, "queue.yaml", None),
        ({"kiwi.yaml": _manifest("kiwi"), "kustomization.yaml": "resources: [kiwi.yaml]\n"}, "queue.yaml", ""),
        (FLAT | {"apps/kustomization.yaml": LISTED}, "apps/queue.yaml", "  - ./queue.yaml\n"),
        (FLAT | {"apps/kustomization.yaml": LISTED, "cluster.yaml": _FLUX}, "apps/queue.yaml", "  - ./queue.yaml\n"),
        (
            {f"apps/{name}.yaml": _RELEASE.replace("NAME", name) for name in ("kiwi", "plum")}
            | {"apps/kustomization.yaml": LISTED, "cluster.yaml": _FLUX},
            "apps/queue.yaml",
            "  - ./queue.yaml\n",
        ),
        (FLAT | {"argocd.yaml": _application("apps", "apps")}, "apps/queue.yaml", None),
        (
            FOLDERS | {"argocd.yaml": _application("apps", "apps", ", directory: {recurse: true}")},
            "apps/queue/queue.yaml",
            None,
        ),
    ],
)
def test_a_new_app_goes_where_the_others_lie_and_goes_again(
    files: Mapping[str, str], path: str, entry: str | None, edit: Edited, index: Indexed
) -> None:
    made = {each.path: (each.after or b"").decode() for each in edit(files, QUEUE).files}
    assert path in made
    assert len(made) == (1 if entry is None else 2)
    if entry:
        assert made["apps/kustomization.yaml"] == LISTED + entry
    after = {**files, **made}
    assert {each.label for each in index(after).workloads if each.name == "queue"} == {"trees/queue"}
    for each in edit(after, RemoveApp(name="queue")).files:
        after.pop(each.path)
        if each.after is not None:
            after[each.path] = each.after.decode()
    assert after == files


def test_folders_at_the_top_of_the_repository_are_those_of_apps(edit: Edited) -> None:
    files = {f"argocd/{name}.yaml": _application(name, name) for name in ("kiwi", "plum")}
    files |= {f"{name}/all.yaml": _manifest(name) for name in ("kiwi", "plum")}
    assert [each.path for each in edit(files, QUEUE).files] == ["queue/queue.yaml", "argocd/queue.yaml"]


@pytest.mark.parametrize("namespace", ["trees", "new"])
def test_a_folder_for_each_namespace_is_that_of_the_wanted_one(namespace: str, edit: Edited) -> None:
    spaces = {"shrubs": ("box", "ivy"), "trees": ("oak", "elm")}
    files = {f"apps/{space}/{each}.yaml": _manifest(each, space) for space, names in spaces.items() for each in names}
    plan = AddApp(name="queue", template="redis", namespace=namespace)
    assert [each.path for each in edit(files, plan).files] == [f"apps/{namespace}/queue.yaml"]
    with pytest.raises(Incomplete, match="Say in which namespace queue shall run; there is shrubs, trees"):
        edit(files, QUEUE)


def test_a_new_app_is_not_brought_to_another_namespace_than_the_one_that_is_meant(edit: Edited) -> None:
    files = FLAT | {"apps/kustomization.yaml": f"namespace: trees\n{LISTED}"}
    with pytest.raises(Incomplete, match="Say in which namespace queue shall run; there is trees"):
        edit(files, AddApp(name="queue", template="redis", namespace="shrubs"))


def test_a_new_app_asks_for_its_namespace_where_each_folder_sets_its_own(edit: Edited) -> None:
    files = FOLDERS | {"apps/kustomization.yaml": "resources: [./kiwi, ./plum]\n"}
    files |= {
        f"apps/{name}/kustomization.yaml": f"namespace: {name}\nresources: [all.yaml]\n" for name in ("kiwi", "plum")
    }
    with pytest.raises(Incomplete, match="Say in which namespace queue shall run; there is kiwi, plum"):
        edit(files, QUEUE)
    made = {each.path: each.after for each in edit(files, AddApp(name="queue", template="redis", namespace="x")).files}
    assert made["apps/kustomization.yaml"] == b"resources: [./kiwi, ./plum, ./queue]\n"


def test_a_file_that_nobody_reads_is_not_written_over(edit: Edited) -> None:
    files = FLAT | {"apps/kustomization.yaml": LISTED, "apps/queue.yaml": "# later\n"}
    with pytest.raises(InputInvalid, match=r"apps/queue\.yaml is there already"):
        edit(files, QUEUE)


_CHART = (
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: NAME, namespace: argocd}\nspec:\n"
    "  project: home\n  source: {repoURL: https://charts.example, chart: NAME, targetRevision: 1.0.0}\n"
    "  destination: {namespace: trees}\n"
)
CHARTS = {
    "root.yaml": _application("root", "argocd/apps, targetRevision: main"),
    **{f"argocd/apps/{name}.yaml": _CHART.replace("NAME", name) for name in ("kiwi", "plum")},
}


def test_a_new_app_among_charts_gets_an_application_and_a_folder(edit: Edited, index: Indexed) -> None:
    made = {each.path: (each.after or b"").decode() for each in edit(CHARTS, QUEUE).files}
    assert made.keys() == {"argocd/manifests/queue/queue.yaml", "argocd/apps/queue.yaml"}
    assert (
        "  source:\n    repoURL: https://git.example/home\n    targetRevision: main\n"
        "    path: argocd/manifests/queue\n" in made["argocd/apps/queue.yaml"]
    )
    gone = edit({**CHARTS, **made}, RemoveApp(name="queue")).files
    assert {each.path: each.after for each in gone} == dict.fromkeys(made)


def test_a_folder_that_is_read_already_is_none_for_a_new_application(edit: Edited) -> None:
    files = CHARTS | {"root.yaml": _application("root", "argocd", ", directory: {recurse: true}")}
    with pytest.raises(EditRefused, match="I do not see where this repository keeps its apps"):
        edit(files, QUEUE)


def _folders(*paths: str) -> dict[str, str]:
    found = {f"{path}/kustomization.yaml": "resources: [all.yaml]\n" for path in paths}
    return found | {f"{path}/all.yaml": _manifest(path.split("/")[-1], path.split("/")[-2]) for path in paths}


GROUPS = {
    "apps/kustomization.yaml": "resources: [trees, shrubs]\n",
    "apps/trees/kustomization.yaml": "namespace: trees\nresources: [./oak, ./elm, ./ash]\n",
    "apps/shrubs/kustomization.yaml": "namespace: shrubs\nresources: [box, ivy]\n",
    **_folders("apps/trees/oak", "apps/trees/elm", "apps/trees/ash", "apps/shrubs/box", "apps/shrubs/ivy"),
}


@pytest.mark.parametrize(
    ("namespace", "group", "entry"),
    [(None, "trees", "./queue"), ("trees", "trees", "./queue"), ("shrubs", "shrubs", "queue")],
)
def test_of_groups_of_apps_a_new_one_goes_to_that_of_its_namespace(
    namespace: str | None, group: str, entry: str, edit: Edited
) -> None:
    plan = AddApp(name="queue", template="redis", namespace=namespace)
    made = {each.path: (each.after or b"").decode() for each in edit(GROUPS, plan).files}
    home = f"apps/{group}"
    assert made.keys() == {f"{home}/queue/queue.yaml", f"{home}/queue/kustomization.yaml", f"{home}/kustomization.yaml"}
    assert made[f"{home}/kustomization.yaml"].endswith(f", {entry}]\n")


@pytest.mark.parametrize(
    ("named", "path", "entry"),
    [
        (("apps/trees/oak", "apps/trees/elm"), "apps/trees/queue", "../../apps/trees/queue"),
        (("apps/oak/overlays/trees", "apps/elm/overlays/trees"), "apps/queue", "../../apps/queue"),
        (("apps/oak/home", "apps/elm/home"), "clusters/home/queue", "queue"),
    ],
)
def test_a_new_app_goes_where_the_folders_lie_that_a_cluster_names(
    named: tuple[str, ...], path: str, entry: str, edit: Edited
) -> None:
    listing = f"resources: [{', '.join(f'../../{each}' for each in named)}]\n"
    files = {"clusters/home/kustomization.yaml": listing, **_folders(*named)}
    plan = AddApp(name="queue", template="redis", namespace="trees")
    made = {each.path: (each.after or b"").decode() for each in edit(files, plan).files}
    assert f"{path}/queue.yaml" in made
    assert made["clusters/home/kustomization.yaml"] == listing.replace("]", f", {entry}]")
