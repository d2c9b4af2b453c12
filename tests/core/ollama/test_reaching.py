"""Reaching a server: its address, a proxy before it, and what that wants to see."""

from contextlib import aclosing
import logging
import socket

import aiohttp
import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    InputInvalid,
    ResponseInvalid,
)
from assistant_core.ollama import OllamaClient
from demo.faults import Fault, FaultKind
from demo.ollama_answer import Settings

from .conftest import REQUEST, Ollama


async def test_the_token_goes_out_and_never_into_words(ollama: Ollama, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ollama.simulator.settings = Settings(token="made-up-secret")
    assert await ollama.client(token=" made-up-secret\n").version()
    with pytest.raises(AuthenticationFailed) as raised:
        await ollama.client(token="another-secret").version()
    assert "secret" not in f"{raised.value} {raised.value.__cause__} {caplog.text}"


async def test_the_token_is_not_handed_on_by_what_the_library_raises(ollama: Ollama) -> None:
    await ollama.proxy.inject(Fault(kind=FaultKind.GARBAGE))
    with pytest.raises(ResponseInvalid) as raised:
        await ollama.client(token="made-up-secret").version()
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


async def test_a_path_before_the_api_is_kept(ollama: Ollama) -> None:
    client = OllamaClient(ollama.session, f"{ollama.proxy.url}/hub/ollama/?x=1#y")
    with pytest.raises(
        ResponseInvalid, match=f"^What answers at {ollama.proxy.url}/hub/ollama is not an Ollama server"
    ):
        await client.version()
    assert ollama.proxy.seen[-1].path == "/hub/ollama/api/version"


async def test_headers_go_out_and_never_into_words(ollama: Ollama) -> None:
    ollama.simulator.settings = Settings(token="made-up-secret")
    headers = {"authorization": "Bearer made-up-secret", "X-Access": " a secret\n"}
    client = OllamaClient(ollama.session, ollama.proxy.url, headers=headers)
    assert await client.version()
    for wrong in ({"X Access": "secret"}, {"": "secret"}, {"X-Access": "a\r\nHost: secret"}):
        with pytest.raises(InputInvalid) as raised:
            OllamaClient(ollama.session, ollama.proxy.url, headers=wrong)
        assert "secret" not in f"{raised.value} {client}"


async def test_a_dead_peer_is_noticed_by_the_kernel(ollama: Ollama) -> None:
    sockets = []

    def opened(address: aiohttp.AddrInfoType) -> socket.socket:
        sockets.append(socket.socket(*address[:3]))
        return sockets[-1]

    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=opened)) as session,
        aclosing(OllamaClient(session, ollama.proxy.url).chat(REQUEST)) as answer,
    ):
        await anext(answer)
        (sock,) = sockets
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def test_an_unknown_host_is_said() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())) as session:
        with pytest.raises(ConnectionFailed, match=r"does not answer: no host of that name is known\.$"):
            await OllamaClient(session, "http://hub.invalid:11434").version()


@pytest.mark.parametrize("url", ["", "hub", "ftp://hub", "http://", "http://hub:99999", "http://me:secret@hub"])
async def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(InputInvalid, match=r"^The address of the Ollama server must") as raised:
            OllamaClient(session, url)
        assert "secret" not in str(raised.value)


@pytest.mark.parametrize("token", ["two\nlines", "schlüssel"])
async def test_a_token_that_cannot_be_one_is_refused(token: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(InputInvalid, match="one line of plain characters"):
            OllamaClient(session, "http://hub", token=token)
