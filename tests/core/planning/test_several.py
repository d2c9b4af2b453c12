"""Several changes in one sentence are told apart and asked about without a model; nothing is done of them."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import SeveralChanges
from assistant_core.gitops import Index
from assistant_core.models.plan import SetEnv, SetResources
from assistant_core.models.repository import Snapshot

from .conftest import deployment, homelab, spoken


@pytest.mark.parametrize(
    ("language", "words", "candidates"),
    [
        ("en", "scale jellyfin to 2 and sonarr to 3", ("scale jellyfin to 2", "scale sonarr to 3")),
        ("en", "scale jellyfin and sonarr to 2", ("scale jellyfin to 2", "scale sonarr to 2")),
        ("en", "Scale sonarr to 2; restart radarr!", ("Scale sonarr to 2", "restart radarr")),
        ("en", "restart jellyfin, sonarr and radarr", ("restart jellyfin", "restart sonarr", "restart radarr")),
        ("en", "scale the jellyfin to 2, then the sonarr to 3", ("scale the jellyfin to 2", "scale the sonarr to 3")),
        (
            "en",
            "set the memory of jellyfin to 1Gi and the replicas to 2",
            ("set the memory of jellyfin to 1Gi", "set the replicas to 2 for jellyfin"),
        ),
        ("en", "scale sonarr to 3 and restart it", ("scale sonarr to 3", "restart it for sonarr")),
        ("en", "give sonarr and radarr 2 gigs", ("give sonarr 2 gigs", "give radarr 2 gigs")),
        ("de", "skaliere jellyfin auf 2 und sonarr auf 3", ("skaliere jellyfin auf 2", "skaliere sonarr auf 3")),
        (
            "de",
            "jellyfin auf 10.10.3 und dann neu starten",
            ("jellyfin auf 10.10.3", "neu starten für jellyfin"),
        ),
        (
            "de",
            "setze LOG_LEVEL bei sonarr auf debug und skaliere radarr auf 3",
            ("setze LOG_LEVEL bei sonarr auf debug", "skaliere radarr auf 3"),
        ),
        (
            "de",
            "jellyfin auf 2 und sonarr auf 3 skalieren",
            ("jellyfin auf 2 skalieren", "sonarr auf 3 skalieren"),
        ),
        (
            "de",
            "jellyfin 2 GB, sonarr 3 GB und radarr 4 GB geben",
            ("jellyfin 2 GB geben", "sonarr 3 GB geben", "radarr 4 GB geben"),
        ),
        ("en", "restart jelyfin and sonar", ("restart jelyfin", "restart sonar")),
        ("de", "starte jellyfin und sonarr neu", ("starte jellyfin neu", "starte sonarr neu")),
        (
            "de",
            "setze bei jellyfin den Speicher auf 2 GB und die Replikate auf 2",
            ("setze bei jellyfin den Speicher auf 2 GB", "setze die Replikate auf 2 für jellyfin"),
        ),
    ],
)
def test_each_of_several_changes_is_a_candidate(language: str, words: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(SeveralChanges, match="One change at a time") as raised:
        plan_by_sentences(words, homelab(), [spoken(language)])
    assert raised.value.candidates == candidates
    for each in candidates:
        assert plan_by_sentences(each, homelab(), [spoken(language)]) is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "restart jellyfin and not sonarr"),
        ("en", "scale jellyfin to 2 and turn off the firewall"),
        ("en", "should I restart jellyfin and sonarr?"),
        ("en", "set LOG_LEVEL of sonarr to debug and turn off the firewall"),
        ("de", "starte jellyfin neu und sonarr nicht"),
        ("de", "warum starten jellyfin und sonarr neu"),
    ],
)
def test_what_is_not_understood_as_a_whole_is_no_candidate(language: str, words: str) -> None:
    assert plan_by_sentences(words, homelab(), [spoken(language)]) is None


def test_an_app_that_is_called_like_a_word_is_one_of_several() -> None:
    files = {f"{name}.yaml": deployment(name).encode() for name in ("web", "server")}
    with pytest.raises(SeveralChanges) as raised:
        plan_by_sentences("scale web and server to 2", Index.of(Snapshot(commit="c" * 40, files=files)), [spoken("en")])
    assert raised.value.candidates == ("scale web to 2", "scale server to 2")


def test_what_one_change_can_hold_is_one() -> None:
    plan = plan_by_sentences("set memory to 2Gi and cpu to 1 for jellyfin", homelab(), [spoken("en")])
    assert isinstance(plan, SetResources)
    assert (plan.memory_limit or plan.memory_request, plan.cpu_limit or plan.cpu_request) == ("2Gi", "1")


def test_what_is_in_quotes_is_a_text() -> None:
    plan = plan_by_sentences('set GREETING of sonarr to "come in and stop by"', homelab(), [spoken("en")])
    assert plan == SetEnv(name="sonarr", variable="GREETING", value="come in and stop by")


@pytest.mark.parametrize(
    ("language", "words", "variable", "value"),
    [
        ("de", "setze DOMAIN von sonarr auf https://sonarr.example", "DOMAIN", "https://sonarr.example"),
        ("en", "set HOST of sonarr to 10.0.0.7", "HOST", "10.0.0.7"),
    ],
)
def test_what_is_written_in_capitals_is_a_variable(language: str, words: str, variable: str, value: str) -> None:
    plan = plan_by_sentences(words, homelab(), [spoken(language)])
    assert plan == SetEnv(name="sonarr", variable=variable, value=value)
