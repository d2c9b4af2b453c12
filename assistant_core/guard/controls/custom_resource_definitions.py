"""New kinds of objects are for a person to install."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..verdict import Severity


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind == "CustomResourceDefinition":
        yield Breach(
            where="",
            message="A CustomResourceDefinition changes the API for the whole cluster; install it by hand.",
            value=found.content,
        )


CONTROL = ObjectControl(rule="custom-resource-definitions", judge=_judge, severity=Severity.WARNING)
