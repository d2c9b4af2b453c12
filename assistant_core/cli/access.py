"""The command that says what a cluster has to allow."""

from typing import Annotated

import typer

from ..kube import rbac_manifest
from .examples import NAME
from .exits import Exit
from .running import run


def rbac(
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What account and role are called.")] = NAME,
    namespace: Annotated[
        str, typer.Option("--namespace", metavar="NAME", help="The namespace of the account, which is made too.")
    ] = NAME,
) -> None:
    """Print the account, its token and the read-only role that a cluster needs to be watched, to apply by Git."""

    async def work() -> Exit:
        typer.echo(rbac_manifest(name=name, namespace=namespace), nl=False)
        return Exit.DONE

    run(work())
