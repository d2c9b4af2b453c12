from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant_core.findings import Quiet, finding_from_result, owed
from assistant_core.findings.quiet import Analysis, analysis_from
from assistant_core.findings.subject import subject_id
from assistant_core.models.finding import Finding
from demo.results import result

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
JELLYFIN = subject_id("home", "Deployment", "media", "jellyfin", None)


def finding(kind: str, name: str) -> Finding:
    item = result(kind, name, "text")
    found = finding_from_result(
        {**item, "metadata": {**item["metadata"], "creationTimestamp": "2026-11-22T19:16:03Z"}}, "home"
    )
    assert found is not None
    return found


def analysis(**spec: Any) -> Analysis:
    return analysis_from({"metadata": {"name": "k8sgpt"}, "spec": spec})


@pytest.mark.parametrize(
    ("spec", "seconds"),
    [
        ({}, 30),
        ({"analysis": {"interval": "5m"}}, 300),
        ({"analysis": {"interval": "1h"}}, 3600),
        ({"analysis": {"interval": "soon"}}, 30),
        ({"analysis": None}, 30),
    ],
)
def test_the_interval_is_read_or_the_default(spec: dict[str, Any], seconds: int) -> None:
    assert analysis(**spec).interval == timedelta(seconds=seconds)


def test_filters_narrow_what_is_expected() -> None:
    assert "Pod" in analysis().kinds
    assert analysis(filters=["Pod", "Ingress"]).kinds == {"Pod"}


def test_what_k8sgpt_should_say_and_does_not_is_owed() -> None:
    own = [finding("Deployment", "media/jellyfin"), finding("StatefulSet", "media/db")]
    assert owed(own, [], [analysis()], lambda _: False) == {JELLYFIN}
    assert owed(own, [], [analysis(filters=["Node"])], lambda _: False) == set()
    assert owed(own, [], [], lambda _: False) == set()
    pods = [finding("Pod", "media/jellyfin-7d9c6b8f5d-x2k4q")]
    assert owed(own, pods, [analysis()], lambda _: False) == set(), "a Result about its pod will do"


def test_a_result_about_what_is_gone_is_owed_an_end() -> None:
    results = [finding("Pod", "media/jellyfin-7d9c6b8f5d-x2k4q")]
    assert owed([], results, [analysis()], lambda _: True) == {JELLYFIN}


def test_it_is_quiet_after_three_intervals_of_silence_in_which_it_owed_an_answer() -> None:
    quiet = Quiet()

    def since(seconds: int) -> datetime | None:
        return quiet.since([analysis()], NOON + timedelta(seconds=seconds))

    assert since(1000) is None
    quiet.owed([JELLYFIN], NOON)
    assert since(90) is None
    assert since(91) == NOON
    quiet.owed([JELLYFIN], NOON + timedelta(seconds=60))
    assert since(91) == NOON
    quiet.changed(NOON + timedelta(seconds=80))
    assert since(170) is None
    assert since(171) == NOON + timedelta(seconds=80)
    quiet.owed([], NOON + timedelta(seconds=171))
    assert since(1000) is None
    assert quiet.since([], NOON) is None


def test_a_clock_that_is_set_back_is_no_silence_and_hides_none() -> None:
    quiet = Quiet()
    quiet.changed(NOON)
    quiet.owed(["it"], NOON)
    earlier = NOON - timedelta(days=400)
    quiet.owed(["it"], earlier)
    assert quiet.since([analysis()], earlier) is None
    assert quiet.since([analysis()], earlier + timedelta(seconds=91)) == earlier
