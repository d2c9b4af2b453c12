"""A document inside a text can be read, so that its settings are judged."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..settings import unreadable
from ..shape import written
from ..verdict import Severity


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    for place, leaf, reason in unreadable(found):
        yield Breach(where=written(place), message=f"This text {reason}, so nobody can judge it.", value=leaf)


CONTROL = ObjectControl(rule="nested-documents", judge=_judge, severity=Severity.WARNING)
