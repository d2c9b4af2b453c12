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
            "chart/templates/app.yaml": _manifest("templated"),
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
