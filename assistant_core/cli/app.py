"""The command line itself, and the options its commands share."""

from importlib import metadata
import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from ..errors import HomelabError
from .config import default_path, read
from .examples import NAME
from .policy import left_alone
from .running import debugging, ended
from .tokens import GIT_TOKEN, GITHUB_TOKEN, Tokens, tokens

app = typer.Typer(
    name=NAME,
    help="Ask about a homelab and propose changes to it. Exit codes: 3 asked back, 4 refused, 5 failed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

JOURNAL = Path("~/.local/share/homelab-assistant/journal.sqlite")
GITHUB_API = "https://api.github.com"
WRITE_MODEL = "qwen2.5-coder:7b"

OllamaUrl = Annotated[str | None, typer.Option("--ollama", metavar="URL", help="The Ollama server.")]
WriteModel = Annotated[
    str, typer.Option("--write-model", metavar="NAME", help="The model that reads changes which no sentence does.")
]
GpuUrl = Annotated[str | None, typer.Option("--gpu", metavar="URL", help="The GPU host's metrics exporter.")]
Kubeconfig = Annotated[Path | None, typer.Option("--kubeconfig", metavar="FILE", help="The cluster's kubeconfig.")]
KubeContext = Annotated[str | None, typer.Option("--context", metavar="NAME", help="One of its contexts.")]
_REPOSITORY = typer.Option("--repo", "--github", metavar="DIR|OWNER/NAME|GIT-URL", help="The GitOps repository.")
Repository = Annotated[str, _REPOSITORY]
AnyRepository = Annotated[str | None, _REPOSITORY]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JournalFile = Annotated[Path, typer.Option("--journal", metavar="FILE", help="Where proposals are remembered.")]
GitHubApi = Annotated[str, typer.Option("--github-api", metavar="URL", help="The API of GitHub Enterprise.")]


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - typer hands it over so
    """Say which one this is, and no more."""
    if not asked:
        return
    try:
        known = metadata.version(NAME)
    except metadata.PackageNotFoundError:
        known = "from a checkout that is not installed"
    typer.echo(f"{NAME} {known}")
    raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="In place of ~/.config/homelab-assistant.toml.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_tell_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from, and the log.")] = False,
) -> None:
    """Keep what holds for every command."""
    debugging.set(debug)
    _show_log(debug=debug)
    try:
        known = read(config or default_path(), must_exist=config is not None)
    except HomelabError as error:
        raise ended(error) from error
    for warning in known.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    tokens.set(Tokens(github=os.environ.get(GITHUB_TOKEN), git=os.environ.get(GIT_TOKEN), own=known.tokens))
    left_alone.set(known.left_alone)
    context.default_map = {str(context.invoked_subcommand): dict(known.options)}


def _show_log(*, debug: bool) -> None:
    """Write our events to stderr while debugging; else the commands themselves tell what matters."""
    if not debug:
        logging.getLogger().addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger(__package__.partition(".")[0])
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
