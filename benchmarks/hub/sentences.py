"""Our fixed sentences beside Home Assistant's own, over the WebSocket of one Home Assistant; no model is asked."""

from collections.abc import AsyncIterator
from statistics import quantiles

from ..figures import Figure, Series, Target, counted, interleaved
from .house import House

OURS = "Which models are loaded?"
THEIRS = "What is the state of the Kitchen ceiling light?"
THEIR_AGENT = "conversation.home_assistant"
PAIRS = 60
MILLISECONDS = 15


async def sentences(house: House) -> AsyncIterator[Figure]:
    """The time until the answer is there, for nineteen of twenty questions."""

    async def ask(text: str, agent: str) -> float:
        return (await house.person.converse(text, agent)).first * 1e3

    ours, theirs = await interleaved(
        lambda: ask(OURS, house.ours), lambda: ask(THEIRS, THEIR_AGENT), pairs=PAIRS, rehearsals=3
    )
    yield Figure(
        name="sentence without a model: 95th percentile",
        ours=counted(_p95(ours)),
        theirs=counted(_p95(theirs)),
        unit="ms",
        target=Target(value=MILLISECONDS, of="ours"),
    )
    yield Figure(name="sentence without a model: median", ours=ours, theirs=theirs, unit="ms", target=Target(value=2))


def _p95(series: Series) -> float:
    return quantiles(series.samples, n=20, method="inclusive")[-1]
