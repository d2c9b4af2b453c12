"""Models come to the hub, into its memory and out of it."""

from contextlib import aclosing

import pytest

from assistant_core.errors import ConnectionFailed, DeadlineExceeded, NotFound, ServiceFailed
from assistant_core.models.hub import PullProgress
from demo.faults import Fault, FaultKind
from demo.ollama_answer import Settings

from .conftest import MODEL, OTHER, Ollama


async def pulled(ollama: Ollama, model: str = MODEL, **limits: float) -> list[PullProgress]:
    return [progress async for progress in ollama.client(**limits).pull(model)]


async def test_a_pull_tells_how_far_it_is(ollama: Ollama) -> None:
    ollama.simulator.install([OTHER])
    steps = await pulled(ollama)
    assert (steps[0].status, steps[0].percent) == ("pulling manifest", None)
    percents = [step.percent for step in steps if step.percent is not None]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert steps[-1].completed == steps[-1].total
    assert MODEL in [model.name for model in await ollama.client().installed()]


async def test_a_pull_that_was_given_up_goes_on_where_it_stopped(ollama: Ollama) -> None:
    ollama.simulator.install([OTHER])
    ollama.simulator.settings = Settings(token_delay=0.01)
    async with aclosing(ollama.client().pull(MODEL)) as steps:
        async for step in steps:
            if step.percent == 50:
                break
    assert MODEL not in [model.name for model in await ollama.client().installed()]
    again = [step.percent for step in await pulled(ollama) if step.percent is not None]
    assert again[0] >= 50


async def test_a_model_that_nobody_has_cannot_be_pulled(ollama: Ollama) -> None:
    with pytest.raises(NotFound, match=r"^There is no model nosuch:1b to pull; check how it is spelt\.$"):
        await pulled(ollama, "nosuch:1b")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(kind=FaultKind.CUT, after=300), ConnectionFailed),
        (Fault(kind=FaultKind.HANG, after=300), DeadlineExceeded),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded),
        (Fault(kind=FaultKind.STATUS, status=200, body='{"status":"pulling manifest"}'), ServiceFailed),
        (Fault(kind=FaultKind.STATUS, status=200, body='{"error":"max retries exceeded"}'), ServiceFailed),
    ],
)
async def test_a_pull_that_breaks_says_so(ollama: Ollama, fault: Fault, kind: type[Exception]) -> None:
    ollama.simulator.install([OTHER])
    await ollama.proxy.inject(fault)
    with pytest.raises(kind):
        await pulled(ollama, pull_gap=0.2, answer=0.2)


async def test_a_model_is_loaded_before_it_is_needed_and_sent_away(ollama: Ollama) -> None:
    client = ollama.client()
    await client.load(MODEL, context_length=2048, keep_alive=-1)
    (loaded,) = await client.loaded()
    assert (loaded.name, loaded.context_length) == (MODEL, 2048)
    await client.unload(MODEL)
    assert await client.loaded() == ()


async def test_a_model_that_is_not_there_cannot_be_loaded(ollama: Ollama) -> None:
    with pytest.raises(NotFound, match="has no model nosuch:1b"):
        await ollama.client().load("nosuch:1b")
