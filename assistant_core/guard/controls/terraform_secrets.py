"""No password, token or key stands in Terraform."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...redaction.confidential import is_plaintext, is_secret_name, is_secret_shaped
from ..control import Breach, TerraformControl
from ..shape import leaves, text, value, written
from ..terraform import blocks, unquoted

_MESSAGE = "A secret stands here in plain text; use a variable whose value comes from elsewhere."


def _judge(tree: Mapping[str, Any]) -> Iterator[Breach]:
    for place, leaf in leaves(tree):
        found = unquoted(leaf) if isinstance(leaf, str) else leaf
        name = unquoted(place[-1]) if place else ""
        named = is_secret_name(name) and is_plaintext(name, found)
        if named or (isinstance(found, str) and is_secret_shaped(found)):
            yield Breach(where=written(tuple(map(unquoted, place))), message=_MESSAGE, value=leaf)
    for labels, body in blocks(tree, "variable"):
        default = text(body, "default")
        is_sensitive = value(body, "sensitive") is True or is_secret_name(labels[-1] if labels else "")
        if is_sensitive and is_plaintext("password", unquoted(default)):
            yield Breach(where=written(("variable", *labels, "default")), message=_MESSAGE, value=default)


CONTROL = TerraformControl(rule="secret-values", judge=_judge)
