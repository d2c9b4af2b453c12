"""`python -m benchmarks [AREA...] [--json]`; progress goes to stderr, figures to stdout."""

import argparse
import asyncio
from collections.abc import Sequence
from importlib import import_module
import json
import pkgutil
import sys

from rich.console import Console

from demo.home_assistant import DemoError

from . import __path__ as here
from .figures import BenchmarkError, Comparison, Figure
from .report import show

PIPE_WIDTH = 140


def areas() -> list[str]:
    """The names of all areas."""
    return [module.name for module in pkgutil.iter_modules(here) if module.ispkg]


def arguments() -> argparse.Namespace:
    """What the person wants."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures us beside others, as ratios of one run. A target that is not met is no failure.",
    )
    parser.add_argument("areas", metavar="AREA", nargs="*", help=f"one of {', '.join(areas())} (default: all)")
    parser.add_argument("--json", action="store_true", help="print a list of figures instead of a table")
    options = parser.parse_args()
    if unknown := sorted(set(options.areas) - set(areas())):
        parser.error(f"there is no area {unknown[0]}; there are {', '.join(areas())}")
    return options


def run(comparisons: Sequence[Comparison], *, as_json: bool) -> int:
    """Make the comparisons and print the figures; returns the exit status, which is about the measurement only."""
    figures: list[Figure] = []
    failure = ""
    try:
        asyncio.run(_measure(comparisons, figures))
    except (BenchmarkError, DemoError) as error:
        failure = str(error)
    if as_json:
        print(json.dumps([figure.as_json() for figure in figures], indent=2))
    else:
        show(figures, Console(width=None if sys.stdout.isatty() else PIPE_WIDTH))
    if failure:
        print(f"scripts/bench: {failure}", file=sys.stderr)
    return 1 if failure else 0


async def _measure(comparisons: Sequence[Comparison], figures: list[Figure]) -> None:
    with Console(stderr=True).status("measuring") as status:
        for comparison in comparisons:
            async for figure in comparison():
                figures.append(figure)
                status.update(f"measured {figure.name}")


def main() -> int:
    """Do what the person wants; returns the exit status."""
    options = arguments()
    chosen = [import_module(f"{__package__}.{area}").COMPARISONS for area in options.areas or areas()]
    try:
        return run([comparison for area in chosen for comparison in area], as_json=options.json)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
