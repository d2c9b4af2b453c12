"""The fault proxy over real sockets: what a client sees of each kind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
import gc
import socket

import aiohttp
from aiohttp import web
import pytest

from demo.faults import Fault, FaultKind, FaultProxy, fault_proxy
from demo.serving import controlling, listening, serving

LETTERS = "abcdefghij" * 100


class Letters:
    """A service that answers 1000 letters."""

    name = "letters"

    def __init__(self) -> None:
        self.asked = 0

    def app(self) -> web.Application:
        async def letters(request: web.Request) -> web.Response:
            await request.read()
            self.asked += 1
            return web.Response(text=LETTERS)

        app = web.Application()
        app.add_routes([web.route("*", "/{path:.*}", letters)])
        return app

    def control(self) -> web.Application:
        return web.Application()


@pytest.fixture
def service() -> Letters:
    return Letters()


@pytest.fixture
async def proxy(service: Letters) -> AsyncIterator[FaultProxy]:
    async with serving(service) as proxy:
        yield proxy


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def text(session: aiohttp.ClientSession, proxy: FaultProxy, path: str = "/") -> str:
    async with session.get(proxy.url + path) as response:
        return await response.text()


async def test_without_faults_everything_passes(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    assert await text(session, proxy, "/one?two=3") == LETTERS
    async with session.post(f"{proxy.url}/upload", data=b"x" * 100_000) as response:
        assert response.status == 200
    assert [(seen.method, seen.path) for seen in proxy.seen] == [("GET", "/one?two=3"), ("POST", "/upload")]


async def test_a_chunked_request_passes(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        yield b"second"

    async with session.post(f"{proxy.url}/upload", data=pieces()) as response:
        assert await response.text() == LETTERS


async def test_refuse_closes_the_port_until_it_is_cleared(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    await text(session, proxy)
    await proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(aiohttp.ClientConnectorError) as failure:
        await text(session, proxy)
    assert isinstance(failure.value.os_error, ConnectionRefusedError)
    await proxy.clear()
    assert await text(session, proxy) == LETTERS


async def test_hang_stays_silent_and_the_server_never_hears_of_it(
    session: aiohttp.ClientSession, proxy: FaultProxy, service: Letters
) -> None:
    await proxy.inject(Fault(kind=FaultKind.HANG))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await text(session, proxy)
    assert service.asked == 0


async def test_hang_may_begin_in_the_middle_of_an_answer(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.HANG, after=500))
    async with session.get(proxy.url) as response:
        assert LETTERS.startswith((await response.content.readany()).decode())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await response.content.readany()


async def test_slow_delivers_the_whole_answer_in_pieces(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.SLOW, delay=0.001, size=100))
    async with session.get(proxy.url) as response:
        pieces = [piece async for piece in response.content.iter_any()]
    assert b"".join(pieces).decode() == LETTERS
    assert max(map(len, pieces)) < len(LETTERS)


async def test_cut_resets_the_connection_within_the_answer(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.CUT, after=400))
    async with session.get(proxy.url) as response:
        assert response.headers["Content-Length"] == "1000"
        assert LETTERS.startswith((await response.content.readany()).decode())
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_cut_counts_each_answer_of_a_kept_connection_anew(
    session: aiohttp.ClientSession, proxy: FaultProxy
) -> None:
    await proxy.inject(Fault(kind=FaultKind.CUT, after=1500))
    assert [await text(session, proxy) for _ in range(3)] == [LETTERS] * 3


async def test_cut_before_the_first_byte_loses_the_answer_but_not_the_request(
    session: aiohttp.ClientSession, proxy: FaultProxy, service: Letters
) -> None:
    await proxy.inject(Fault(kind=FaultKind.CUT, method="POST"))
    with pytest.raises(aiohttp.ClientError):
        await session.post(proxy.url)
    assert service.asked == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"error":"busy"}', "application/json"),
        ("<html>Bad Gateway</html>", "text/html; charset=utf-8"),
        ("busy", "text/plain; charset=utf-8"),
    ],
)
async def test_status_answers_instead_of_the_server(
    session: aiohttp.ClientSession, proxy: FaultProxy, service: Letters, body: str, content_type: str
) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, status=503, body=body, headers={"Retry-After": "7"}))
    async with session.post(proxy.url, data=b"x" * 100_000) as response:
        assert (response.status, await response.text()) == (503, body)
        assert (response.headers["Retry-After"], response.headers["Content-Type"]) == ("7", content_type)
    assert service.asked == 0


async def test_garbage_is_no_http(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.GARBAGE))
    with pytest.raises(aiohttp.ClientError):
        await text(session, proxy)


async def test_a_rule_holds_for_what_it_names_and_as_often_as_it_says(
    session: aiohttp.ClientSession, proxy: FaultProxy
) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, path="/broken", times=2, body="no"))
    paths = ["/fine", "/broken", "/broken?now", "/broken", "/broken"]
    assert [len(await text(session, proxy, path)) for path in paths] == [1000, 2, 1000, 2, 1000]


async def test_a_dead_service_behind_is_a_closed_connection(session: aiohttp.ClientSession) -> None:
    async with listening(web.Application()) as gone:
        pass
    async with fault_proxy(gone) as proxy:
        with pytest.raises(aiohttp.ClientError):
            await text(session, proxy)


async def test_the_control_port_steers_the_faults(
    session: aiohttp.ClientSession, proxy: FaultProxy, service: Letters
) -> None:
    async with controlling([(service, proxy)]) as control:
        faults = f"{control}/letters/faults"
        async with session.put(faults, json=[{"kind": "status", "status": 404, "body": "gone"}]) as response:
            assert [rule["kind"] for rule in await response.json()] == ["status"]
        assert await text(session, proxy) == "gone"
        await session.delete(faults)
        assert await text(session, proxy) == LETTERS
        async with session.get(f"{control}/letters/requests") as response:
            assert [seen["path"] for seen in await response.json()] == ["/", "/"]
        async with session.post(f"{control}/letters/drop") as response:
            assert response.status == 204
        assert await text(session, proxy) == LETTERS


@pytest.mark.parametrize("body", [b"{", b"7", b"[7]", b"[{}]", b'[{"kind":"flood"}]', b'[{"kind":"hang","path":"("}]'])
async def test_the_control_port_says_what_is_not_a_list_of_faults(
    session: aiohttp.ClientSession, proxy: FaultProxy, service: Letters, body: bytes
) -> None:
    async with controlling([(service, proxy)]) as control:
        async with session.put(f"{control}/letters/faults", data=body) as response:
            assert (response.status, (await response.text()).partition(":")[0]) == (400, "not a list of faults")
        assert proxy.faults == []


@pytest.mark.parametrize("turns", range(6))
async def test_a_connection_that_comes_while_the_proxy_ends_is_closed_too(service: Letters, turns: int) -> None:
    async with serving(service) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            for _ in range(turns):  # of the loop, in which it is accepted and passed on
                await asyncio.sleep(0)
            await proxy.stop()
            client.settimeout(5)
            with suppress(ConnectionResetError):
                assert await asyncio.to_thread(client.recv, 1) == b""
    gc.collect()  # what was left open would warn


@pytest.mark.parametrize("turns", range(6))
async def test_a_connection_that_comes_while_a_service_ends_is_closed_too(service: Letters, turns: int) -> None:
    async with AsyncExitStack() as running:
        port = await running.enter_async_context(listening(service.app()))
        with socket.create_connection(("127.0.0.1", port)) as client:
            for _ in range(turns):
                await asyncio.sleep(0)
            await running.aclose()
            client.settimeout(5)
            with suppress(ConnectionResetError):
                assert await asyncio.to_thread(client.recv, 1) == b""
    gc.collect()  # what was left open would warn
