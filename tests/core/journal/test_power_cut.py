"""kill -9 at every step of a change: afterwards the yes is either unsaid or exactly one pull request, and followed."""

import asyncio
from pathlib import Path
import signal
from subprocess import PIPE
import sys

import pytest

PROGRAM = Path(__file__).with_name("approval.py")
STEPS = [
    "snapshot",
    "before awaiting",
    "after awaiting",
    "before approved",
    "after approved",
    "snapshot",
    "before opening",
    "after opening",
    "before the pull request",
    "after the pull request",
    "before open",
    "after open",
    "look",
    "before merged",
    "after merged",
    "ask the cluster",
    "before synced",
    "after synced",
    "ask the cluster",
    "before healthy",
    "after healthy",
]


async def _run(directory: Path, last: int = 0) -> tuple[int | None, list[str]]:
    root = str(PROGRAM.parents[3])
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", str(PROGRAM), str(directory), str(last)),
        cwd=root,
        env={"PYTHONPATH": root},
        stdout=PIPE,
        stderr=PIPE,
    )
    output, errors = await program.communicate()
    assert errors == b""
    return program.returncode, output.decode().splitlines()


def _files(directory: Path) -> int:
    return len(list(directory.iterdir()))


@pytest.mark.parametrize("last", range(1, len(STEPS) + 1), ids=lambda last: f"{last} {STEPS[last - 1]}")
async def test_a_process_killed_in_the_middle_loses_no_yes_and_doubles_none(tmp_path: Path, last: int) -> None:
    forge = tmp_path / "forge"
    forge.mkdir()

    status, steps = await _run(tmp_path, last)
    assert status == -signal.SIGKILL
    assert steps[-1] == f"{last} {STEPS[last - 1]}"
    status, printed = await _run(tmp_path)
    assert status == 0

    asked_but_not_answered = STEPS[last - 1] in ("after awaiting", "before approved")
    assert printed[-1] == ("awaiting" if asked_but_not_answered else "healthy")
    assert _files(forge) == (0 if asked_but_not_answered else 1)


async def test_the_steps_are_all_there_are(tmp_path: Path) -> None:
    (tmp_path / "forge").mkdir()

    status, printed = await _run(tmp_path)

    assert status == 0
    assert printed == [*(f"{number} {name}" for number, name in enumerate(STEPS, start=1)), "healthy"]
