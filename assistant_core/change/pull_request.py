"""What a pull request says: written by code from data.

Whatever a person, a model or a file wrote stands in code spans and fenced blocks only, where a forge sees no mention,
no issue, no closing keyword, no HTML and no invisible character. Secrets are taken out. Title and commit message carry
none of it but plain words.
"""

from datetime import datetime
import re

from ..models.change import Proposal, Requester, Target
from ..models.repository import Draft
from ..redaction import redact, shown
from .names import branch

_MAX_WORDS = 300
_MAX_DIFF = 30_000
_MAX_PLAIN = 120
_WORD = r"[A-Za-z0-9][A-Za-z0-9._:/+-]*(?: [A-Za-z]+)?"
_PLAIN = re.compile(rf"{_WORD}(?:, {_WORD})*")
_LINKED = re.compile(r"//|\bwww\.|\bgh-\d", re.IGNORECASE)
"""What a forge makes a link of, or a reference to somebody else's issue."""

_INDEX = re.compile(r"\[[^\]]*\]")
_VERBS = {"restart": "Restart", "suspend": "Suspend", "resume": "Resume", "add_app": "Add", "remove_app": "Remove"}
_BACKTICKS = re.compile(r"`+")


def marker(proposal_hash: str) -> str:
    """The hidden line by which we know a pull request as ours."""
    return f"<!-- homelab-assistant: {proposal_hash} -->"


def draft(proposal: Proposal, authored: datetime) -> Draft:
    """The pull request of an approved proposal; the same `authored` (UTC) makes the same commit again."""
    title = _title(proposal)
    return Draft(
        base_commit=proposal.base_commit,
        branch=branch(proposal.plan, proposal.target, proposal.hash),
        title=title,
        body=_body(proposal, title),
        message=f"{title}\n\nHomelab-Assistant: {proposal.hash}\n",
        authored=authored,
        files=proposal.files,
    )


def _title(proposal: Proposal) -> str:
    """What changes, in words that mean nothing to a forge; a value that might, or is secret, is left out."""
    target = proposal.target
    where = "/".join(part for part in (target.namespace, target.name) if part)
    if not _is_plain(where):
        return "Change one thing"
    if verb := _VERBS.get(proposal.plan.operation):
        return f"Undo: {verb} {where}" if proposal.reverts else f"{verb} {where}"
    field = _INDEX.sub("", target.field).rpartition(".")[2]
    if not _is_plain(field):
        return f"Change {where}"
    values = (target.before, target.after)
    if not _is_plain(*values) or any(shown(field, value) != value for value in values):
        return f"Change {field} of {where}"
    return f"Set {field} of {where} from {target.before} to {target.after}"


def _is_plain(*texts: str) -> bool:
    return all(len(text) <= _MAX_PLAIN and _PLAIN.fullmatch(text) and not _LINKED.search(text) for text in texts)


def _body(proposal: Proposal, title: str) -> str:
    target = proposal.target
    where = code(target.path) if len(proposal.files) == 1 else f"{len(proposal.files)} files"
    lines = [
        f"{title}: one change in {where}.",
        "",
        f"- Asked by {_person(proposal.requested_by)}, {_time(proposal.created)}, in the words {code(proposal.words)}",
    ]
    if proposal.reverts is not None:
        lines.append("- It undoes an earlier change of ours")
    if proposal.model is not None:
        lines.append(f"- Planned by the model {code(proposal.model)}")
    if proposal.decided_by is not None and proposal.decided is not None:
        lines.append(f"- Approved by {_person(proposal.decided_by)}, {_time(proposal.decided)}")
    lines += [
        f"- Risk: {proposal.risk.value}{''.join(f', {code(reason.sentence)}' for reason in proposal.reasons)}",
        *(f"- Warning: {code(check.sentence)}" for check in proposal.checks),
        *(f"- Note: {code(note.sentence)}" for note in proposal.notes),
        f"- To undo it after the merge, revert this pull request: {_undone(target)}",
        "",
        block(proposal.diff, "diff"),
        "",
        marker(proposal.hash),
        "",
    ]
    return "\n".join(lines)


def _undone(target: Target) -> str:
    """What becomes of the place, or of the app, without the change."""
    if target.field == "app":
        return "that brings the app back" if target.before else "that takes the app out again"
    was = code(f"{target.field}: {target.before}")
    return f"that sets {was} again" if target.before else f"that takes {code(target.field)} away again"


def _person(requester: Requester) -> str:
    name = code(requester.name) if requester.name else "somebody"
    return f"{name} ({requester.channel.value.replace('_', ' ')})"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def code(text: str) -> str:
    """Untrusted text on one line as a Markdown code span, cut when it is long."""
    shown = " ".join(_visible(" ".join(redact(text).split())).split())
    if len(shown) > _MAX_WORDS:
        shown = f"{shown[:_MAX_WORDS]}…"
    fence = "`" * (_longest_run(shown) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{space}{shown}{space}{fence}"


def block(text: str, language: str) -> str:
    """Untrusted text of several lines as a fenced Markdown block, cut when it is long."""
    shown = _visible(redact(text.replace("\r\n", "\n").rstrip("\n")))
    if len(shown) > _MAX_DIFF:
        shown = f"{shown[:_MAX_DIFF]}\n…"
    fence = "`" * max(_longest_run(shown) + 1, 3)
    return f"{fence}{language}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)


def _visible(text: str) -> str:
    """Control, zero-width and bidirectional characters as their escapes; line feeds and tabs stay."""
    return "".join(char if char.isprintable() or char in "\n\t" else f"\\u{ord(char):04x}" for char in text)
