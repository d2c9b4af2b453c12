"""What a terminal shows: text that others wrote can neither colour it nor steer it."""

from collections.abc import Iterable, Mapping
from typing import Any
import unicodedata

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..gitops import unified_diff
from ..guard import Risk, Severity, Violation
from ..models.change import Proposal
from ..models.finding import Finding
from ..speech import Phrases
from .exits import Outcome
from .outcome import Result
from .services import Household

SHORT_HASH = 12
_UNBOUND = 1000  # characters
_SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_RISK_STYLES = {Risk.LOW: "green", Risk.MEDIUM: "yellow", Risk.HIGH: "red"}
_OUTCOME_STYLES = {
    Outcome.PROPOSED: "bold",
    Outcome.UNCHANGED: "",
    Outcome.CLARIFY: "",
    Outcome.REFUSED: "red",
    Outcome.FAILED: "red",
}
_DIFF_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def safe(text: str) -> str:
    """`text` with control and direction characters as their escapes; line feeds and tabs stay."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char)[0] != "C" else f"\\u{ord(char):04x}" for char in text
    )


def print_json(value: object) -> None:
    """Print data; dataclasses and named tuples become objects."""
    print(orjson.dumps(value, default=_named, option=orjson.OPT_INDENT_2).decode())  # noqa: T201 - what the command is for


def print_line(value: object) -> None:
    """Print data on a line of its own, at once: somebody may be waiting for it."""
    print(orjson.dumps(value, default=_named).decode(), flush=True)  # noqa: T201 - what the command is for


def _named(value: Any) -> Mapping[str, Any]:
    """A named tuple by its fields: orjson knows dataclasses only."""
    if not isinstance(value, tuple) or not hasattr(value, "_fields"):
        raise TypeError
    return dict(zip(value._fields, value, strict=True))


def print_status(house: Household, phrases: Phrases) -> None:
    """One row for each named service."""
    rows = Table(show_header=False, box=None, pad_edge=False)
    for name, seen, said in (
        ("hub", house.hub_seen, phrases.say_models(house.hub_seen)),
        ("gpu", house.gpus_seen, phrases.say_gpu(house.gpus_seen)),
        ("cluster", house.findings_seen, phrases.say_findings(house.findings_seen)),
    ):
        if seen is not None:
            told = Text(safe(str(seen.error)), style="red") if seen.error else Text(safe(said))
            rows.add_row(Text(name, style="bold"), told)
    tabular().print(rows)


def tabular() -> Console:
    """A console for tables: a file or another program gets every row on one line."""
    console = Console()
    return console if console.is_terminal else Console(width=_UNBOUND)


def print_findings(findings: tuple[Finding, ...]) -> None:
    """Every finding, with all its texts."""
    rows = table("since", "object", "problem")
    for finding in findings:
        where = "/".join(part for part in (finding.kind, finding.namespace, finding.name) if part)
        problem = "\n".join(finding.errors)
        rows.add_row(f"{finding.first_seen:%Y-%m-%d %H:%M}", Text(safe(where)), Text(safe(problem)))
    tabular().print(rows)


def print_proposals(proposals: Iterable[Proposal]) -> None:
    """One row for each proposal."""
    rows = table("hash", "state", "change", "pull request")
    for proposal in proposals:
        target = proposal.target
        change = f"{target.namespace}/{target.name}: {target.field} {target.before} -> {target.after}"
        link = Text(safe(proposal.pull_request or proposal.failure or ""))
        rows.add_row(proposal.hash[:SHORT_HASH], proposal.state.value, Text(safe(change)), link)
    tabular().print(rows)


def table(*columns: str) -> Table:
    """A table that cuts nothing: what is too long goes on in the next line."""
    rows = Table(box=None, pad_edge=False)
    for column in columns:
        rows.add_column(column, overflow="fold")
    return rows


def print_diff(diff: str) -> None:
    """A unified diff in colours."""
    console = Console(soft_wrap=True)
    for line in safe(diff).splitlines():
        style = next((style for start, style in _DIFF_STYLES.items() if line.startswith(start)), "")
        console.print(Text(line, style=style))


def print_result(result: Result) -> None:
    """What a wish came to: its summary, the diff, the risk and what the checks say."""
    console = Console(soft_wrap=True)
    if result.question:
        console.print(Text(safe(result.question)))
    if result.summary:
        console.print(Text(safe(result.summary), style=_OUTCOME_STYLES[result.outcome]))
    print_diff(unified_diff(result.files))
    if result.risk:
        console.print(Text("risk: ").append(result.risk.value, style=_RISK_STYLES[result.risk]))
        for reason in result.reasons:
            console.print(Text(f"  {safe(reason)}"))
        console.print(Text("checks:" if result.violations else "checks: all passed"))
        _print_violations(console, result.violations)
    if result.hash:
        console.print(Text(f"hash {result.hash}"))


def print_judgement(path: str, violations: Iterable[Violation], *, accepted: bool) -> None:
    """A file, whether it is accepted, and all that is wrong with it."""
    console = Console(soft_wrap=True)
    console.print(Text(f"{safe(path)}: {'accepted' if accepted else 'refused'}", style="bold"))
    _print_violations(console, violations)


def _print_violations(console: Console, violations: Iterable[Violation]) -> None:
    for each in violations:
        said = Text(f"  {each.severity.value}", style=_SEVERITY_STYLES[each.severity])
        words = ": ".join(filter(None, (each.rule, each.where, each.message)))
        console.print(said.append(f" {safe(words)}", style="default"))


def proposal_data(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON shows it: all but the files' contents."""
    return {
        "id": proposal.id,
        "hash": proposal.hash,
        "code": proposal.code,
        "state": proposal.state,
        "repository": proposal.repository,
        "base_commit": proposal.base_commit,
        "target": proposal.target,
        "diff": proposal.diff,
        "words": proposal.words,
        "requested_by": proposal.requested_by,
        "created": proposal.created,
        "expires": proposal.expires,
        "decided_by": proposal.decided_by,
        "decided": proposal.decided,
        "pull_request": proposal.pull_request,
        "failure": proposal.failure,
    }
