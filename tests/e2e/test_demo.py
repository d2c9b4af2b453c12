"""`scripts/demo`, from outside."""

from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
import os
from pathlib import Path
import re
import signal

import pytest

type StartDemo = Callable[..., Awaitable[Process]]


async def everything_printed_by(process: Process) -> str:
    output, _ = await process.communicate()
    return output.decode()


async def printed_until(process: Process, words: str) -> str:
    text = ""
    while words not in text:
        line = await process.stdout.readline()
        assert line, f"the demo ended before it said {words!r}:\n{text}"
        text += line.decode()
    return text


def command_lines_naming(words: str) -> list[str]:
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended while we looked
        if words in line:
            lines.append(line)
    return lines


@pytest.mark.parametrize(
    "options", [(), ("--fault", "ollama=refuse")], ids=["all is well", "Ollama refuses connections"]
)
async def test_the_tour_ends_in_one_pull_request_with_one_changed_line(
    start_demo: StartDemo, options: tuple[str, ...]
) -> None:
    process = await start_demo("--tour", "--port", "0", *options)
    output = await everything_printed_by(process)
    assert process.returncode == 0, output
    assert "media" in output
    assert re.search(r"^-  replicas: 1\b.*\n\+  replicas: 3\b", output, re.MULTILINE), output
    assert output.count("Pull request ") >= 1
    assert len(re.findall(r"\(\d+ ms\)", output)) == 5


async def test_ctrl_c_leaves_no_process_and_no_directory(start_demo: StartDemo, tmp_path: Path) -> None:
    directory = tmp_path / "configuration"
    process = await start_demo("--port", "0", "--config", str(directory))
    output = await printed_until(process, "Ctrl-C ends everything.")
    assert command_lines_naming(str(directory))
    assert re.search(r"^Home Assistant +http://127\.0\.0\.1:\d+$", output, re.MULTILINE)
    assert re.search(r"^Password +\S+$", output, re.MULTILINE)
    os.killpg(process.pid, signal.SIGINT)
    await process.communicate()
    assert process.returncode == 130
    assert not command_lines_naming(str(directory))
    assert not directory.exists()


async def test_a_directory_that_is_not_empty_is_left_alone(start_demo: StartDemo, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    process = await start_demo("--config", str(tmp_path))
    output = await everything_printed_by(process)
    assert process.returncode == 1
    assert output.strip().splitlines()[-1] == f"scripts/demo: {tmp_path} is not an empty directory; name a new one."
    assert (tmp_path / "precious").read_text() == "mine"


async def test_a_real_repository_without_a_token_is_refused_in_one_sentence(
    start_demo: StartDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOMELAB_GITHUB_TOKEN", raising=False)
    process = await start_demo("--github", "somebody/homelab")
    output = await everything_printed_by(process)
    assert process.returncode == 1
    assert "HOMELAB_GITHUB_TOKEN" in output.strip().splitlines()[-1]
    assert "Traceback" not in output
