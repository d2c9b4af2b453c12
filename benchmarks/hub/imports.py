"""What a start of Home Assistant pays for importing our integration, and what for its own Ollama integration."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.util import find_spec
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
HUB = ("hub_entry", "ai_task", "binary_sensor", "button", "conversation", "llm", "sensor")
"""What a hub makes Home Assistant load of ours, besides what it loads of every integration."""
PAIRS = 4


async def against_core_imports() -> AsyncIterator[Figure]:
    """Processor time of what comes on top of Home Assistant's own modules."""
    modules = {OURS: list(_modules(OURS, *HUB)), THEIRS: list(_modules(THEIRS, "ai_task", "conversation"))}
    own = {name: await _probe(name, modules[name], ["homeassistant.bootstrap"]) for name in modules}

    async def cost(integration: str) -> float:
        known = own[integration]["home_assistant"]
        return float((await _probe(integration, modules[integration], known))["milliseconds"])

    ours, theirs = await interleaved(lambda: cost(OURS), lambda: cost(THEIRS), pairs=PAIRS, rehearsals=0)
    yield Figure(
        name="import for a hub, beyond Home Assistant's own modules",
        ours=ours,
        theirs=theirs,
        unit="ms",
        target=Target(value=50, of="excess"),
    )


def _modules(integration: str, *used: str) -> Iterator[str]:
    """What Home Assistant imports of an integration that is used like this."""
    from homeassistant.loader import BASE_PRELOAD_PLATFORMS  # noqa: PLC0415 - the other comparisons do without

    yield integration
    spec = find_spec(integration)
    folders = spec.submodule_search_locations if spec else None
    for name in (*used, *BASE_PRELOAD_PLATFORMS):
        if any(Path(folder, f"{name}.py").exists() for folder in folders or ()):
            yield f"{integration}.{name}"


def _environment() -> dict[str, str]:
    """Ours, and bytecode kept as any installation keeps it: the first probe compiles, the others do not."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


async def _probe(integration: str, modules: Sequence[str], known: Sequence[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", str(PROBE),
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    request = {"integration": integration, "modules": modules, "known": known}
    answer, errors = await process.communicate(json.dumps(request).encode())
    if process.returncode:
        raise BenchmarkError(f"{integration} cannot be imported: {errors.decode().strip().splitlines()[-1]}")
    result: dict[str, Any] = json.loads(answer)
    return result
