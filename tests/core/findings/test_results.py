from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.findings import finding_from_result
from assistant_core.models.finding import Finding
from demo.results import result

RECORDED = Path(__file__).parents[2] / "fixtures" / "kubernetes"
UNAVAILABLE = "Deployment media/jellyfin has 1 replicas but 0 are available with status running"


def stored(item: dict[str, Any]) -> dict[str, Any]:
    """A Result as the server serves it."""
    return {**item, "metadata": {**item["metadata"], "creationTimestamp": "2026-11-22T19:16:03Z", "uid": "u"}}


def finding(*errors: str, kind: str = "Deployment", name: str = "media/jellyfin", explanation: str = "") -> Finding:
    found = finding_from_result(stored(result(kind, name, *errors, explanation=explanation)), "home")
    assert found is not None
    return found


def test_recorded_results_become_findings() -> None:
    items = []
    for recording in ("results_list", "results_list_page2"):
        answer = (RECORDED / f"{recording}.txt").read_text().partition("\n--\n")[2]
        items += json.loads(answer.partition("\n\n")[2])["items"]
    findings = [finding_from_result(item, "home") for item in items]
    assert [(found.kind, found.namespace, found.name) for found in findings if found] == [
        ("Service", "default", "grafana"),
        ("Node", None, "k3s-worker-1"),
        ("PersistentVolumeClaim", "media", "config-jellyfin"),
        ("Deployment", "media", "jellyfin"),
    ]
    last = findings[-1]
    assert last is not None
    assert last.errors == (UNAVAILABLE,)
    assert last.explanation == "Error: ...\nSolution: ..."
    assert last.first_seen == datetime(2026, 11, 22, 19, 16, 3, tzinfo=UTC)
    assert "Pig9dA==" not in repr(findings), "pairs of names and masks are dropped"


def test_a_name_is_no_longer_than_kubernetes_has_any_and_of_one_line() -> None:
    found = finding("unwell", kind="Deploy\nment\u202e", name=f"media\n/{'x' * 100_000}")
    assert (found.kind, found.namespace, found.name) == ("Deployment", "media", "x" * 253)


def test_a_finding_is_the_same_under_another_explanation_number_or_hash() -> None:
    first = finding("back-off 10s restarting 6f1c2a9be0 after 3 restarts", explanation="one")
    second = finding("back-off 40s restarting 77ab01cd99 after 14 restarts", explanation="two")
    assert first.id == second.id
    assert first != second


def test_a_finding_is_the_same_in_whatever_order_its_errors_come() -> None:
    assert finding("one", "two").id == finding("two", "one").id


def test_a_finding_is_another_for_another_object_or_cluster() -> None:
    item = stored(result("Deployment", "media/jellyfin", UNAVAILABLE))
    found = [
        finding_from_result(item, "home"),
        finding_from_result(item, "away"),
        finding(UNAVAILABLE, kind="Service"),
        finding(UNAVAILABLE, name="media/jelly-fin"),
        finding(UNAVAILABLE, name="jellyfin"),
    ]
    assert len({one.id for one in found if one}) == len(found)


def test_what_several_reporters_say_of_one_object_is_one_problem() -> None:
    item = stored(result("Deployment", "media/jellyfin", UNAVAILABLE))
    elsewhere = json.loads(json.dumps(item))
    elsewhere["metadata"]["labels"]["k8sgpts.k8sgpt.ai/name"] = "another"
    ours, theirs = finding_from_result(item, "home"), finding_from_result(elsewhere, "home")
    assert ours is not None
    assert theirs is not None
    assert ours.id == theirs.id


def test_kinds_may_contain_a_slash_and_cluster_scoped_objects_have_no_namespace() -> None:
    found = finding("text", kind="Storage/PersistentVolume", name="pv-1")
    assert (found.kind, found.namespace, found.name) == ("Storage/PersistentVolume", None, "pv-1")


def test_all_texts_together_stay_below_4_kib() -> None:
    found = finding("ä" * 3000, "second", explanation="x" * 100_000)
    assert sum(len(text.encode()) for text in (*found.errors, found.explanation)) <= 4096
    assert found.errors[0].startswith("ää")
    short = finding("short", explanation="x" * 100_000)
    assert short.errors == ("short",)
    assert len(short.explanation) == 4096 - len("short")


def test_a_text_said_twice_is_kept_once() -> None:
    assert finding("text", "other", "text").errors == ("text", "other")


def test_characters_that_deceive_the_eye_are_removed() -> None:
    assert finding("a\x1b[31m\u202eb\u200b\x00c\nd").errors == ("a[31mbc\nd",)


@pytest.mark.parametrize(
    "damage",
    [
        {"metadata": None},
        {"metadata": {"uid": "u"}},
        {"metadata": {"creationTimestamp": "yesterday"}},
        {"spec": None},
        {"spec": {"kind": "Pod"}},
        {"spec": {"kind": 1, "name": 2}},
    ],
)
def test_what_is_no_result_is_no_finding(damage: dict[str, Any]) -> None:
    assert finding_from_result(stored(result("Pod", "a/b", "text")) | damage, "home") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(labels=JSON, error=JSON, details=JSON, name=st.text(), created=st.text())
def test_nothing_in_a_result_breaks_the_reading(labels: Any, error: Any, details: Any, name: str, created: str) -> None:
    for moment in (created, "2026-11-22T19:16:03Z"):
        item = {
            "metadata": {"creationTimestamp": moment, "labels": labels},
            "spec": {"kind": "Pod", "name": name, "error": error, "details": details},
        }
        found = finding_from_result(item, "home")
        assert found is None or found.cluster == "home"
