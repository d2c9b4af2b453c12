"""A real `hass` process on a fresh configuration, and a client of its HTTP and WebSocket API."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any, Self

import aiohttp

REPOSITORY = Path(__file__).resolve().parent.parent
READY = "Home Assistant initialized in"
START_SECONDS = 300
STOP_SECONDS = 30
CALL_SECONDS = 60
SAVE = {"save_cluster", "save_repository"}
"""What is pressed when the config flow has shown what it found."""

CONFIGURATION = """\
homeassistant:
  name: Homelab demo
  country: SE
  language: en
  time_zone: UTC
frontend:
config:
api:
websocket_api:
conversation:
assist_pipeline:
history:
logbook:
todo:
recorder:
automation:
script:
logger:
  default: warning
  logs:
    homeassistant.bootstrap: info
    haffmpeg: fatal
    homeassistant.components.camera.img_util: fatal
    custom_components.homelab_assistant: info
"""


type Step = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]
"""An answer to a config flow's form, or what makes one from the form shown."""


class DemoError(Exception):
    """The demo cannot go on; the message is one sentence for a person."""


def write_configuration(directory: Path, port: int, components: Path) -> None:
    """A minimal configuration that listens on 127.0.0.1 only and finds our component in `components`."""
    (directory / ".storage").mkdir(parents=True, exist_ok=True)
    (directory / "configuration.yaml").write_text(CONFIGURATION)
    if not (directory / "custom_components").exists():
        (directory / "custom_components").symlink_to(components, target_is_directory=True)
    http = {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "intermediate_v6",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    # Home Assistant takes `http:` from YAML for a trial of five minutes only and then listens everywhere.
    storage = {
        "version": 3,
        "minor_version": 1,
        "key": "http",
        "data": {"stable": http, "pending": None, "yaml_migration_done": True},
    }
    (directory / ".storage" / "http").write_text(json.dumps(storage))


@dataclass
class Hass:
    """A running Home Assistant process; `log` holds the lines it has printed so far."""

    process: asyncio.subprocess.Process
    url: str
    log: list[str]
    reader: asyncio.Task[None]
    started: asyncio.Event

    async def wait_started(self) -> None:
        """Return when it is initialized; raises DemoError when it ends or stays silent instead."""
        waiting = asyncio.ensure_future(self.started.wait())
        done, _ = await asyncio.wait({waiting, self.reader}, timeout=START_SECONDS, return_when="FIRST_COMPLETED")
        waiting.cancel()
        if waiting not in done:
            tail = "\n".join(self.log[-20:])
            raise DemoError(f"Home Assistant did not start; its last words were:\n{tail}")

    async def stop(self) -> None:
        """End the process and everything it started."""
        for sent, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, sent)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), patience)
                break
        await self.reader


@asynccontextmanager
async def hass_process(
    directory: Path, port: int, *, allow: tuple[str, ...] = (), python: str = sys.executable
) -> AsyncIterator[Hass]:
    """Start `hass` of `python`'s environment on `directory`, connecting to loopback and to `allow` only."""
    allowed = [word for host in allow for word in ("--allow", host)]
    process = await asyncio.create_subprocess_exec(
        # -P and no PYTHONPATH: only the configuration's own custom_components may be found.
        python, "-P", str(REPOSITORY / "demo" / "loopback.py"), *allowed, "--config", str(directory), "--skip-pip",
        cwd=directory,
        env={**{name: text for name, text in os.environ.items() if name != "PYTHONPATH"}, "PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=1024 * 1024,
        start_new_session=True,
    )  # fmt: skip
    log: list[str] = []
    started = asyncio.Event()

    async def read() -> None:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        async for raw in process.stdout:
            log.append(raw.decode(errors="replace").rstrip())
            if READY in log[-1]:
                started.set()

    hass = Hass(process, f"http://127.0.0.1:{port}", log, asyncio.create_task(read()), started)
    try:
        yield hass
    finally:
        await hass.stop()


class Client:
    """A person's access to a Home Assistant: HTTP and WebSocket API."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._token = token
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._next_id = 0

    @classmethod
    async def onboard(cls, session: aiohttp.ClientSession, url: str, *, name: str, user: str, password: str) -> Self:
        """Create the first user of a fresh installation and finish the onboarding."""
        client_id = f"{url}/"
        account = {"client_id": client_id, "name": name, "username": user, "password": password, "language": "en"}
        created = await _json(session.post(f"{url}/api/onboarding/users", json=account))
        client = await cls._from_code(session, url, created["auth_code"])
        await client.post("/api/onboarding/core_config", {})
        await client.post("/api/onboarding/analytics", {})
        await client.post("/api/onboarding/integration", {"client_id": client_id, "redirect_uri": client_id})
        return client

    @classmethod
    async def log_in(cls, session: aiohttp.ClientSession, url: str, *, user: str, password: str) -> Self:
        """Log in as a person does."""
        start = {"client_id": f"{url}/", "handler": ["homeassistant", None], "redirect_uri": f"{url}/"}
        flow = await _json(session.post(f"{url}/auth/login_flow", json=start))
        answer = {"client_id": f"{url}/", "username": user, "password": password}
        result = await _json(session.post(f"{url}/auth/login_flow/{flow['flow_id']}", json=answer))
        if "result" not in result:
            raise DemoError(f"Home Assistant does not accept the password of {user}.")
        return await cls._from_code(session, url, result["result"])

    @classmethod
    async def _from_code(cls, session: aiohttp.ClientSession, url: str, code: str) -> Self:
        grant = {"grant_type": "authorization_code", "code": code, "client_id": f"{url}/"}
        tokens = await _json(session.post(f"{url}/auth/token", data=grant))
        return cls(session, url, tokens["access_token"])

    async def __aenter__(self) -> Self:
        """Open the WebSocket."""
        socket = await self._session.ws_connect(f"{self._url}/api/websocket", max_msg_size=0)
        await socket.receive_json(timeout=CALL_SECONDS)
        await socket.send_json({"type": "auth", "access_token": self._token})
        answer = await socket.receive_json(timeout=CALL_SECONDS)
        if answer["type"] != "auth_ok":
            raise DemoError("Home Assistant does not accept the access token.")
        self._socket = socket
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the WebSocket."""
        if self._socket is not None:
            await self._socket.close()

    async def get(self, path: str) -> Any:
        """The JSON answer of a GET."""
        return await _json(self._session.get(self._url + path, headers=self._headers))

    async def post(self, path: str, data: dict[str, Any]) -> Any:
        """The JSON answer of a POST."""
        return await _json(self._session.post(self._url + path, headers=self._headers, json=data))

    async def call(self, command: str, **fields: Any) -> Any:
        """The result of a WebSocket command; raises DemoError with Home Assistant's message when it fails."""
        if self._socket is None:
            raise DemoError("The WebSocket is not open.")
        self._next_id += 1
        await self._socket.send_json({"id": self._next_id, "type": command, **fields})
        while True:
            answer = await self._socket.receive_json(timeout=CALL_SECONDS)
            if answer.get("id") == self._next_id and answer["type"] == "result":
                break
        if not answer["success"]:
            raise DemoError(f"{command}: {answer['error']['message']}")
        return answer["result"]

    async def say(self, text: str, agent: str, conversation: str | None = None) -> dict[str, Any]:
        """Speak to a conversation agent; returns its whole result."""
        spoken = {"text": text, "agent_id": agent, "language": "en", "conversation_id": conversation}
        result: dict[str, Any] = await self.call("conversation/process", **spoken)
        return result

    async def add_entry(self, kind: str, *steps: Step) -> dict[str, Any]:
        """Walk the config flow of one kind of entry of our integration; returns the entry created."""
        flow_url = "/api/config/config_entries/flow"
        flow = await self.post(flow_url, {"handler": "homelab_assistant", "show_advanced_options": False})
        for step in ({"next_step_id": kind}, *steps):
            answer = step(flow) if callable(step) else step
            flow = await self.post(f"{flow_url}/{flow['flow_id']}", answer)
            if flow.get("errors"):
                break
        while save := SAVE.intersection(flow.get("menu_options") or ()):
            flow = await self.post(f"{flow_url}/{flow['flow_id']}", {"next_step_id": save.pop()})
        if flow["type"] != "create_entry":
            reasons = flow.get("description_placeholders") or {}
            reason = reasons.get("message") or flow.get("errors") or flow.get("reason") or flow["type"]
            raise DemoError(f"Home Assistant did not accept the {kind}: {reason}")
        entry: dict[str, Any] = flow["result"]
        return entry

    async def entities(self, domain: str) -> list[str]:
        """The entity ids of our integration in a domain, such as `conversation`."""
        registry = await self.call("config/entity_registry/list")
        return sorted(
            entity["entity_id"]
            for entity in registry
            if entity["platform"] == "homelab_assistant" and entity["entity_id"].startswith(f"{domain}.")
        )


async def _json(request: Any) -> Any:
    try:
        async with asyncio.timeout(CALL_SECONDS), request as response:
            if response.status >= 400:  # noqa: PLR2004 - HTTP's own border
                raise DemoError(
                    f"{response.method} {response.url.path}: {response.status} {(await response.text())[:300]}"
                )
            return await response.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise DemoError(f"Home Assistant does not answer: {error or type(error).__name__}") from error
