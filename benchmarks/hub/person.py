"""Somebody who speaks to Home Assistant and notes when the answer begins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import time
from typing import Any

from demo.home_assistant import Client

from ..figures import BenchmarkError

TURN_SECONDS = 60


@dataclass(frozen=True)
class Spoken:
    """The outcome of a turn: seconds until the first words arrived, and all of them."""

    first: float
    text: str


@asynccontextmanager
async def patience(seconds: int, what: str) -> AsyncIterator[None]:
    """Raise BenchmarkError when `what` takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise BenchmarkError(f"{what} took longer than {seconds} seconds.") from error


class Person(Client):
    """A client that talks through a pipeline, as dashboards and satellites do."""

    async def speak(self, text: str, pipeline: str, satellite: str | None = None) -> Spoken:
        """Begin a conversation and listen to the answer. Raises BenchmarkError when the turn fails."""
        command = {
            "type": "assist_pipeline/run",
            "start_stage": "intent",
            "end_stage": "intent",
            "input": {"text": text},
            "pipeline": pipeline,
            "device_id": satellite,
        }
        first, answer = 0.0, ""
        begun = time.perf_counter()
        async with patience(TURN_SECONDS, "A turn"):
            async for kind, data in self._events(command):
                if kind == "intent-progress" and not first and data.get("chat_log_delta", {}).get("content"):
                    first = time.perf_counter() - begun
                elif kind == "intent-end":
                    answer = data["intent_output"]["response"]["speech"]["plain"]["speech"]
                elif kind == "error":
                    raise BenchmarkError(f"A turn failed: {data['message']}")
        return Spoken(first, answer)

    async def converse(self, text: str, agent: str) -> Spoken:
        """Say something to an agent without a pipeline. Raises BenchmarkError when it does not understand."""
        begun = time.perf_counter()
        answer = await self.call("conversation/process", text=text, agent_id=agent)
        seconds = time.perf_counter() - begun
        if answer["response"]["response_type"] == "error":
            raise BenchmarkError(f"A sentence failed: {text}")
        return Spoken(seconds, answer["response"]["speech"]["plain"]["speech"])

    async def _events(self, command: dict[str, Any]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Kind and data of every event of a run."""
        if self._socket is None:
            raise BenchmarkError("The WebSocket is not open.")
        self._next_id += 1
        await self._socket.send_json({"id": self._next_id, **command})
        while True:
            message = await self._socket.receive_json()
            if message["id"] != self._next_id:
                continue
            if not message.get("success", True):
                raise BenchmarkError(f"A turn failed: {message['error']['message']}")
            if message["type"] == "event":
                event = message["event"]
                yield event["type"], event["data"] or {}
                if event["type"] == "run-end":
                    return
