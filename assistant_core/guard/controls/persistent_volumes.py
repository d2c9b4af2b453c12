"""A PersistentVolume opens no path of a node to whoever claims it."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import value
from ..verdict import Severity


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind == "PersistentVolume":
        for source in ("hostPath", "local"):
            place = value(found.content, "spec", source)
            if place is not None:
                yield Breach(
                    where=f"spec.{source}",
                    message="This PersistentVolume opens a node's files to pods; use a StorageClass.",
                    value=place,
                )


CONTROL = ObjectControl(rule="persistent-volumes", judge=_judge, severity=Severity.WARNING)
