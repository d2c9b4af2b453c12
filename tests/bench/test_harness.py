"""The harness of the benchmarks: order, arithmetic, table and JSON. No test here measures time."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
import io
import json
from pathlib import Path
import sys

import aiohttp
import pytest
from rich.console import Console

from benchmarks.__main__ import areas, run
from benchmarks.figures import BenchmarkError, Comparison, Figure, Target, counted, interleaved
from benchmarks.report import show
from benchmarks.served import served
from demo.ollama import OllamaSimulator

REPOSITORY = Path(__file__).resolve().parents[2]
HALF = Target(value=0.5)
LASTS = Target(value=99, of="ours", bound=">=")


def figure(
    ours: tuple[float, ...] = (1,), theirs: tuple[float, ...] = (4,), target: Target = HALF, name: str = "wait"
) -> Figure:
    return Figure(name=name, ours=counted(*ours), theirs=counted(*theirs), unit="ms", target=target)


def comparison(*figures: Figure, failure: str = "") -> Comparison:
    async def compare() -> AsyncIterator[Figure]:
        for each in figures:
            yield each
        if failure:
            raise BenchmarkError(failure)

    return compare


async def test_sides_alternate_and_who_begins_alternates_too() -> None:
    order: list[str] = []

    async def ours() -> float:
        order.append("o")
        return 1

    async def theirs() -> float:
        order.append("t")
        return 2

    series = await interleaved(ours, theirs, pairs=3, rehearsals=1)

    assert "".join(order) == "ot" + "ot" + "to" + "ot"
    assert [each.samples for each in series] == [(1, 1, 1), (2, 2, 2)]


def test_a_series_is_its_median_and_half_of_it_lies_between_its_quartiles() -> None:
    assert counted(1, 2, 3, 4, 100).median == 3
    assert counted(1, 2, 3, 4, 100).quartiles == (2, 4)
    assert counted(7).quartiles == (7, 7)


@pytest.mark.parametrize(
    ("measured", "met"),
    [
        (figure(ours=(2,), theirs=(4,)), True),
        (figure(ours=(2.1,), theirs=(4,)), False),
        (figure(ours=(0,), theirs=(0,)), False),
        (figure(ours=(99,), theirs=(57,), target=LASTS), True),
        (figure(ours=(98,), theirs=(57,), target=LASTS), False),
        (figure(ours=(50,), theirs=(0,), target=Target(value=50, of="ours")), True),
    ],
)
def test_a_target_bounds_the_ratio_or_our_own_cost(measured: Figure, *, met: bool) -> None:
    assert measured.met is met


def test_the_table_tells_figures_targets_and_how_many_are_met() -> None:
    told = io.StringIO()

    show([figure(), figure(ours=(3, 4, 5)), figure(ours=(100,), target=LASTS)], Console(file=told, width=120))

    assert "0.25x" in told.getvalue()
    assert "4 ms (3.5-4.5)" in told.getvalue()
    assert "≤ 0.5x" in told.getvalue()
    assert "ours ≥ 99 ms" in told.getvalue()
    assert "2 of 3 targets are met." in told.getvalue()


def test_json_is_a_list_of_figures_with_plain_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    status = run([comparison(figure()), comparison(figure(ours=(3, 4, 5)))], as_json=True)

    first, second = json.loads(capsys.readouterr().out)
    assert status == 0
    assert {key: first[key] for key in ("name", "ours", "theirs", "unit", "ratio", "target", "met")} == {
        "name": "wait",
        "ours": 1,
        "theirs": 4,
        "unit": "ms",
        "ratio": 0.25,
        "target": 0.5,
        "met": True,
    }
    assert (second["met"], second["ours_quartiles"], second["samples"]) == (False, [3.5, 4.5], 3)


def test_a_target_that_is_not_met_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([comparison(figure(ours=(4,)))], as_json=False) == 0
    assert "0 of 1 targets are met." in capsys.readouterr().out


def test_what_cannot_be_measured_is_a_failure_that_keeps_what_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([comparison(figure(), failure="The house burned down.")], as_json=True) == 1

    out, err = capsys.readouterr()
    assert [each["name"] for each in json.loads(out)] == ["wait"]
    assert err == "scripts/bench: The house burned down.\n"


def test_the_hub_is_an_area() -> None:
    assert "hub" in areas()


async def test_an_unknown_area_is_refused_with_the_ones_there_are() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks", "kitchen", cwd=REPOSITORY, stderr=PIPE
    )
    _, errors = await process.communicate()

    assert process.returncode == 2
    told = " ".join(errors.decode().split())
    assert f"there is no area kitchen; there are {', '.join(areas())}" in told


async def test_a_simulator_runs_in_a_process_of_its_own_and_ends_with_the_comparison() -> None:
    async with aiohttp.ClientSession() as session:
        async with served(OllamaSimulator) as service, session.get(f"{service.url}/api/version") as response:
            assert response.status == 200
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"{service.url}/api/version")
