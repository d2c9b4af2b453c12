"""Commands that look: status, findings, ask."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any

import typer

from ..assistant import Assistant, Finished, ModelSettings, TextDelta, Utterance
from ..errors import Incomplete
from ..gitops import Index
from ..models.observation import Observation
from ..speech import Phrases
from . import show
from .app import (
    GITHUB_API,
    JOURNAL,
    AnyRepository,
    AsJson,
    GitHubApi,
    GpuUrl,
    JournalFile,
    Kubeconfig,
    KubeContext,
    OllamaUrl,
)
from .exits import Exit
from .office import office, person
from .running import run
from .services import Addresses, cluster_config, household
from .watching import watch_findings
from .words import listening


def status(
    *,
    ollama: OllamaUrl = None,
    gpu: GpuUrl = None,
    kubeconfig: Kubeconfig = None,
    kube_context: KubeContext = None,
    as_json: AsJson = False,
) -> None:
    """Show how the named services are."""
    run(_status(Addresses(ollama=ollama, gpu=gpu, kubeconfig=kubeconfig, context=kube_context), as_json))


async def _status(addresses: Addresses, as_json: bool) -> Exit:  # noqa: FBT001 - the flag of the command line
    if addresses == Addresses():
        raise Incomplete("Name at least one service: --ollama, --gpu or --kubeconfig.")
    async with household(addresses) as house:
        if as_json:
            seen = {"hub": house.hub_seen, "gpu": house.gpus_seen, "cluster": house.findings_seen}
            show.print_json({name: _observed(each) for name, each in seen.items() if each})
        else:
            show.print_status(house, await asyncio.to_thread(Phrases.load, "en"))
        return Exit.FAILED if house.errors else Exit.DONE


def _observed(seen: Observation[Any]) -> dict[str, object]:
    return {"error": str(seen.error)} if seen.error else {"at": seen.at, "value": seen.value}


def findings(
    *,
    kubeconfig: Annotated[Path, typer.Option("--kubeconfig", metavar="FILE", help="The cluster's kubeconfig.")],
    kube_context: KubeContext = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, with a line for everything that happens.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is wrong in a cluster."""
    addresses = Addresses(kubeconfig=kubeconfig, context=kube_context)

    async def work() -> Exit:
        if watch:
            config = await asyncio.to_thread(cluster_config, addresses)
            return await watch_findings(config, as_json=as_json) if config else Exit.FAILED
        async with household(addresses) as house:
            for error in house.errors:
                raise error
            found = (house.findings_seen.value if house.findings_seen else None) or ()
        if as_json:
            show.print_json(found)
        elif found:
            show.print_findings(found)
        else:
            typer.echo("Nothing is wrong in the cluster.")
        return Exit.DONE

    run(work())


def ask(
    text: Annotated[str, typer.Argument(help="What you would say.")],
    *,
    ollama: OllamaUrl = None,
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="The model that answers.")] = "llama3.1:8b",
    gpu: GpuUrl = None,
    kubeconfig: Kubeconfig = None,
    kube_context: KubeContext = None,
    repo: AnyRepository = None,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="en or de.")] = "en",
    github_api: GitHubApi = GITHUB_API,
    journal: JournalFile = JOURNAL,
    as_json: AsJson = False,
) -> None:
    """Answer as the voice assistant would."""

    async def work() -> Exit:
        addresses = Addresses(ollama=ollama, gpu=gpu, kubeconfig=kubeconfig, context=kube_context)
        async with household(addresses) as house, office(journal, github_api) as desk_room:
            index = None
            if repo:
                _, forge = await desk_room.attach(repo)
                index = await asyncio.to_thread(Index.of, await forge.snapshot())
            speech = await asyncio.to_thread(listening, index)
            settings = ModelSettings(model=model)
            assistant = Assistant(house, desk_room.desk, house.client, settings, speech=speech)
            asked = Utterance(text=text, requester=person(), language=language)
            said, answered_by = "", "model"
            async with aclosing(assistant.turn(asked)) as events:
                async for event in events:
                    match event:
                        case TextDelta(delta):
                            said += delta
                            if not as_json:
                                typer.echo(show.safe(delta), nl=False)
                        case Finished():
                            answered_by = event.answered_by
        if as_json:
            show.print_json({"text": said, "answered_by": answered_by})
        else:
            typer.echo()
        return Exit.DONE

    run(work())
