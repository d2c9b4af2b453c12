"""The command that says what a cluster has to allow."""

from typing import Annotated

import typer
import yaml

from ..kube import rbac_manifest
from . import show
from .app import AsJson
from .examples import NAME
from .exits import Exit
from .running import run


def rbac(
    *,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What account and role are called.")] = NAME,
    namespace: Annotated[
        str, typer.Option("--namespace", metavar="NAME", help="The namespace of the account, which is made too.")
    ] = NAME,
    as_json: AsJson = False,
) -> None:
    """Print the account, its token and the read-only role that a cluster needs to be watched, to apply by Git."""

    async def work() -> Exit:
        manifest = rbac_manifest(name=name, namespace=namespace)
        if as_json:
            objects = list(yaml.safe_load_all(manifest))
            show.print_json({"apiVersion": "v1", "kind": "List", "items": objects})
        else:
            typer.echo(manifest, nl=False)
        return Exit.DONE

    run(work())
