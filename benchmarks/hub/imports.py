"""What a start of Home Assistant pays for importing our integration, and what for its own Ollama integration."""

import asyncio
from collections.abc import AsyncIterator, Sequence
import json
import os
from pathlib import Path
import sys
from typing import Any

from demo.home_assistant import REPOSITORY

from ..figures import BenchmarkError, Figure, Target, interleaved

PROBE = Path(__file__).with_name("import_probe.py")
OURS = "custom_components.homelab_assistant"
THEIRS = "homeassistant.components.ollama"
PAIRS = 4


async def against_core_imports() -> AsyncIterator[Figure]:
    """Processor time of what comes on top of Home Assistant's own modules."""
    own = {name: (await _probe(name, ["homeassistant.bootstrap"]))["home_assistant"] for name in (OURS, THEIRS)}

    async def cost(integration: str) -> float:
        return float((await _probe(integration, own[integration]))["milliseconds"])

    ours, theirs = await interleaved(lambda: cost(OURS), lambda: cost(THEIRS), pairs=PAIRS, rehearsals=0)
    yield Figure(
        name="import beyond Home Assistant's own modules",
        ours=ours,
        theirs=theirs,
        unit="ms",
        target=Target(value=50, of="ours"),
    )


def _environment() -> dict[str, str]:
    """Ours, and bytecode kept as any installation keeps it: the first probe compiles, the others do not."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


async def _probe(integration: str, known: Sequence[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", str(PROBE),
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    answer, errors = await process.communicate(json.dumps({"integration": integration, "known": known}).encode())
    if process.returncode:
        raise BenchmarkError(f"{integration} cannot be imported: {errors.decode().strip().splitlines()[-1]}")
    result: dict[str, Any] = json.loads(answer)
    return result
