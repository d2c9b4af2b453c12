"""A change brings no new provider, module or backend to Terraform: those are code that others wrote, or the state."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..control import Breach, TerraformControl
from ..shape import mapping, text, written
from ..terraform import blocks, unquoted


def _judge(tree: Mapping[str, Any]) -> Iterator[Breach]:
    for labels, body in blocks(tree, "module"):
        source = unquoted(text(body, "source"))
        yield _breach(
            ("module", *labels, "source"), f"The module comes from {source[:200]}, which is new here.", source
        )
    for labels, _ in blocks(tree, "provider"):
        yield _breach(("provider", *labels), "The provider is new here.", labels)
    for _, terraform in blocks(tree, "terraform"):
        for _, required in blocks(terraform, "required_providers"):
            for name in required:
                if name != "__is_block__":
                    source = unquoted(text(mapping(required, name), "source"))
                    where = ("terraform", "required_providers", name)
                    yield _breach(where, f"The provider {source[:200]} is new here.", source)
        for kind in ("backend", "cloud"):
            for labels, body in blocks(terraform, kind):
                yield _breach(("terraform", kind, *labels), "The place of the state changes.", dict(body))


def _breach(place: tuple[str, ...], message: str, value: object) -> Breach:
    return Breach(where=written(place), message=f"{message} Add it by hand.", value=value)


CONTROL = TerraformControl(rule="terraform-sources", judge=_judge, only_new=True)
