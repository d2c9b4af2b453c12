"""A real Home Assistant with 500 entities and, for each model, two agents on one Ollama: ours and its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import secrets
import socket
import tempfile
from typing import Any

import aiohttp
import yaml

from demo.home_assistant import REPOSITORY, hass_process, write_configuration

from ..figures import BenchmarkError
from .ollama import CODER, TALKER, Ollama
from .person import Person, patience
from .rooms import ROOMS, WEATHER, configuration, things

FLOWS = "/api/config/config_entries/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
LONG_CONTEXT = 32_768  # in 8,192 tokens, the default, its prompt of 500 entities does not fit
READY_SECONDS = 30


@dataclass(frozen=True)
class House:
    """`agents` are the pipelines of ours and theirs for each model, `satellites` two devices in different rooms.

    `ours` is our first agent itself.
    """

    person: Person
    ours: str
    agents: dict[str, tuple[str, str]]
    satellites: tuple[str, str]

    async def expose(self, count: int) -> None:
        """Let voice assistants know exactly so many of its entities."""
        ids = [thing.entity_id for thing in things()]
        for exposed, which in ((True, ids[:count]), (False, ids[count:])):
            await self.person.call(
                "homeassistant/expose_entity", assistants=["conversation"], entity_ids=which, should_expose=exposed
            )

    async def change(self, weather: int) -> None:
        """Give every sensor and every light another state."""
        await self._call("input_number", "set_value", {"value": weather}, [WEATHER])
        lights = [thing.entity_id for thing in things() if thing.domain == "light"]
        await self._call("light", "toggle", {}, lights)

    async def _call(self, domain: str, service: str, data: dict[str, Any], targets: Sequence[str]) -> None:
        target = {"entity_id": list(targets)}
        await self.person.call("call_service", domain=domain, service=service, service_data=data, target=target)


@asynccontextmanager
async def living_house(session: aiohttp.ClientSession, ollama: Ollama) -> AsyncIterator[House]:
    """Build it, in about half a minute. Raises DemoError and BenchmarkError."""
    with tempfile.TemporaryDirectory(prefix="homelab-bench-") as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        directory = Path(name)
        write_configuration(directory, port, _components(directory / "components"))
        with (directory / "configuration.yaml").open("a") as file:
            yaml.safe_dump(configuration(), file)
        async with hass_process(directory, port) as hass:
            await hass.wait_started()
            password = secrets.token_urlsafe(9)
            person = await Person.onboard(session, hass.url, name="Bench", user="bench", password=password)
            async with person:
                await _furnish(person)
                agents = await _add_agents(person, ollama.url)
                ours, *_ = await _agents(person, "homelab_assistant")
                yield House(person, ours, agents, await _satellites(person))


def _components(directory: Path) -> Path:
    """Our integration without the tools that it gives to every other agent: the other side shall not carry them."""
    ours = directory / "homelab_assistant"
    ours.mkdir(parents=True)
    for part in (REPOSITORY / "custom_components" / "homelab_assistant").iterdir():
        if part.name not in {"llm.py", "__pycache__"}:
            (ours / part.name).symlink_to(part)
    (directory / "__init__.py").touch()  # else Home Assistant finds the checkout, which is on its path, too
    return directory


async def _furnish(person: Person) -> None:
    for area in await person.call("config/area_registry/list"):  # those that every new installation has
        await person.call("config/area_registry/delete", area_id=area["area_id"])
    areas = {room: (await person.call("config/area_registry/create", name=room))["area_id"] for room in ROOMS}
    known = {entity["entity_id"] for entity in await person.call("config/entity_registry/list")}
    if missing := [thing.entity_id for thing in things() if thing.entity_id not in known]:
        raise BenchmarkError(f"Home Assistant has no {missing[0]}; {len(missing)} entities are missing.")
    for thing in things():
        await person.call("config/entity_registry/update", entity_id=thing.entity_id, area_id=areas[thing.room])


async def _add_agents(person: Person, url: str) -> dict[str, tuple[str, str]]:
    ours = await _walk(person, FLOWS, "homelab_assistant", {"next_step_id": "hub"}, {"url": url}, {"model": TALKER})
    await _add_agent(person, ours["result"]["entry_id"], {"model": CODER})
    theirs = await _walk(person, FLOWS, "ollama", {"url": url})
    for model in (TALKER, CODER):
        core = {"name": f"Core {model}", "model": model, "llm_hass_api": ["assist"], "num_ctx": LONG_CONTEXT}
        await _add_agent(person, theirs["result"]["entry_id"], core)
    pipelines = [
        [await _pipeline(person, agent) for agent in await _agents(person, platform)]
        for platform in ("homelab_assistant", "ollama")
    ]
    return dict(zip((TALKER, CODER), zip(*pipelines, strict=True), strict=True))


async def _add_agent(person: Person, entry_id: str, agent: dict[str, Any]) -> None:
    """Add a conversation subentry, which needs its entry loaded and makes it load again."""
    await _until_loaded(person, entry_id)
    await _walk(person, SUBENTRY_FLOWS, [entry_id, "conversation"], agent)
    await _until_loaded(person, entry_id)


async def _until_loaded(person: Person, entry_id: str) -> None:
    async with patience(READY_SECONDS, "Setting up a config entry"):
        while True:
            entry = (await person.call("config_entries/get_single", entry_id=entry_id))["config_entry"]
            if entry["state"] == "loaded":
                return
            await asyncio.sleep(0.1)


async def _walk(person: Person, flows: str, handler: str | list[str], *answers: dict[str, Any]) -> dict[str, Any]:
    """Walk a config flow to its end."""
    flow: dict[str, Any] = await person.post(flows, {"handler": handler, "show_advanced_options": False})
    for answer in answers:
        if flow["type"] not in {"form", "menu"}:
            break
        flow = await person.post(f"{flows}/{flow['flow_id']}", answer)
    if flow["type"] != "create_entry":
        raise BenchmarkError(f"The config flow of {handler} did not end: {flow.get('errors') or flow.get('reason')}.")
    return flow


async def _agents(person: Person, platform: str) -> list[str]:
    """The agents of an integration in the order they were added."""
    registry = await person.call("config/entity_registry/list")
    agents = [e for e in registry if e["platform"] == platform and e["entity_id"].startswith("conversation.")]
    return [each["entity_id"] for each in sorted(agents, key=lambda each: each["created_at"])]


async def _pipeline(person: Person, agent: str) -> str:
    speech = {"stt_engine": None, "stt_language": None, "tts_engine": None, "tts_language": None, "tts_voice": None}
    pipeline = await person.call(
        "assist_pipeline/pipeline/create",
        name=agent,
        language="en",
        conversation_engine=agent,
        conversation_language="en",
        wake_word_entity=None,
        wake_word_id=None,
        **speech,
    )
    return str(pipeline["id"])


async def _satellites(person: Person) -> tuple[str, str]:
    """Two devices, put into two rooms."""
    first, second, *_ = await person.call("config/device_registry/list")
    areas = await person.call("config/area_registry/list")
    for device, area in ((first, areas[0]), (second, areas[2])):
        await person.call("config/device_registry/update", device_id=device["id"], area_id=area["area_id"])
    return first["id"], second["id"]
