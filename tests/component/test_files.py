"""The files that go with the code: every sentence translated, nothing promised that is not there."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import tomllib
from typing import Any

from homeassistant.components.webhook import async_generate_path

from custom_components.homelab_assistant.assistant_core.errors import EXACT_KEYS, HomelabError
from custom_components.homelab_assistant.change_options import webhook_id
from custom_components.homelab_assistant.forms import FIELDS, SECTIONS

ROOT = Path(__file__).resolve().parents[2]
COMPONENT = ROOT / "custom_components" / "homelab_assistant"
ENGLISH = json.loads((COMPONENT / "translations" / "en.json").read_text())
GERMAN = json.loads((COMPONENT / "translations" / "de.json").read_text())
MANIFEST = json.loads((COMPONENT / "manifest.json").read_text())


def keys(error: type[HomelabError]) -> Iterator[str]:
    yield error.key
    for child in error.__subclasses__():
        yield from keys(child)


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for child in node.values():
            yield from strings(child)


def test_every_error_of_the_core_has_a_sentence() -> None:
    assert set(keys(HomelabError)) <= ENGLISH["exceptions"].keys()


def test_every_error_that_a_form_can_show_has_a_sentence() -> None:
    of_changes = {"journal_failed", "approval_refused", "edit_refused", "unchanged", "not_a_change"}
    wrong_in_forms = set(keys(HomelabError)) - of_changes
    assert {key for key in wrong_in_forms if not key.endswith("_workload")} <= ENGLISH["config"]["error"].keys()


def test_every_field_of_every_form_has_a_label_and_an_explanation() -> None:
    for form, fields in FIELDS.items():
        step = ENGLISH["config"]["step"][form]
        assert step["data"].keys() == step["data_description"].keys() == fields.keys()


def test_every_section_of_every_form_has_a_name_and_its_fields_labels() -> None:
    for form, sections in SECTIONS.items():
        told = ENGLISH["config"]["step"][form]["sections"]
        assert told.keys() == sections.keys()
        for name, fields in sections.items():
            assert told[name]["name"]
            assert told[name]["data"].keys() == told[name]["data_description"].keys() == fields.keys()


def paths(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
    else:
        for key, child in node.items():
            yield from paths(child, f"{path}/{key}")


def test_german_says_everything_that_english_says() -> None:
    english, german = dict(paths(ENGLISH)), dict(paths(GERMAN))
    assert german.keys() == english.keys()
    for path, text in english.items():
        assert sorted(re.findall(r"{\w+}", german[path])) == sorted(re.findall(r"{\w+}", text)), path
        assert german[path].strip()


def test_german_forms_say_what_is_wrong_before_they_quote_english() -> None:
    untold = {key for key, told in GERMAN["config"]["error"].items() if told == "{message}"}
    assert untold == set()


def test_the_options_of_every_menu_fit_the_line_that_a_phone_has_for_them() -> None:
    for language in (ENGLISH, GERMAN):
        options = {path: text for path, text in paths(language) if "/menu_options/" in path}
        assert {path: text for path, text in options.items() if len(text) > 34} == {}


def test_the_address_of_a_webhook_breaks_into_the_lines_of_a_phone() -> None:
    assert max(map(len, re.split(r"[/-]", async_generate_path(webhook_id("01JD" + "X" * 22))))) <= 30


def test_no_string_borrows_from_home_assistant() -> None:
    assert not [text for text in strings(ENGLISH) if "[%key:" in text]


def test_the_manifest_is_in_the_order_that_is_checked() -> None:
    names = list(MANIFEST)
    assert names == ["domain", "name", *sorted(names[2:])]


def test_the_manifest_asks_for_what_the_core_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(MANIFEST["requirements"]) <= set(project["dependencies"])
    assert MANIFEST["version"] == project["version"]


def test_the_translations_use_placeholders_that_can_be_filled() -> None:
    given = {"not_found_repository": {"repository"}, "permission_denied_role": {"verb", "resource"}}
    for key, told in ENGLISH["exceptions"].items():
        for text in strings(told):
            named = set(re.findall(r"{(\w+)}", text))
            if key in EXACT_KEYS:
                status = {"status"} if key.endswith("_status") else set()
                assert named == {"service"} | given.get(key, status), key
            else:
                assert named <= {"message", "namespace", "text", "type"}


def test_every_cause_that_the_core_tells_of_a_service_has_a_sentence_of_its_own() -> None:
    for place in (
        ENGLISH["exceptions"],
        ENGLISH["config"]["error"],
        *(each[kind] for each in ENGLISH["config_subentries"].values() for kind in ("error", "abort")),
    ):
        assert place.keys() >= EXACT_KEYS
        assert not [key for key in EXACT_KEYS if "{message}" in str(place[key])]
