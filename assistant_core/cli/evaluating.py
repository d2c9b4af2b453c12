"""The command that measures how well words are understood: eval."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ..change.planning import plan_by_sentences, plan_from_words
from ..errors import InputInvalid, NotUnderstood
from ..gitops import Index
from ..ports import ChatModel
from ..speech import Speech
from . import show
from .app import WRITE_MODEL, AsJson, OllamaUrl, WriteModel
from .evaluation import Judged, Mark, Request, judge, repositories, requests, score
from .exits import Exit
from .progress import progress
from .running import run
from .words import listening, model_at

type Indexes = Mapping[str, tuple[Index, Sequence[Speech]]]

_STYLES = {Mark.MISSED: "yellow", Mark.WRONG: "bold red"}


def evaluate(
    *,
    ollama: OllamaUrl = None,
    write_model: WriteModel = WRITE_MODEL,
    as_json: AsJson = False,
) -> None:
    """Measure how well words are understood, by the sentences alone and with the write model.

    Requests in English and German over small repositories of every layout ship with the program. It fails when one of
    them led to another change than the one that was meant.
    """

    async def work() -> Exit:
        async with progress("Asking"):
            indexes = await asyncio.to_thread(_indexes)
            judged = {"sentences": await asyncio.to_thread(_by_sentences, indexes)}
            if ollama:
                async with model_at(ollama, write_model) as model:
                    judged["with the model"] = [await _with_model(each, indexes, model) for each in requests()]
        if as_json:
            show.print_json({name: _data(each) for name, each in judged.items()})
        else:
            _print(judged)
        return Exit.FAILED if any(score(each).wrong for each in judged.values()) else Exit.DONE

    run(work())


def _indexes() -> Indexes:
    indexes = {name: Index.of(snapshot) for name, snapshot in repositories().items()}
    return {name: (index, listening(index)) for name, index in indexes.items()}


def _by_sentences(indexes: Indexes) -> list[Judged]:
    return [_read(each, *indexes[each.repository]) for each in requests()]


def _read(request: Request, index: Index, languages: Sequence[Speech]) -> Judged:
    try:
        plan = plan_by_sentences(request.say, index, languages)
    except InputInvalid as error:
        return judge(request, error, index, claimed=True)
    return judge(request, plan or NotUnderstood(request.say), index, claimed=plan is not None)


async def _with_model(request: Request, indexes: Indexes, model: ChatModel) -> Judged:
    """Raises HomelabError when the model does not answer."""
    index, languages = indexes[request.repository]
    try:
        plan = await plan_from_words(request.say, index, languages, model)
    except InputInvalid as error:
        return judge(request, error, index, claimed=True)
    return judge(request, plan, index, claimed=True)


def _print(judged: Mapping[str, Sequence[Judged]]) -> None:
    """What went otherwise than meant, then a row for each way of reading."""
    console = Console(soft_wrap=True)
    rows = show.table("", "asked", "claimed", "right", "accuracy", "wrong edits")
    for name, each in judged.items():
        for missed in (one for one in each if one.claimed and one.mark is not Mark.RIGHT):
            said = show.safe(f"{name}: {missed.request.repository}: {missed.request.say!r}: {missed.outcome}")
            console.print(Text(f"{said}, {show.safe(missed.said)}", style=_STYLES[missed.mark]))
        found = score(each)
        counts = (found.asked, found.claimed, found.right, f"{found.accuracy:.1%}", found.wrong)
        rows.add_row(name, *map(str, counts))
    console.print(rows)


def _data(judged: Sequence[Judged]) -> dict[str, Any]:
    found = score(judged)
    return {
        "asked": found.asked,
        "claimed": found.claimed,
        "right": found.right,
        "accuracy": round(found.accuracy, 4),
        "wrong_edits": found.wrong,
        "requests": [
            {
                "repository": each.request.repository,
                "language": each.request.language,
                "say": each.request.say,
                "expected": each.request.ends,
                "outcome": each.outcome,
                "claimed": each.claimed,
                "mark": each.mark,
                "said": each.said,
            }
            for each in judged
        ],
    }
