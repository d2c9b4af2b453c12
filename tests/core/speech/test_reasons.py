"""Why a change went on as it did, in the words of each language."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from assistant_core import errors, speech
from assistant_core.errors import (
    ApprovalRefused,
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    HomelabError,
    PolicyRefused,
)
from assistant_core.models.change import ProposalState, Step
from assistant_core.models.reasons import Reason, Why
from assistant_core.speech import Phrases

from .test_phrases import PROPOSAL

CORE = Path(speech.__file__).parents[1]
PHRASES = CORE / "speech" / "phrases"
ERRORS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, HomelabError)
}
TYPED = {
    *("forge/addresses.py", "forge/choosing.py", "forge/git_address.py", "forge/gitea_client.py", "forge/github.py"),
    *("forge/github_credentials.py", "gitops/schema.py", "change/planning/model.py"),
}
"""What is no input for these was typed by whoever sets something up, or written by a program or a model."""
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def german() -> Phrases:
    return Phrases.load("de", time_zone=UTC, clock=lambda: NOW)


def said(phrases: Phrases, why: Reason, state: ProposalState = ProposalState.FAILED) -> str:
    return phrases.say_proposal(replace(PROPOSAL, state=state, why=why)).removeprefix(
        phrases.say_proposal(replace(PROPOSAL, state=state))
    )


def named(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field}


def templates(language: str) -> dict[str, Any]:
    return yaml.safe_load((PHRASES / f"{language}.yaml").read_text(encoding="utf-8"))


def test_english_says_every_reason_as_the_engine_does() -> None:
    assert templates("en")["why"] == {why.name.lower(): why.value for why in Why}


@pytest.mark.parametrize("language", sorted(path.stem for path in PHRASES.glob("*.yaml")))
@pytest.mark.parametrize("why", Why)
def test_every_language_says_every_reason_with_what_the_engine_names(language: str, why: Why) -> None:
    told = templates(language)["why"][why.name.lower()]
    assert named(told) == named(why)
    assert language == "en" or told != why


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (Why.SUPERSEDED.told(code="blue seven"), "„Blau sieben“ steht jetzt an ihrer Stelle."),
        (Why.RIGHTS.told(who="Anna"), "Anna darf keine Änderungen mehr bestätigen."),
        (
            Why.DEGRADED_BECAUSE.told(name="media", message="<b>OOMKilled</b>"),
            "Media ist nicht gesund, der Cluster meldet „OOMKilled“.",
        ),
        (
            Why.UNKNOWN.after(Reason.of(ConnectionFailed("The cluster does not answer."))),
            (
                "Die Änderung ist gemergt; was im Cluster daraus wurde, ist nicht bekannt: "
                "Das ging nicht, weil ein Dienst nicht antwortet."
            ),
        ),
        (
            Reason.of(AuthenticationFailed("401", service="GitHub", reason="credentials")),
            "Das ging nicht, weil GitHub unsere Anmeldung nicht annimmt.",
        ),
        (
            Reason.of(PolicyRefused("The rule 'images' forbids this change: name one.", rule="images")),
            "Das verbieten die Regeln dieses Hauses: ein Image braucht eine feste Version, nicht latest.",
        ),
        (
            Reason.of(ApprovalRefused("No.", code="blue seven", occasion="Urlaub", reason="paused")),
            (
                "Solange das an ist, wird kein Pull Request geöffnet: Urlaub. „Blau sieben“ ist bestätigt und geht "
                "danach von selbst weiter."
            ),
        ),
    ],
)
def test_why_a_change_went_wrong_is_told_in_the_persons_language(german: Phrases, why: Reason, told: str) -> None:
    assert said(german, why).strip() == told


def test_a_line_of_the_history_says_in_the_persons_language_why(german: Phrases) -> None:
    broken = replace(
        PROPOSAL, state=ProposalState.OPEN, step=Step.CHECKS_FAILED, why=Why.CHECKS.told(names="build, lint")
    )
    assert german.say_happened(broken, broken.last) == (
        "die Prüfungen sind fehlgeschlagen: Diese Prüfungen sind gescheitert: build, lint"
    )


def test_what_a_forge_refuses_is_not_taken_for_a_reason_of_that_name(german: Phrases) -> None:
    assert not {why.name.lower() for why in Why} & {error.key for error in ERRORS.values()}
    refused = Conflict('GitHub refuses this for "a/b": <b>no</b>', service="GitHub", said="<b>no</b>", reason="refused")
    assert said(german, Reason.of(refused)).strip() == "GitHub lehnt das ab. Von dort heißt es: „no“."


def test_a_reason_holds_no_secret() -> None:
    token = "ghp_" + "a1B2" * 9
    why = Reason.of(ConnectionFailed(f"The proxy said: token {token}", said=f"token {token}"))
    assert token not in repr(why)


def told_in_german(call: ast.Call) -> str:
    """The template for an error that is raised with these names; the message is no name of a template's own."""
    key = ERRORS[call.func.id].key if isinstance(call.func, ast.Name) else ""
    given = {each.arg: each.value.value if isinstance(each.value, ast.Constant) else "" for each in call.keywords}
    known = {name for name in given if name} | {"message", "why", "at", "number"}
    names = [f"{key}_{name}" for name in (given.get("reason"), *given) if name] + [key]
    errors = templates("de")["errors"]
    return next((errors[name] for name in names if name in errors and named(errors[name]) <= known), errors["other"])


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS and node.args:
            chosen = any(each.arg == "reason" and not isinstance(each.value, ast.Constant) for each in node.keywords)
            typed = node.func.id == "InputInvalid" and path.relative_to(CORE).as_posix() in TYPED
            if isinstance(node.args[0], ast.Constant | ast.JoinedStr) and not chosen and not typed:
                yield node


@pytest.mark.parametrize("room", ["change", "forge", "gitops"])
def test_no_error_that_ends_a_change_quotes_english_in_german(room: str) -> None:
    quoting = [
        f"{path.relative_to(CORE)}:{call.lineno}"
        for path in sorted((CORE / room).rglob("*.py"))
        for call in calls(path)
        if "message" in named(told_in_german(call))
    ]
    assert quoting == []
