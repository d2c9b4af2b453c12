"""An object of somebody else's kind: its fields are not judged by a schema, and that is said."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..schemas import is_known, is_own
from ..verdict import Severity


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if not is_own(found) and not is_known(found):
        yield Breach(
            where="",
            message=f"The fields of a {found.kind} of {found.group} are not judged by a schema.",
            values={"kind": found.kind, "group": found.group},
        )


CONTROL = ObjectControl(rule="unjudged", judge=_judge, severity=Severity.NOTE, when_new=Severity.NOTE)
