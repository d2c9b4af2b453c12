"""Shows figures to a person."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from .figures import Figure, Series, Target


def show(figures: Sequence[Figure], console: Console) -> None:
    """Print the table and how many targets are met."""
    table = Table(caption="medians, with the quartiles in brackets", caption_justify="left")
    table.add_column("")
    for heading in ("ours", "theirs", "ratio", "target"):
        table.add_column(heading, justify="right")
    table.add_column("met")
    for figure in figures:
        table.add_row(
            figure.name,
            _cost(figure.ours, figure.unit),
            _cost(figure.theirs, figure.unit),
            "-" if figure.ratio is None else f"{figure.ratio:.2f}x",
            _target(figure.target, figure.unit),
            "[green]yes[/]" if figure.met else "[bold red]no[/]",
        )
    console.print(table)
    missed = sum(not figure.met for figure in figures)
    console.print(f"{len(figures) - missed} of {len(figures)} targets are met.")


def _cost(series: Series, unit: str) -> str:
    low, high = series.quartiles
    spread = "" if low == high else f" [dim]({_number(low)}-{_number(high)})[/]"
    return f"{_number(series.median)} {unit}{spread}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"  # noqa: PLR2004 - three digits


def _target(target: Target, unit: str) -> str:
    sign = "≤" if target.bound == "<=" else "≥"
    if target.of == "ratio":
        return f"{sign} {target.value:g}x"
    return f"{'ours' if target.of == 'ours' else 'ours - theirs'} {sign} {target.value:g} {unit}"
