"""What an ApplicationSet's `templatePatch` makes of its template for each set of parameters."""

from collections.abc import Mapping
import re
from typing import Any

from ..text import Unreadable
from .files import get, mapping, merge, parsed, word
from .templating import chosen, handed_on

_BARE = re.compile(r"^(\s*(?:- )?[\w./-]+:\s+)(\{\{[^\n]*?)[ \t]*$", re.MULTILINE)
_ALONE = re.compile(r"^([ \t]*)(\{\{[^{}\n]*\}\})[ \t]*$", re.MULTILINE)


def patched(template: Mapping[str, Any], spec: Mapping[str, Any], parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """The template with the patch laid over it; the template alone where nobody but ArgoCD can read the patch."""
    text = word(spec, "templatePatch")
    patch = _read(chosen(text, parameters)) if text else None
    return template if patch is None else merge(template, patch)


def decides_sources(spec: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether the sources of a patched template are not those that stand in the template."""
    template = mapping(spec, "template")
    return any(get(whole, "spec", key) != get(template, "spec", key) for key in ("source", "sources"))


def _read(text: str) -> Mapping[str, Any] | None:
    """A patch with its expressions as texts; those on a line of their own are a whole value, or else left out."""
    bare = _BARE.sub(lambda match: f"{match[1]}{_quoted(match[2])}", text)
    whole = _ALONE.sub(lambda match: f"{match[1]}{_quoted(match[2])}" if handed_on(match[2]) is not None else "", bare)
    for each in (whole, _ALONE.sub("", bare)):
        try:
            found = parsed(each.encode())
        except Unreadable:
            continue
        if len(found) == 1 and isinstance(found[0], dict):
            return found[0]
    return None


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
