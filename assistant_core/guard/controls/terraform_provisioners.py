"""Terraform runs no programs: no provisioners, no `external` data."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..control import Breach, TerraformControl
from ..shape import mappings, written
from ..terraform import blocks


def _judge(tree: Mapping[str, Any]) -> Iterator[Breach]:
    for place, body in mappings(tree):
        for labels, provisioner in blocks(body, "provisioner"):
            yield Breach(
                where=written((*place, "provisioner", *labels)),
                message="A provisioner runs programs; take it out and configure the machine otherwise.",
                value=dict(provisioner),
            )
    for labels, body in blocks(tree, "data"):
        if labels[:1] == ("external",):
            yield Breach(
                where=written(("data", *labels)),
                message="External data runs a program at every plan; take it out.",
                value=dict(body),
            )


CONTROL = TerraformControl(rule="terraform-provisioners", judge=_judge)
