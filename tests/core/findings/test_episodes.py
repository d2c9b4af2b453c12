"""The life of a finding, by the clock."""

from copy import replace
from datetime import UTC, datetime, timedelta

from assistant_core.findings import Episodes, Patience
from assistant_core.models.episode import Recollection, Silence, SilenceKind
from assistant_core.models.finding import Category, Finding, FindingState, Severity

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PATIENCE = Patience(persistence=timedelta(seconds=60), damping=timedelta(minutes=10))
IT = Finding(
    id="it",
    cluster="home",
    kind="Deployment",
    namespace="media",
    name="jellyfin",
    errors=("has 1 replicas but 0 are available",),
    explanation="",
    first_seen=NOON - timedelta(hours=1),
    category=Category.CRASH,
)


class Life:
    """Episodes, and what they told so far."""

    def __init__(self, recollection: Recollection | None = None) -> None:
        self.now = NOON
        self.episodes = Episodes("home", PATIENCE, recollection or Recollection(known=True))
        self.saved: dict[str, object] = {}

    def after(self, **delta: float) -> list[str]:
        """Let time pass; what was told."""
        self.now += timedelta(**delta)
        list(self.episodes.tick(self.now))
        return self.told()

    def told(self) -> list[str]:
        news, episodes, self.history = self.episodes.drain()
        self.saved |= {episode.finding.id: episode for episode in episodes}
        return [change.event.value for change in news]

    def there(self, finding: Finding = IT, *, news: bool = True) -> list[str]:
        self.episodes.see(finding, self.now, news=news)
        return self.told()

    def gone(self) -> list[str]:
        self.episodes.miss("it", self.now)
        return self.told()

    @property
    def it(self) -> Finding:
        [found] = self.episodes.findings(self.now)
        return found


def opened() -> Life:
    life = Life()
    life.there()
    assert life.after(seconds=60) == ["opened"]
    return life


def test_what_lasts_alarms_and_what_does_not_never_was() -> None:
    life = Life()
    assert life.there() == []
    assert life.it.state is FindingState.NEW
    assert life.episodes.due(life.now, timedelta(hours=1)) == timedelta(seconds=60)
    assert life.after(seconds=59) == []
    assert life.gone() == []
    assert life.saved == {}
    life.there()
    assert life.after(seconds=60) == ["opened"]
    assert life.it.state is FindingState.OPEN
    assert life.episodes.due(life.now, timedelta(hours=1)) == timedelta(hours=1)


def test_what_goes_is_cleared_at_once() -> None:
    life = opened()
    life.now += timedelta(hours=1)
    assert life.gone() == ["cleared"]
    assert list(life.episodes.findings(life.now)) == []
    assert life.gone() == []
    assert [entry.event.value for entry in life.history] == []


def test_what_comes_back_within_ten_minutes_is_the_same_episode() -> None:
    life = opened()
    for times in range(2, 5):
        assert life.after(minutes=5) == []
        assert life.gone() == ["cleared"]
        life.after(minutes=9)
        assert life.there() == ["changed"]
        assert life.it.times_seen == times
    assert life.it.first_seen == IT.first_seen


def test_what_comes_back_later_is_news_again() -> None:
    life = opened()
    life.gone()
    life.after(minutes=11)
    back = replace(IT, first_seen=life.now)
    assert life.there(back) == []
    assert life.after(seconds=60) == ["opened"]
    assert (life.it.times_seen, life.it.first_seen) == (2, back.first_seen)


def test_only_what_means_something_is_a_change() -> None:
    life = opened()
    assert life.there(replace(IT, errors=("has 1 replicas but 7 are available",))) == []
    assert life.there(replace(IT, explanation="because")) == ["changed"]
    assert life.there(replace(IT, explanation="because", severity=Severity.CRITICAL)) == ["changed"]


def test_the_first_look_at_a_cluster_is_no_news_but_is_remembered() -> None:
    life = Life(Recollection())
    assert life.there(news=False) == []
    assert life.it.state is FindingState.OPEN
    assert set(life.saved) == {"it"}
    assert life.after(hours=1) == []


def test_over_a_restart_nothing_is_told_twice_and_nothing_is_missed() -> None:
    before = opened()
    [episode] = before.saved.values()
    after = Life(Recollection(known=True, episodes=(episode,)))
    after.now += timedelta(hours=1)
    assert after.there() == []
    assert after.after(hours=1) == []
    assert after.it.times_seen == 1
    away = Life(Recollection(known=True, episodes=(episode,)))
    assert [found.id for found in away.episodes.unseen([])] == ["it"]
    assert away.episodes.unseen(["it"]) == []
    assert away.gone() == ["cleared"]


def test_what_has_no_start_began_when_it_was_first_seen() -> None:
    life = Life()
    life.there(replace(IT, first_seen=datetime.max.replace(tzinfo=UTC)))
    assert life.it.first_seen == NOON


def test_a_snooze_is_silent_and_ends_with_an_alarm() -> None:
    life = opened()
    until = life.now + timedelta(hours=1)
    life.episodes.silence(
        Silence(kind=SilenceKind.SNOOZE, cluster="home", about="it", since=life.now, until=until), life.now
    )
    assert life.it.state is FindingState.SNOOZED
    assert life.there(replace(IT, explanation="because")) == []
    assert life.after(minutes=59) == []
    assert life.after(minutes=2) == ["opened"]
    assert life.it.state is FindingState.OPEN


def test_a_snooze_that_ends_after_a_restart_alarms_too() -> None:
    before = opened()
    snooze = Silence(kind=SilenceKind.SNOOZE, cluster="home", about="it", since=NOON, until=NOON + timedelta(hours=1))
    after = Life(Recollection(known=True, episodes=tuple(before.saved.values()), silences=(snooze,)))  # type: ignore[arg-type] - they are
    assert after.after(minutes=30) == []
    assert after.after(minutes=31) == ["opened"]


def test_a_dismissal_holds_while_it_is_the_same_problem() -> None:
    life = opened()
    dismissal = life.episodes.dismissal("it", life.now)
    assert dismissal is not None
    life.episodes.silence(dismissal, life.now)
    assert life.it.state is FindingState.DISMISSED
    joined = replace(IT, errors=("has 2 replicas but 0 are available", "0 of 2 pods are ready"))
    assert life.there(joined) == []
    assert life.it.state is FindingState.DISMISSED
    assert life.there(replace(joined, category=Category.IMAGE)) == ["changed"]
    assert life.episodes.dismissal("gone", life.now) is None


def test_what_is_dismissed_stays_so_when_it_comes_back() -> None:
    life = opened()
    dismissal = life.episodes.dismissal("it", life.now)
    assert dismissal is not None
    life.episodes.silence(dismissal, life.now)
    assert life.gone() == []
    life.after(days=2)
    assert life.there() == []
    assert life.after(minutes=2) == []
    assert life.it.state is FindingState.DISMISSED


def test_a_muted_namespace_is_silent_until_it_is_not() -> None:
    life = Life()
    life.episodes.silence(Silence(kind=SilenceKind.MUTE, cluster="home", about="media", since=life.now), life.now)
    life.there()
    assert life.after(minutes=2) == []
    assert life.it.state is FindingState.MUTED
    life.episodes.unsilence(SilenceKind.MUTE, "media")
    assert life.it.state is FindingState.OPEN
    assert life.episodes.silences.all() == ()


def test_what_is_long_over_is_forgotten() -> None:
    life = opened()
    life.gone()
    life.after(days=2)
    life.there()
    assert life.it.times_seen == 1


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    life = Life()
    life.there()
    assert life.after(days=-400) == []
    assert life.after(seconds=61) == ["opened"]
    assert life.gone() == ["cleared"]
    life.after(days=-400)
    assert life.after(minutes=11) == []
    life.there()
    assert life.after(seconds=61) == ["opened"], "another episode"
