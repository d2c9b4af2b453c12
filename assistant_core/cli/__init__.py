"""The command line: `homelab-assistant`, the same rooms without Home Assistant."""

from .app import app
from .changes import approve, proposals, propose, reject
from .checking import check
from .evaluating import evaluate
from .indexing import index
from .planning import plan
from .questions import ask, findings, status

__all__ = ["app", "main"]

for _command in (status, findings, ask, check, index, plan, propose, proposals, approve, reject):
    app.command()(_command)
app.command("eval")(evaluate)


def main() -> None:
    """Run the command line."""
    app(prog_name="homelab-assistant")
