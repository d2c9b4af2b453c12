"""Secrets that only their surroundings give away: the data of a Kubernetes Secret, Terraform's `sensitive` values."""

from collections.abc import Iterator
import re

from .confidential import REDACTED

_INDENT = re.compile(r"[-+]?(\s*(?:- +)*)")
_SEPARATOR = re.compile(r"[-+ ]?---(\s.*)?")
_SECRET = re.compile(r"""["']?\bkind["']?[ \t]{0,8}:[ \t]{0,8}["']?Secret\b""")
_DATA = re.compile(r"""[-+ ]?\s*["']?(?:data|stringData)["']?[ \t]*:[ \t]*\{?[ \t]*(?:#.*)?""")
_FLOW_DATA = re.compile(r"""(["']?\b(?:data|stringData)["']?[ \t]{0,8}:[ \t]{0,8}\{)[^{}\n]*""")
_HEAD = re.compile(r"""[-+ ]?\s*(?:variable|output)\s+"[^"]{0,128}"\s*\{""")
_SENSITIVE = re.compile(r"\bsensitive\s{0,16}=\s{0,4}true\b")
_HIDDEN = re.compile(r"(\b(?:default|value)[ \t]{0,32}=[ \t]{0,8})([^\s}][^}]*)")


def indent(line: str) -> int:
    """How far a line is indented, the dashes of a list included and the sign of a diff not."""
    found = _INDENT.match(line)
    return len(found[1]) if found else 0


def without_secret_data(lines: list[str]) -> list[str]:
    """The lines without the data of Kubernetes Secrets: all of it, whatever its keys are called."""
    kept: list[str] = []
    document: list[str] = []
    for line in lines:
        if _SEPARATOR.fullmatch(line):
            kept += [*_document(document), line]
            document = []
        else:
            document.append(line)
    return [*kept, *_document(document)]


def _document(lines: list[str]) -> Iterator[str]:
    is_secret = any(_SECRET.search(line) for line in lines)
    inside: int | None = None
    for line in lines:
        if not is_secret:
            yield line
        elif inside is not None and (not line.strip("+- \t\r") or indent(line) > inside):
            name, colon, value = line.partition(":")
            yield f"{name}: {REDACTED}" if colon and value.strip() else REDACTED if line.strip() else line
        else:
            inside = indent(line) if _DATA.fullmatch(line) else None
            yield _FLOW_DATA.sub(rf"\1{REDACTED}", line)


def without_sensitive_blocks(lines: list[str]) -> list[str]:
    """The lines without the values of Terraform variables and outputs that are marked `sensitive`."""
    kept: list[str] = []
    at = 0
    while at < len(lines):
        block = [lines[at]]
        depth = _depth(lines[at]) if _HEAD.match(lines[at]) else 0
        while depth > 0 and at + len(block) < len(lines):
            block.append(lines[at + len(block)])
            depth += _depth(block[-1])
        kept += _block(block) if any(_SENSITIVE.search(line) for line in block) else block
        at += len(block)
    return kept


def _block(lines: list[str]) -> Iterator[str]:
    """A sensitive block: a value of several lines goes to where its brackets close."""
    depth = 0
    for line in lines:
        if depth > 0:
            depth += _depth(line)
            continue
        found = _HIDDEN.search(line)
        yield _HIDDEN.sub(rf"\1{REDACTED} ", line).rstrip() if found else line
        depth = max(_depth(found[2]), 0) if found else 0


def _depth(line: str) -> int:
    return sum(map(line.count, "{[(")) - sum(map(line.count, "}])"))
