"""A household adds sentences of its own."""

from pathlib import Path

import pytest

from assistant_core.errors import InputInvalid
from assistant_core.speech import Ask, Confirm, Scale, Speech


def speech(folder: Path, text: str, *, language: str = "en") -> Speech:
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    loaded = Speech.load(language, own=folder)
    loaded.know(["jellyfin"])
    return loaded


def test_sentences_lists_and_rules_of_a_household_are_understood(tmp_path: Path) -> None:
    own = speech(
        tmp_path,
        """
        language: en
        intents:
          AskFindings: {data: [{sentences: ["[is] anything on {fire} [in <there>]"]}]}
          AskStatus: {data: [{sentences: ["how goes it"]}]}
          Scale: {data: [{sentences: ["pump {workload:name} to {count:amount}"]}]}
        lists:
          fire: {values: [fire, smoke]}
        expansion_rules:
          place: "(rack|cellar)"
          there: "the <place>"
        skip_words: [mate]
        """,
    )
    assert own.recognise("anything on fire in the cellar") == Ask.FINDINGS
    assert own.recognise("how goes it, mate") == Ask.STATUS
    assert own.recognise("pump jellyfin to three") == Scale(name="jellyfin", namespace=None, amount="three", replicas=3)
    assert own.recognise("what is wrong") == Ask.FINDINGS
    assert own.recognise("confirm") == Confirm()


def test_files_of_another_language_are_left_alone(tmp_path: Path) -> None:
    own = speech(tmp_path, 'language: de\nintents: {AskStatus: {data: [{sentences: ["na wie"]}]}}')
    assert own.recognise("na wie") is None
    assert Speech.load("de", own=tmp_path).recognise("na wie") == Ask.STATUS


def test_a_folder_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert Speech.load(own=tmp_path / "none").recognise("how is everything") == Ask.STATUS


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: [", "it is not YAML"),
        ("- a", "it names no language"),
        ("intents: {}", "it names no language"),
        ("language: en\nintents: {Burn: {data: []}}", "there is no intent Burn; there are AskStatus"),
        ("language: en\nintents: {AskGpu: {data: 3}}", "AskGpu needs data with sentences"),
        ("language: en\nintents: {AskGpu: {data: [{sentences: [3]}]}}", "a list of texts is expected"),
        ('language: en\nintents: {AskGpu: {data: [{sentences: ["how (hot"]}]}}', '"how (hot" cannot be read'),
        (
            'language: en\nintents: {AskGpu: {data: [{sentences: ["<nope>"]}]}}',
            '"<nope>" names nope, which does not exist',
        ),
        (
            'language: en\nintents: {AskGpu: {data: [{sentences: ["{nope}"]}]}}',
            '"{nope}" names nope, which does not exist',
        ),
        ('language: en\nexpansion_rules: {a: "<a>"}', '"<a>" names a, which does not exist'),
        ('language: en\nexpansion_rules: {gpu: "x"}', "expansion_rules has gpu already"),
        ("language: en\nexpansion_rules: {a: 3}", "3 is no sentence"),
        ("language: en\nlists: {a: 3}", "the list a needs values, a range or wildcard: true"),
        ("language: en\nlists: [a]", "lists must have names"),
        ('language: en\nintents: {Confirm: {data: [{sentences: ["sure"]}]}}', "the words of Confirm stay as they are"),
        ("language: en\n" + "#" * 200_000, "it is too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(InputInvalid) as raised:
        speech(tmp_path, text)
    assert str(raised.value).startswith(f"The sentences in own.yaml cannot be used: {wrong}")


def test_bytes_that_are_no_text_are_named_too(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputInvalid):
        Speech.load(own=tmp_path)
