"""The help of every command shows how it is called, the shell completes it, and the documentation says the same."""

from importlib.metadata import version
import importlib.util
from pathlib import Path
import re
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from assistant_core.cli import app
from assistant_core.cli.examples import EXAMPLES, lines

type Run = Any

ROOT = Path(__file__).parents[3]
GROUP: Any = typer.main.get_command(app)


@pytest.mark.parametrize("name", list(GROUP.commands))
def test_the_help_of_every_command_has_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    ended = CliRunner().invoke(app, [name, "--help"])
    assert ended.exit_code == 0
    assert "Examples:" in ended.stdout
    for line in lines(name):
        assert line in ended.stdout


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in EXAMPLES.items() for line in lines])
def test_an_example_uses_options_that_there_are(name: str, line: str) -> None:
    known = {option for each in GROUP.commands[name].params for option in each.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", line)) <= known


def test_every_command_has_json() -> None:
    without = [
        name for name, command in GROUP.commands.items() if not any("--json" in each.opts for each in command.params)
    ]
    assert without == []


def test_every_option_says_what_it_is() -> None:
    nameless = [
        (name, each.name) for name, command in GROUP.commands.items() for each in command.params if not each.help
    ]
    assert nameless == []


async def test_the_shell_completes_commands_and_options(homelab: Run) -> None:
    asked = {"_HOMELAB_ASSISTANT_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    commands = await homelab(**asked, COMP_WORDS="homelab-assistant pro")
    assert commands.out.split() == ["propose", "proposals"]
    options = await homelab(**(asked | {"COMP_CWORD": "2"}), COMP_WORDS="homelab-assistant check --le")
    assert options.out.split() == ["--level"]


def test_the_page_about_the_command_line_is_current() -> None:
    spec = importlib.util.spec_from_file_location("cli_reference", ROOT / "scripts" / "cli_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (ROOT / "docs" / "reference" / "cli.md").read_text()
    assert written == module.page(), "run scripts/make-cli-reference"


def test_the_version_needs_no_command_and_no_configuration(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["--config", str(tmp_path / "none.toml"), "--version"])
    assert (ended.exit_code, ended.stdout) == (0, f"homelab-assistant {version('homelab-assistant')}\n")
