"""What changed, in at most two sentences."""

from copy import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant_core.errors import ConnectionFailed
from assistant_core.models.application import Deployment
from assistant_core.models.change import ProposalState
from assistant_core.models.episode import Entry
from assistant_core.models.finding import FindingEvent
from assistant_core.models.observation import Observation
from assistant_core.models.watching import Deployed, WhatChanged
from assistant_core.speech import AskChanges, Period, Phrases, beginning

from .test_phrases import NOW, PROPOSAL, SINCE, a_finding, lost, seen

OPENED, CHANGED, CLEARED = FindingEvent.OPENED, FindingEvent.CHANGED, FindingEvent.CLEARED
YESTERDAY = AskChanges()


def entries(*events: tuple[FindingEvent, str]) -> tuple[Entry, ...]:
    return tuple(
        Entry(at=NOW - timedelta(minutes=len(events) - number), event=event, finding=a_finding(name))
        for number, (event, name) in enumerate(events)
    )


def deployed(*names: str) -> tuple[Deployed, ...]:
    return tuple(
        Deployed(namespace="argocd", application=name, deployment=Deployment(id=number, revisions=("a",), at=NOW))
        for number, name in enumerate(names)
    )


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases.load("en", time_zone=UTC, clock=lambda: NOW)


def test_findings_and_deployments_are_one_sentence_and_changes_another(phrases: Phrases) -> None:
    changed = WhatChanged(
        findings=entries((OPENED, "jellyfin"), (CLEARED, "sonarr"), (OPENED, "web"), (CLEARED, "web")),
        deployed=deployed("grafana", "homepage", "grafana"),
    )
    merged = replace(PROPOSAL, state=ProposalState.MERGED)
    assert phrases.say_changes(YESTERDAY, changed, seen(()), (merged,)) == (
        "Since yesterday: one problem came up, Pod jellyfin in media; one was solved, Pod sonarr in media; "
        "one came and went, Pod web in media; grafana and homepage were deployed. "
        "Changes asked for: Jellyfin in media: replicas from 1 to 3 (merged)."
    )


def test_of_many_the_first_few_are_named(phrases: Phrases) -> None:
    changed = WhatChanged(findings=entries(*((OPENED, f"app-{number}") for number in range(20))))
    said = phrases.say_changes(AskChanges(period=Period.HOURS, count=2), changed, seen(()), (PROPOSAL,) * 5)
    assert said == (
        "In the last two hours: 20 problems came up, Pod app-0 in media, Pod app-1 in media, Pod app-2 in media and "
        "17 more. Changes asked for: "
        + "; ".join(["Jellyfin in media: replicas from 1 to 3 (waits for a yes)"] * 3)
        + " and two more."
    )


def test_what_only_flapped_is_no_change(phrases: Phrases) -> None:
    changed = WhatChanged(findings=entries((CLEARED, "web"), (CHANGED, "web"), (CHANGED, "sonarr")))
    assert phrases.say_changes(YESTERDAY, changed, seen(()), ()) == "Nothing changed in the cluster since yesterday."


def test_a_cluster_that_does_not_answer_is_told_with_what_is_known(phrases: Phrases) -> None:
    changed = WhatChanged(findings=entries((OPENED, "web")))
    assert phrases.say_changes(YESTERDAY, changed, lost(()), ()) == (
        "The cluster does not answer since 14:02; since yesterday: one problem came up, Pod web in media."
    )
    never = Observation[tuple[object, ...]](error=ConnectionFailed("Refused."), since=SINCE)
    assert phrases.say_changes(YESTERDAY, WhatChanged(), never, ()) == (  # type: ignore[arg-type] # it has no value
        "The cluster does not answer since 14:02."
    )
    assert phrases.say_changes(YESTERDAY, WhatChanged(), Observation(), ()) == (
        "Nothing has been heard from the cluster yet."
    )


def test_without_a_cluster_only_changes_are_told(phrases: Phrases) -> None:
    assert phrases.say_changes(YESTERDAY, None, None, (PROPOSAL,)).startswith("Changes asked for: Jellyfin in media")
    assert phrases.say_changes(YESTERDAY, None, None, ()) == (
        "No cluster is set up yet, and nobody asked me for a change since yesterday."
    )


def test_german_says_the_same() -> None:
    german = Phrases.load("de", time_zone=UTC, clock=lambda: NOW)
    changed = WhatChanged(findings=entries((OPENED, "web")), deployed=deployed("grafana"))
    asked = AskChanges(period=Period.HOURS)
    assert german.say_changes(asked, changed, seen(()), ()) == (
        "In der letzten Stunde: ein Problem kam dazu, Pod web in media; ausgerollt wurde grafana."
    )


def test_every_period_is_said_in_every_language() -> None:
    for language in ("en", "de"):
        phrases = Phrases.load(language, time_zone=UTC, clock=lambda: NOW)
        said = {phrases.say_changes(AskChanges(period=period), WhatChanged(), seen(()), ()) for period in Period}
        assert len(said) == len(Period)


def test_every_state_of_a_change_is_said_in_every_language() -> None:
    for language in ("en", "de"):
        phrases = Phrases.load(language, time_zone=UTC, clock=lambda: NOW)
        for state in ProposalState:
            assert phrases.say_changes(YESTERDAY, None, None, (replace(PROPOSAL, state=state),))


@pytest.mark.parametrize(
    ("period", "count", "began"),
    [
        (Period.TODAY, 1, "2026-11-24T00:00"),
        (Period.MORNING, 1, "2026-11-24T06:00"),
        (Period.YESTERDAY, 1, "2026-11-23T00:00"),
        (Period.NIGHT, 1, "2026-11-23T18:00"),
        (Period.WEEK, 1, "2026-11-23T00:00"),
        (Period.MINUTES, 30, "2026-11-24T14:00"),
        (Period.HOURS, 2, "2026-11-24T12:30"),
        (Period.DAYS, 3, "2026-11-21T14:30"),
    ],
)
def test_a_period_begins_by_the_local_clock(period: Period, count: int, began: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 24, 14, 30, tzinfo=berlin)
    assert beginning(period, count, now) == datetime.fromisoformat(began).replace(tzinfo=berlin)


def test_before_six_the_morning_began_at_midnight() -> None:
    early = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert beginning(Period.MORNING, 1, early) == datetime(2026, 11, 24, tzinfo=UTC)


def test_an_hour_is_an_hour_when_the_clocks_change() -> None:
    after = datetime(2026, 10, 25, 3, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert beginning(Period.HOURS, 2, after) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
