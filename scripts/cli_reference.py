"""The page of the documentation about the command line, made from the commands themselves: docs/reference/cli.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from assistant_core.cli import app
from assistant_core.cli.config import SECTIONS
from assistant_core.cli.examples import NAME, lines
from assistant_core.cli.exits import Exit

_ENDS = {
    Exit.DONE: "done; also when it is so already",
    Exit.CLARIFY: "something was left open; the question is asked",
    Exit.REFUSED: "what was asked for cannot be, or a rule forbids it; or a file that was checked breaks one",
    Exit.FAILED: "a service did not answer, or a file cannot be read",
}


def page() -> str:
    """The page in Markdown."""
    group: Any = typer.main.get_command(app)
    parts = [_beginning(group), *(_command(name, each) for name, each in group.commands.items()), _end()]
    return "\n".join(parts)


def _beginning(group: Any) -> str:
    return "\n".join(
        (
            "# Command line",
            "",
            f"<!-- Made by scripts/make-cli-reference from what `{NAME} --help` says. -->",
            "",
            f"`{NAME} [OPTIONS] COMMAND [ARGUMENTS]`",
            "",
            (
                f"Errors are one sentence on stderr. `{NAME} --install-completion` completes commands and "
                "options in bash, zsh, fish and PowerShell."
            ),
            "",
            *_table(group),
        )
    )


def _command(name: str, command: Any) -> str:
    usage = " ".join(["[OPTIONS]", *(_argument(each) for each in command.params if not each.opts[0].startswith("-"))])
    return "\n".join(
        (
            f"## {name}",
            "",
            *_paragraphs(command.help),
            f"`{NAME} {name} {usage}`",
            "",
            *_table(command),
            "```sh",
            *lines(name),
            "```",
            "",
        )
    )


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""


def _table(command: Any) -> Iterator[str]:
    yield "| | what it is | default |"
    yield "|---|---|---|"
    for each in command.params:
        yield f"| {_called(each)} | {each.help or ''} | {_default(each)} |"
    yield ""


def _called(param: Any) -> str:
    if not param.opts[0].startswith("-"):
        return f"`{param.metavar or param.name.upper()}`"
    value = f" {param.metavar.replace('|', ' or ')}" if param.metavar and not param.is_flag else ""
    return ", ".join(f"`{name}`" for name in param.opts) + value


def _default(param: Any) -> str:
    default = getattr(param.default, "value", param.default)
    return f"`{default}`" if isinstance(default, str | Path) else ""


def _end() -> str:
    return "\n".join(
        (
            "## Exit codes",
            "",
            "| code | meaning |",
            "|---|---|",
            *(f"| {code.value} | {meaning} |" for code, meaning in _ENDS.items()),
            "| 2 | an option that there is not; the usage is shown |",
            "| 130 | stopped from the keyboard |",
            "",
            "## Configuration file",
            "",
            (
                "`~/.config/homelab-assistant.toml`, or where `XDG_CONFIG_HOME` says. Options on the command line are "
                "stronger. A token stands in a file of its own that nobody else can read; `token_file` names it, and "
                "it goes to the address of its section only. What is left alone is a list, of namespaces by name and "
                "of paths as globs with `**`, and holds for every repository."
            ),
            "",
            "| section | keys |",
            "|---|---|",
            *(f"| `[{section}]` | {', '.join(f'`{key}`' for key in keys)} |" for section, keys in SECTIONS.items()),
            "",
        )
    )
