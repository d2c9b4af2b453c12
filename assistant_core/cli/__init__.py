"""The command line: `homelab-assistant`, the same rooms without Home Assistant."""

from collections.abc import Callable, Mapping

from .access import rbac
from .app import app
from .changes import approve, proposals, propose, reject
from .checking import check
from .evaluating import evaluate
from .examples import NAME, epilog
from .indexing import index
from .planning import plan
from .questions import ask, findings, status

__all__ = ["app", "main"]

_COMMANDS: Mapping[str, Callable[..., None]] = {
    "status": status,
    "findings": findings,
    "ask": ask,
    "check": check,
    "index": index,
    "plan": plan,
    "propose": propose,
    "proposals": proposals,
    "approve": approve,
    "reject": reject,
    "eval": evaluate,
    "rbac": rbac,
}

for _name, _command in _COMMANDS.items():
    app.command(_name, epilog=epilog(_name))(_command)


def main() -> None:
    """Run the command line."""
    app(prog_name=NAME)
