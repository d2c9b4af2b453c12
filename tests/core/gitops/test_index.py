from collections.abc import Mapping

import pytest

from assistant_core.errors import AmbiguousWorkload, UnknownWorkload
from assistant_core.gitops import Index, Unread
from assistant_core.models.repository import Snapshot


def _manifest(name: str, *, namespace: str = "media", kind: str = "Deployment") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}\n"
        + (f"  namespace: {namespace}\n" if namespace else "")
        + "spec:\n  replicas: 1\n  selector: {matchLabels: {app: a}}\n  template: {metadata: {labels: {app: a}}}\n"
    )


def _index(files: Mapping[str, str]) -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))


def test_workloads_are_found_in_files_of_several_documents() -> None:
    index = _index(
        {
            "apps/media.yaml": f"# media\n---\nkind: Service\n---\n{_manifest('jellyfin')}---\n{_manifest('sonarr')}",
            "apps/db.yml": _manifest("postgres", namespace="", kind="StatefulSet"),
            "README.md": _manifest("not-a-manifest"),
        }
    )

    assert [(found.label, found.kind, found.path, found.document) for found in index.workloads] == [
        ("postgres", "StatefulSet", "apps/db.yml", 1),
        ("media/jellyfin", "Deployment", "apps/media.yaml", 2),
        ("media/sonarr", "Deployment", "apps/media.yaml", 3),
    ]
    assert index.unread == ()


def test_what_only_looks_like_a_workload_is_listed_as_unread() -> None:
    index = _index(
        {
            "chart/Chart.yaml": "name: chart",
            "chart/templates/app.yaml": _manifest("'{{ .Release.Name }}'"),
            "name.yaml": _manifest("'@everyone'"),
            "patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: jellyfin}\nspec: {paused: true}",
        }
    )

    assert [found.name for found in index.workloads] == ["chart"]
    assert index.unread == (
        Unread(path="chart/templates/app.yaml", reason="is a Helm template"),
        Unread(path="name.yaml", reason="holds a Deployment without a valid name"),
        Unread(path="patch.yaml", reason="holds only a part of a Deployment, such as a patch"),
    )


def test_names_are_found_whatever_their_case() -> None:
    index = _index({"a.yaml": _manifest("jellyfin")})

    assert index.find(" Jellyfin ", namespace="MEDIA", kind="deployment").name == "jellyfin"


def test_an_unknown_name_is_answered_with_those_that_come_near() -> None:
    index = _index({"a.yaml": f"{_manifest('jellyfin')}---\n{_manifest('sonarr')}"})

    with pytest.raises(UnknownWorkload, match=r"is called 'jelyfin'\. Did you mean jellyfin\?") as raised:
        index.find("jelyfin")
    assert raised.value.candidates == ("jellyfin",)
    with pytest.raises(UnknownWorkload, match=r"is called 'zzz'\. I looked through 2 workloads") as raised:
        index.find("zzz")
    assert raised.value.candidates == ()


def test_an_unknown_name_points_to_the_unread_file_that_mentions_it() -> None:
    index = _index({"chart/Chart.yaml": "name: forge", "chart/templates/app.yaml": "name: gitea-{{ .x }}\nname: gitea"})

    with pytest.raises(UnknownWorkload, match=r"chart/templates/app\.yaml mentions it, but that file is a Helm"):
        index.find("gitea")


@pytest.mark.parametrize("name", ["", " ", "\udcff", "x" * 100_000, "[", "\x00"])
def test_a_name_that_makes_no_sense_is_simply_unknown(name: str) -> None:
    index = _index({"a.yaml": _manifest("jellyfin"), "b.yaml": "{{ template }}"})

    with pytest.raises(UnknownWorkload) as raised:
        index.find(name)
    assert len(str(raised.value)) < 200


def test_a_name_in_another_namespace_is_not_taken_silently() -> None:
    index = _index({"a.yaml": _manifest("jellyfin")})

    with pytest.raises(UnknownWorkload, match="There is no 'jellyfin' there; the repository has media/jellyfin"):
        index.find("jellyfin", namespace="web")


def test_several_workloads_of_one_name_are_told_apart() -> None:
    index = _index(
        {
            "a.yaml": _manifest("redis", namespace="media"),
            "b.yaml": _manifest("redis", namespace="web"),
            "c.yaml": _manifest("redis", namespace="web", kind="StatefulSet"),
        }
    )

    with pytest.raises(AmbiguousWorkload) as raised:
        index.find("redis", kind="Deployment")
    assert raised.value.candidates == ("media/redis", "web/redis")
    with pytest.raises(AmbiguousWorkload) as raised:
        index.find("redis", namespace="web")
    assert raised.value.candidates == ("web/redis (Deployment)", "web/redis (StatefulSet)")
    assert index.find("redis", namespace="web", kind="StatefulSet").path == "c.yaml"


def test_copies_of_a_manifest_are_told_apart_by_their_path() -> None:
    index = _index({"one/a.yaml": _manifest("redis"), "new/a.yaml": _manifest("redis")})

    with pytest.raises(AmbiguousWorkload) as raised:
        index.find("redis")
    assert raised.value.candidates == ("media/redis (new/a.yaml)", "media/redis (one/a.yaml)")


def test_one_bad_file_does_not_hide_the_others() -> None:
    index = _index({"a.yaml": "[" * 50_000, "b.yaml": _manifest("jellyfin"), "c.yaml": ": :\n- x"})

    assert [found.name for found in index.workloads] == ["jellyfin"]
    assert [unread.path for unread in index.unread] == ["a.yaml", "c.yaml"]


def test_bases_that_multiply_are_not_followed_for_ever() -> None:
    files = {f"k{n}/kustomization.yaml": f"resources: [../k{n + 1}, ../k{n}/../k{n + 1}]\n" for n in range(18)}
    index = _index({**files, "k18/kustomization.yaml": "resources: [a.yaml]\n", "k18/a.yaml": _manifest("web")})

    assert [found.name for found in index.workloads] == ["web"]
    assert any(unread.reason == "comes after more objects than I follow" for unread in index.unread)


def test_bases_that_name_each_other_come_to_an_end() -> None:
    index = _index(
        {
            "a/kustomization.yaml": "resources: [../b, a.yaml]\n",
            "b/kustomization.yaml": "resources: [../a]\n",
            "a/a.yaml": _manifest("web"),
            "c/kustomization.yaml": "resources: [../a]\n",
        }
    )

    assert [found.name for found in index.workloads] == ["web"]


def test_patterns_with_many_stars_are_matched_in_time() -> None:
    paths = "**/" * 14 + "x"
    application_set = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: s}\nspec:\n"
        f"  generators: [git: {{directories: [path: '{paths}']}}]\n"
        "  template: {metadata: {name: x}, spec: {source: {path: '{{path}}'}}}\n"
    )
    deep = {f"{'a/' * 20}d{n}/x.yaml": "a: 1" for n in range(100)}

    assert _index({"set.yaml": application_set, **deep}).workloads == ()


def test_a_new_commit_finds_the_same_workloads_with_less_work() -> None:
    files = {f"apps/a{n}.yaml": _manifest(f"a{n}") for n in range(50)}
    first = _index(files)

    second = _index({**files, "apps/a50.yaml": _manifest("a50")})

    assert [found.name for found in second.workloads if found.name == "a50"]
    assert set(first.workloads) < set(second.workloads)


def test_a_name_of_what_several_belong_to_is_answered_with_them() -> None:
    index = _index({"a.yaml": f"{_manifest('shop-web')}---\n{_manifest('shop-db')}---\n{_manifest('other')}"})

    with pytest.raises(UnknownWorkload, match=r"is called 'shop'\. Did you mean shop-web or shop-db\?"):
        index.find("shop")


def test_a_number_that_puts_files_in_order_is_no_part_of_a_name() -> None:
    found = _index({"apps/photos/05-learning.yaml": _manifest("photos-machine"), "x.yaml": _manifest("x")})
    assert found.find("learning").name == "photos-machine"
    with pytest.raises(UnknownWorkload) as raised:
        found.find("photos")
    assert raised.value.candidates == ("photos-machine",)
