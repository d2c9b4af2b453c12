"""What is loaded for a hub: nothing that only clusters, repositories and changes need."""

import json
from pathlib import Path
import subprocess
import sys

from homeassistant.loader import BASE_PRELOAD_PLATFORMS

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "homelab_assistant"
HUB = ("hub_entry", "ai_task", "binary_sensor", "button", "conversation", "llm", "sensor")
PROGRAM = """
from importlib import import_module
import json, sys
for name in json.loads(sys.argv[1]):
    import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def test_a_hub_loads_neither_engine_nor_guard_nor_any_client_of_others() -> None:
    package = "custom_components.homelab_assistant"
    parts = [name for name in (*HUB, *BASE_PRELOAD_PLATFORMS) if (COMPONENT / f"{name}.py").exists()]
    command = [sys.executable, "-c", PROGRAM, json.dumps([package, *(f"{package}.{part}" for part in parts)])]
    loaded = set(json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))  # noqa: S603 - ours
    for room in ("gitops", "guard", "forge", "findings", "cluster", "kube"):
        assert f"{package}.assistant_core.{room}" not in loaded
    for part in ("cluster_sensors", "repository_sensors", "change_entities", "change_buttons"):
        assert f"{package}.{part}" not in loaded
    for library in ("github", "kubernetes_asyncio", "dulwich", "jsonschema", "msgspec", "prometheus_client", "hcl2"):
        assert library not in loaded
