"""Home Assistant under the guard of the demo."""

import asyncio
import os
from pathlib import Path
import subprocess
import sys

import pytest

GUARD = Path(__file__).resolve().parents[2] / "demo" / "loopback.py"


@pytest.fixture
def home_assistant(tmp_path: Path) -> Path:
    """A package of that name, which asks to be restarted when it is started first, and then says what it was given."""
    package = tmp_path / "homeassistant"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        "import pathlib, sys\n"
        "seen = pathlib.Path(sys.argv[-1])\n"
        "if not seen.exists(): seen.touch(); sys.exit(100)\n"
        "print(*sys.argv[1:-1]); sys.exit(7)\n"
    )
    return tmp_path


async def test_a_restart_starts_it_again_with_the_same_arguments(home_assistant: Path) -> None:
    arguments = ("-P", GUARD, "--allow", "nas.invalid", "--config", "here", home_assistant / "seen")
    environment = os.environ | {"PYTHONPATH": str(home_assistant)}
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment, stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    assert (process.returncode, said) == (7, b"--config here\n")
