"""What a person meets when something is wrong, on a real Home Assistant: one clear sentence, and nothing half done."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from demo.entries import add_entries
from demo.faults import Fault, FaultKind
from demo.home_assistant import REPOSITORY, Client, DemoError, Hass, hass_process, write_configuration
from demo.homelab import Homelab, RealServices, homelab
from demo.tour import pull_requests

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class House:
    """A real Home Assistant with the demo's homelab and a person who is logged in."""

    hass: Hass
    client: Client
    lab: Homelab
    session: aiohttp.ClientSession
    agent: str

    async def hears(self, words: str) -> str:
        result = await self.client.say(words, self.agent)
        return result["response"]["speech"]["plain"]["speech"]

    async def pull_requests(self) -> int:
        return len(await pull_requests(self.session, self.lab))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, unused_tcp_port_factory: Callable[[], int]
) -> AsyncIterator[House]:
    directory: Path = tmp_path_factory.mktemp("house")
    port = unused_tcp_port_factory()
    write_configuration(directory, port, REPOSITORY / "custom_components")
    python = str(REPOSITORY / ".venv-ha" / "bin" / "python")
    async with (
        homelab(RealServices(), directory) as lab,
        hass_process(directory, port, python=python) as hass,
        aiohttp.ClientSession() as session,
    ):
        await hass.wait_started()
        async with await Client.onboard(session, hass.url, name="Anna", user="anna", password="anna") as client:
            await add_entries(client, lab, print)
            agent = (await client.entities("conversation"))[0]
            yield House(hass, client, lab, session, agent)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def one_sentence_and_no_traceback(house: House) -> AsyncIterator[None]:
    already = len(house.hass.log)
    yield
    for proxy in house.lab.proxies.values():
        await proxy.clear()
    spoken = "\n".join(house.hass.log[already:])
    assert "Traceback" not in spoken
    assert "loopback guard" not in spoken


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Scale jellyfin to -1", "-1"),
        ("Scale jellyfin to many", "many"),
        ("Scale jellyfish to 3", "jellyfish"),
        ("Confirm", "wait"),
        ("Confirm blue seven", "blue seven"),
        ("Cancel", "wait"),
    ],
)
async def test_what_cannot_be_is_answered_in_one_sentence_and_changes_nothing(
    house: House, words: str, meant: str
) -> None:
    before = await house.pull_requests()
    speech = await house.hears(words)
    assert meant in speech
    assert speech.endswith((".", "?"))
    assert await house.pull_requests() == before


async def test_a_second_confirm_opens_nothing_more(house: House) -> None:
    before = await house.pull_requests()
    await house.hears("Scale sonarr to 2")
    assert "is open" in await house.hears("Confirm")
    assert "already" in (await house.hears("Confirm")).lower()
    assert await house.pull_requests() == before + 1


async def test_ollama_switched_off_in_the_middle_of_an_answer_is_said_and_the_next_turn_works(house: House) -> None:
    await house.lab.proxies["ollama"].inject(Fault(kind=FaultKind.CUT, path="/api/chat", after=600))
    speech = await house.hears("Tell me a long story about a lighthouse")
    assert "The connection to the AI hub broke" in speech
    await house.lab.proxies["ollama"].clear()
    assert "problem" in await house.hears("What is wrong with my cluster?")


async def test_sentences_work_while_ollama_refuses_connections(house: House) -> None:
    await house.lab.proxies["ollama"].inject(Fault(kind=FaultKind.REFUSE))
    assert "problem" in await house.hears("What is wrong with my cluster?")
    assert "The AI hub refuses connections" in await house.hears("Tell me a joke")


@pytest.mark.parametrize(
    ("kind", "steps", "meant"),
    [
        ("hub", [{"url": "http://127.0.0.1:9"}], "does not answer"),
        ("hub", [{"url": "not a url"}], "address"),
        ("cluster", [{"next_step_id": "server"}, {"url": "http://127.0.0.1:9", "token": "x"}], "cannot be reached"),
        ("cluster", [{"next_step_id": "kubeconfig"}, {"kubeconfig": "{{{"}], "kubeconfig"),
    ],
)
async def test_a_form_says_what_is_wrong_with_its_answer(house: House, kind: str, steps: list, meant: str) -> None:
    with pytest.raises(DemoError, match=meant):
        await house.client.add_entry(kind, *steps)


async def test_a_wrong_github_token_is_named(house: House) -> None:
    wrong = {"repository": house.lab.repository, "token": "wrong", "api_url": house.lab.github_api}
    with pytest.raises(DemoError, match="does not accept the token"):
        await house.client.add_entry("repository", {"next_step_id": "github"}, wrong)


async def test_a_repository_that_is_not_there_is_named(house: House) -> None:
    wrong = {"repository": "demo/nothing", "token": house.lab.github_token, "api_url": house.lab.github_api}
    with pytest.raises(DemoError, match="demo/nothing"):
        await house.client.add_entry("repository", {"next_step_id": "github"}, wrong)
