"""A second attempt, and the rest a server gets that is not there."""

import asyncio

import pytest

from assistant_core.errors import AuthenticationFailed, Busy, ConnectionFailed, ServiceFailed
from assistant_core.ollama import CircuitBreaker
from demo.faults import Fault, FaultKind
from demo.ollama_rules import Turn

from .conftest import REQUEST, Ollama, words


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock=clock, jitter=lambda: 0.0)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.CUT, path="/api/chat", times=1),
        Fault(kind=FaultKind.STATUS, status=503, body='{"error":"server busy"}', path="/api/chat", times=1),
    ],
)
async def test_what_failed_before_an_answer_is_asked_once_more(ollama: Ollama, fault: Fault) -> None:
    await ollama.proxy.inject(fault)
    assert (await ollama.answer())[-1].done_reason == "stop"
    assert ollama.asked("/api/chat") == 2


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        (Fault(kind=FaultKind.CUT, path="/api/chat"), ConnectionFailed, 2),
        (Fault(kind=FaultKind.STATUS, status=503), Busy, 2),
        (Fault(kind=FaultKind.STATUS, status=500), ServiceFailed, 1),
        (Fault(kind=FaultKind.STATUS, status=401), AuthenticationFailed, 1),
        (Fault(kind=FaultKind.CUT, path="/api/chat", after=250), ConnectionFailed, 1),
    ],
)
async def test_there_is_no_third_attempt_and_none_within_an_answer(
    ollama: Ollama, fault: Fault, kind: type[Exception], attempts: int
) -> None:
    ollama.simulator.script(Turn(content=("word ",) * 10))
    await ollama.proxy.inject(fault)
    assert type(await ollama.failure()) is kind
    assert ollama.asked("/api/chat") == attempts


async def test_a_server_that_is_not_there_is_left_alone_and_then_probed(ollama: Ollama) -> None:
    clock = Clock()
    client = ollama.client(breaker=(rest := breaker(clock)))
    await ollama.proxy.inject(Fault(kind=FaultKind.REFUSE))
    for _ in range(2):
        with pytest.raises(ConnectionFailed, match="connection refused"):
            await client.version()
    with pytest.raises(
        ConnectionFailed, match=r"does not answer: connection refused; it is asked again in 15 seconds\.$"
    ):
        await client.version()
    await ollama.proxy.clear()
    with pytest.raises(ConnectionFailed, match=r"in 15 seconds\.$"):
        await client.version()
    clock.now += 15
    assert await client.version()
    assert not rest.is_open


async def test_a_look_at_the_whole_server_is_a_probe_too(ollama: Ollama) -> None:
    clock = Clock()
    client = ollama.client(breaker=(rest := breaker(clock)))
    for _ in range(3):
        rest.failed(ConnectionFailed("The Ollama server does not answer."))
    clock.now += 15
    assert (await client.status()).version
    assert not rest.is_open


async def test_only_one_probe_goes_out_at_a_time(ollama: Ollama) -> None:
    clock = Clock()
    client = ollama.client(breaker=(rest := breaker(clock)))
    for _ in range(3):
        rest.failed(ConnectionFailed("The Ollama server does not answer."))
    clock.now += 15
    await ollama.proxy.inject(Fault(kind=FaultKind.HANG))
    probing = asyncio.create_task(client.installed())
    await ollama.proxy.asked("/api/version")
    with pytest.raises(ConnectionFailed, match=r"does not answer; it is asked again just now\.$"):
        await client.installed()
    probing.cancel()
    await asyncio.wait({probing})
    await ollama.proxy.clear()
    assert words([delta async for delta in client.chat(REQUEST)])


async def test_a_server_that_refuses_us_is_there(ollama: Ollama) -> None:
    client = ollama.client(breaker=(rest := breaker(Clock())))
    await ollama.proxy.inject(Fault(kind=FaultKind.STATUS, status=401))
    for _ in range(4):
        with pytest.raises(AuthenticationFailed):
            await client.version()
    assert not rest.is_open


def test_the_pauses_grow_to_their_limit_and_begin_anew_after_a_success() -> None:
    clock = Clock()
    rest = breaker(clock)
    pauses = []
    for _ in range(2):
        assert rest.admit()
        rest.failed()
        assert not rest.is_open
    for _ in range(7):
        assert rest.admit()
        rest.failed()
        assert not rest.admit()
        pauses.append(rest.wait)
        clock.now += rest.wait
    assert pauses == [15, 30, 60, 120, 240, 300, 300]
    assert rest.admit()
    rest.succeeded()
    assert rest.wait == 0
    for _ in range(3):
        rest.failed()
    assert rest.wait == 15


def test_the_pauses_of_many_clients_spread() -> None:
    clock = Clock()
    for jitter, pause in ((0.0, 15.0), (0.5, 13.5), (1.0, 12.0)):
        rest = CircuitBreaker(clock=clock, jitter=lambda jitter=jitter: jitter)
        for _ in range(3):
            rest.failed()
        assert rest.wait == pytest.approx(pause)


def test_a_failure_that_comes_late_does_not_lengthen_the_pause() -> None:
    rest = breaker(Clock())
    for _ in range(5):
        rest.failed()
    assert rest.wait == 15
