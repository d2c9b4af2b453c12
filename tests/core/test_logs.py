"""The log: one line for each event, that begins with a stable id and holds no secret."""

import ast
from collections import defaultdict
from collections.abc import Iterator
import logging
from pathlib import Path
import re

import pytest

from assistant_core.logs import EventLog, WithId

ROOT = Path(__file__).resolve().parents[2]
SECRET = "ghp_" + "s" * 36
EVENTS = EventLog("homelab_test")
LEVELS = {"debug", "info", "warning", "error"}
MAY_NAME_A_LOGGER = {"assistant_core/logs.py", "assistant_core/cli/app.py", "homelab_assistant/coordinator.py"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    component = ROOT / "custom_components" / "homelab_assistant"
    for path in (*(ROOT / "assistant_core").rglob("*.py"), *component.glob("*.py")):
        name = f"{path.parent.name}/{path.name}" if path.parent == component else str(path.relative_to(ROOT))
        yield name, ast.parse(path.read_text())


def written(module: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="_EVENTS"), attr=level)) if level in LEVELS:
                yield node


def test_every_line_of_the_product_has_an_id_and_an_id_means_one_thing() -> None:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for name, module in modules():
        for call in written(module):
            event, words, *about = call.args
            assert isinstance(event, ast.Constant), (name, call.lineno)
            assert isinstance(words, ast.Constant), (name, call.lineno)
            assert re.fullmatch(r"[a-z]+(-[a-z]+)+", str(event.value)), (name, call.lineno)
            assert str(words.value).count("%s") == len(about), (name, call.lineno)
            told[str(event.value)].add(str(words.value))

    assert len(told) > 10
    assert {event: words for event, words in told.items() if len(words) > 1} == {}


def test_nothing_goes_into_the_log_by_another_way() -> None:
    for name, module in modules():
        imported = {each.name for node in ast.walk(module) if isinstance(node, ast.Import) for each in node.names}
        taken = {node.module for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
        assert "logging" not in imported | taken or name in MAY_NAME_A_LOGGER, name


def test_a_line_says_what_failed_and_where(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("three")
    except ValueError as defect:
        EVENTS.error("test-defect", "%s stopped", "The watch", defect=defect)

    (line,) = caplog.messages
    assert re.match(
        r"\[test-defect\] The watch stopped: ValueError: invalid .* \(test_logs\.py:\d+ in test_a_line", line
    )


@pytest.mark.parametrize(
    "text",
    [
        f"https://anna:{SECRET}@github.com refused",
        f"Authorization: Bearer {SECRET}",
        f"the token {SECRET} is not known",
        f"first\npassword: {SECRET}\nlast",
        f'{{"token": "{SECRET}"}}',
    ],
)
def test_no_secret_gets_into_a_line_by_words_or_by_a_defect(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    EVENTS.warning("test-failed", "It failed: %s", text)
    EVENTS.debug("test-failed", "It failed", defect=ValueError(text))

    assert len(caplog.messages) == 2
    assert SECRET not in caplog.text
    assert "[redacted]" in caplog.messages[0]


def test_what_somebody_else_wrote_begins_no_line_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    EVENTS.warning("test-failed", "It failed: %s", "a\r\n[change-approved] \x1b[2Jall is well\u2028" + 5000 * "x")

    (line,) = caplog.messages
    assert line.startswith("[test-failed] It failed: a [change-approved] [2Jall is well xxx")
    assert line.isprintable()
    assert len(line) < 1100


def test_what_home_assistant_writes_for_us_gets_an_id_too(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("homelab_test.coordinator")
    mark = WithId({logging.DEBUG: "service-asked", logging.WARNING: "service-down"})
    logger.addFilter(mark)
    try:
        logger.error("Error fetching %s: %s", "Ollama", "refused\nreally")
        try:
            int(f"https://anna:{SECRET}@hub")
        except ValueError:
            logger.exception("Unexpected error")
    finally:
        logger.removeFilter(mark)

    refused, defect = caplog.messages
    assert refused == "[service-down] Error fetching Ollama: refused really"
    assert defect.startswith("[service-down] Unexpected error: ValueError: invalid literal for int()")
    assert SECRET not in caplog.text
