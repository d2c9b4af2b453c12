"""Whatever one language knows and says, the others do."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from assistant_core import errors, speech
from assistant_core.errors import (
    AmbiguousWorkload,
    ApprovalRefused,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PolicyRefused,
    ServiceFailed,
    Unchanged,
    UnknownWorkload,
)
from assistant_core.guard import EVERY_RULE
from assistant_core.models.change import ProposalState
from assistant_core.models.codes import COLOURS, NUMBERS
from assistant_core.models.finding import Finding
from assistant_core.models.notes import Danger, Note
from assistant_core.models.observation import Observation
from assistant_core.models.reasons import Reason, Template
from assistant_core.models.wish import Amount, Wish
from assistant_core.ports import Homelab
from assistant_core.speech import (
    Agree,
    Ask,
    AskChanges,
    AskHistory,
    Cancel,
    Confirm,
    Period,
    Phrases,
    Scale,
    Speech,
    Undo,
    Vocabulary,
)

from .test_phrases import PROPOSAL

ROOM = Path(speech.__file__).parent
LANGUAGES = sorted(path.stem for path in (ROOM / "sentences").glob("*.yaml"))
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


class Household(Homelab):
    def __init__(self, findings: Observation[tuple[Finding, ...]] | None) -> None:
        self._findings = findings

    def hub(self) -> None:
        return None

    def gpus(self) -> None:
        return None

    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        return self._findings

    def applications(self) -> None:
        return None

    def nodes(self) -> None:
        return None

    async def what_changed(self, _: datetime) -> None:
        return None


def read(folder: str, language: str) -> Mapping[str, Any]:
    return yaml.safe_load((ROOM / folder / f"{language}.yaml").read_text(encoding="utf-8"))


def flat(templates: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    for name, template in templates.items():
        if isinstance(template, Mapping):
            yield from flat(template, f"{prefix}{name}.")
        elif isinstance(template, str):
            yield f"{prefix}{name}", frozenset(field for _, field, _, _ in Formatter().parse(template) if field)


def own_words(language: str) -> dict[str, frozenset[str]]:
    """All but the sentences of errors, which English takes as they are."""
    return {key: fields for key, fields in flat(read("phrases", language)) if key.partition(".")[0] not in SAID_BY_KEY}


SERVICE_ERRORS = {
    *("connection_failed", "deadline_exceeded", "authentication_failed", "permission_denied", "not_found"),
    *("rate_limited", "service_failed", "response_invalid", "input_invalid"),
}
SAID_BY_KEY = {"errors", "trouble"}


def error_classes(parent: type[HomelabError] = HomelabError) -> Iterator[type[HomelabError]]:
    for child in parent.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from error_classes(child)


@pytest.fixture(scope="module")
def german() -> Speech:
    german = Speech.load("de", time_zone=UTC, clock=lambda: NOW)
    german.know(["jellyfin", "home-assistant"], ["media"])
    return german


def test_there_is_more_than_english() -> None:
    assert LANGUAGES == ["de", "en"]
    for folder in ("phrases", "words"):
        assert sorted(path.stem for path in (ROOM / folder).glob("*.yaml")) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_values(language: str) -> None:
    assert own_words(language) == own_words("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_rule_of_the_guard(language: str) -> None:
    assert read("phrases", language)["rules"].keys() == EVERY_RULE


@pytest.mark.parametrize(("group", "templates"), [("notes", Note), ("dangers", Danger)])
def test_english_says_every_note_as_the_engine_does(group: str, templates: type[Template]) -> None:
    assert read("phrases", "en")[group] == {each.name.lower(): each.value for each in templates}


def test_no_two_notes_share_a_name() -> None:
    names = [name for group in ("notes", "dangers", "warnings") for name in read("phrases", "en")[group]]
    assert len(names) == len(set(names))


def test_the_reason_of_a_risk_and_a_warning_are_told_in_the_persons_language(german: Speech) -> None:
    warning = Reason(sentence="Not judged.", key="unjudged", values={"kind": "Tunnel", "group": "example.org"})
    assert german.phrases.say_note(warning) == "Die Felder eines Tunnel von example.org hat kein Schema geprüft."
    danger = Danger.ADDS.told(what="Deployment media/sonarr")
    assert german.phrases.say_note(danger) == "Sie fügt Deployment media/sonarr hinzu."


def test_what_comes_along_with_a_change_is_read_back_in_the_persons_language(german: Speech) -> None:
    notes = (Note.CLAIMS_GO.told(claims="config, media"), Reason(sentence="It hums.", key=""))
    proposal = replace(PROPOSAL, notes=notes)
    assert german.phrases.say_read_back(proposal).endswith(
        ". Ihr Volume config, media geht mit, und die Daten darauf auch. It hums."
    )


def test_what_comes_along_with_a_change_is_heard_before_it_is_confirmed(german: Speech) -> None:
    proposal = replace(PROPOSAL, notes=(Note.CLAIMS_GO.told(claims="config"),))
    for files in (proposal.files, proposal.files * 4):
        assert ". Ihr Volume config geht mit, und die Daten darauf auch. " in (
            german.phrases.say_proposal(replace(proposal, files=files))
        )


def test_a_rule_that_forbids_a_change_is_told_in_the_persons_language(german: Speech) -> None:
    refused = PolicyRefused("The rule 'images' forbids this change: latest is another one daily.", rule="images")
    assert german.phrases.say_error(refused) == (
        "Das verbieten die Regeln dieses Hauses: ein Image braucht eine feste Version, nicht latest."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_state_of_a_proposal(language: str) -> None:
    assert set(ProposalState) <= read("phrases", language)["proposal"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_understands_the_same_intents_with_the_same_lists(language: str) -> None:
    theirs, english = read("sentences", language), read("sentences", "en")
    assert theirs["intents"].keys() == english["intents"].keys()
    assert theirs["lists"].keys() == english["lists"].keys()
    assert all(block["sentences"] for intent in theirs["intents"].values() for block in intent["data"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_the_same_kinds_and_deeds(language: str) -> None:
    theirs, english = read("words", language), read("words", "en")
    assert theirs.keys() == english.keys()
    assert theirs["kinds"].keys() == english["kinds"].keys()
    assert theirs["tools"].keys() == english["tools"].keys()
    assert Vocabulary.load(language).filler


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
@pytest.mark.parametrize("group", sorted(SAID_BY_KEY))
def test_every_error_has_its_own_words(language: str, group: str) -> None:
    said = read("phrases", language)[group]
    keys = {each.key for each in error_classes()} - {"unexpected"}
    if group == "trouble":  # what a network service can do to us
        keys &= SERVICE_ERRORS
    assert keys <= said.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_spoken_code_is_said_and_understood(language: str) -> None:
    spoken = Speech.load(language)
    said = {
        f"{colour} {number}": spoken.phrases.say_codes(f"{colour} {number}") for colour in COLOURS for number in NUMBERS
    }
    assert len(set(said.values())) == len(said)
    command = {"en": "confirm", "de": "bestätige"}[language]
    for code, words in said.items():
        assert spoken.recognise(f"{command} {words.lower()}") == Confirm(code=code)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Wie geht es meinem Homelab?", Ask.STATUS),
        ("Ist alles in Ordnung?", Ask.STATUS),
        ("Was ist in meinem Cluster kaputt?", Ask.FINDINGS),
        ("Was stimmt nicht?", Ask.FINDINGS),
        ("Gibt es gerade Probleme?", Ask.FINDINGS),
        ("Wie geht es dem Cluster?", Ask.FINDINGS),
        ("Wie heiß ist die Grafikkarte?", Ask.GPU),
        ("Was ist aus der letzten Änderung geworden?", AskHistory()),
        ("Was ist aus der Änderung an jellyfin geworden?", AskHistory(name="jellyfin")),
        ("Mach das rückgängig", Undo()),
        ("Mach die Jellyfin-Änderung rückgängig", Undo(name="jellyfin")),
        ("Was ist mit der Jellyfin-Änderung passiert?", AskHistory(name="jellyfin")),
        ("Mach die Änderung an jellyfin rückgängig", Undo(name="jellyfin")),
        ("Nimm die letzte Änderung wieder zurück", Undo()),
        ("Wie viel VRAM ist noch frei?", Ask.GPU),
        ("Welche Modelle sind gerade geladen?", Ask.MODELS),
        ("Was wartet auf mich?", Ask.PROPOSALS),
        ("Was steht noch aus?", Ask.PROPOSALS),
        ("Welche offenen Änderungen gibt es?", Ask.PROPOSALS),
        ("Was hat sich seit gestern geändert?", AskChanges()),
        ("Was hat sich im Cluster geändert?", AskChanges()),
        ("Was hat sich seit heute Morgen verändert?", AskChanges(period=Period.MORNING)),
        ("Was hat sich in den letzten zwei Stunden getan?", AskChanges(period=Period.HOURS, count=2)),
        ("Hat sich in der letzten Stunde etwas geändert?", AskChanges(period=Period.HOURS)),
        ("Was ist heute Nacht im Cluster passiert?", AskChanges(period=Period.NIGHT)),
        ("Was ist diese Woche passiert?", None),
        ("Was gibt es Neues in meinem Homelab?", AskChanges()),
        ("Skaliere Jellyfin bitte auf drei", Scale(name="jellyfin", namespace=None, amount="drei", replicas=3)),
        ("skaliere jellyfin in media auf 2", Scale(name="jellyfin", namespace="media", amount="2", replicas=2)),
        ("skaliere home assistant runter auf null",
         Scale(name="home-assistant", namespace=None, amount="null", replicas=0)),
        ("setz die Replikate von jellyfin auf einundzwanzig",
         Scale(name="jellyfin", namespace=None, amount="einundzwanzig", replicas=21)),
        ("Starte drei Instanzen von Jellyfin", Scale(name="jellyfin", namespace=None, amount="drei", replicas=3)),
        ("fahr jellyfin auf null herunter", Scale(name="jellyfin", namespace=None, amount="null", replicas=0)),
        ("skaliere jellyfin auf viele", Scale(name="jellyfin", namespace=None, amount="viele", replicas=None)),
        ("Starte Jellyfin neu", Wish(operation="restart", name="jellyfin")),
        ("Jellyfin bitte neu starten", Wish(operation="restart", name="jellyfin")),
        ("Aktualisiere Jellyfin auf 10.9.7", Wish(operation="update", name="jellyfin", slots={"version": "10.9.7"})),
        ("Gib Jellyfin 1,5 Gigabyte Speicher",
         Wish(operation="set_resources", name="jellyfin", amounts=(Amount(of="memory", number=1.5, unit="Gi"),))),
        ("starte den Fernseher neu", None),
        ("Bestätigen", Confirm()),
        ("Gib es bitte frei", Confirm()),
        ("Blau sieben freigeben", Confirm(code="blue seven")),
        ("Bestätige blau sieben", Confirm(code="blue seven")),
        ("bestätige Weiß 12", Confirm(code="white twelve")),
        ("Blau sieben bestätigen", Confirm(code="blue seven")),
        ("Verwerfen", Cancel()),
        ("nein, brich das ab", Cancel()),
        ("ja", Agree()),
        ("Mach das", Agree()),
        ("Mach das Licht an", None),
        ("skaliere die Helligkeit auf 50", None),
        ("Wie warm ist es im Bad?", None),
        ("ja ich glaube wir sollten bestätigen", None),
        ("bestätige bitte nicht", None),
    ],
)  # fmt: skip
def test_german_is_understood(german: Speech, words: str, meant: object) -> None:
    assert german.recognise(words) == meant


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnknownWorkload("No.", candidates=("jellyfin",), name="jelly"),
         "Ich kenne hier keine Anwendung namens jelly. Meinst du jellyfin?"),
        (UnknownWorkload("No.", name="jelly"), "Ich kenne keine Anwendung namens jelly."),
        (AmbiguousWorkload("Two.", candidates=("a/web", "b/web"), name="web"),
         "Mehrere Anwendungen heißen web: a/web, b/web. Sag, welche du meinst."),
        (Unchanged("So already.", name="web", field="spec.replicas", value="3"),
         "Es gibt nichts zu ändern: web steht schon auf 3."),
        (InputInvalid("Too many.", maximum=100), "Replikate müssen eine ganze Zahl von 0 bis 100 sein."),
        (ApprovalRefused("No.", reason="nothing"), "Es wartet nichts auf dein Ja."),
        (ApprovalRefused("No.", reason="several", codes="blue seven, green nine"),
         "Mehrere Änderungen warten auf dein Ja. Sag den Code der richtigen: Blau sieben, Grün neun."),
        (ApprovalRefused("No.", reason="expired", code="blue seven"),
         "„Blau sieben“ ist abgelaufen. Frag noch einmal nach der Änderung."),
        (HomelabError("Strange."), "Das ging nicht: Strange."),
    ],
)  # fmt: skip
def test_errors_are_said_in_german(german: Speech, error: HomelabError, said: str) -> None:
    assert german.phrases.say_error(error) == said


def test_a_failing_model_is_told_in_german_with_what_was_known_and_when(german: Speech) -> None:
    finding = Finding(
        id="1", cluster="home", kind="Pod", namespace="media", name="web", errors=("x",), explanation="", first_seen=NOW
    )
    gone = ConnectionFailed("The Ollama server does not answer: connection refused.")
    now = Household(Observation(value=(finding, finding), at=NOW))
    earlier = Household(Observation(value=(finding,), at=NOW - timedelta(hours=2), error=gone, since=NOW))
    phrases = german.phrases
    assert phrases.say_model_failed(gone, now) == "Der KI-Server antwortet nicht; im Cluster gibt es zwei Probleme."
    assert phrases.say_model_failed(gone, earlier) == (
        "Der KI-Server antwortet nicht; um 12:30 Uhr gab es im Cluster ein Problem."
    )
    missing = NotFound("The server has no model llama9; pull it there first.", model="llama9")
    assert phrases.say_model_failed(missing, Household(None)) == (
        "Der KI-Server hat das Modell llama9 nicht; lade es dort zuerst herunter."
    )


@pytest.mark.parametrize("error_class", sorted(error_classes(), key=lambda each: each.__name__))
def test_no_error_is_without_a_german_sentence(error_class: type[HomelabError]) -> None:
    phrases = Phrases.load("de")
    error = (
        error_class("Gone.", candidates=())
        if "candidates" in error_class.__init__.__annotations__
        else error_class("Gone.")
    )
    assert phrases.say_error(error)
    assert phrases.say_model_failed(error, Household(None))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DeadlineExceeded("fell silent", reason="stalled"), "Der KI-Server ist mitten in der Antwort verstummt."),
        (ConnectionFailed("refused", reason="refused"), "Der KI-Server lehnt jede Verbindung ab."),
        (InputInvalid("The model has no tools."), "Der KI-Server kann damit nichts anfangen."),
        (ServiceFailed("The server has too much to do.", reason="busy"), "Der KI-Server hat gerade zu viel zu tun; "),
    ],
)
async def test_another_language_quotes_no_english_cause(error: HomelabError, said: str) -> None:
    assert Phrases.load("de").say_model_failed(error, Household(None)).startswith(said)
