"""No namespace is freed from the Pod Security Standards."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import mappings, written
from ..verdict import Severity

_LABEL = "pod-security.kubernetes.io/enforce"


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    for place, labels in mappings(found.content):
        if labels.get(_LABEL) == "privileged":
            yield Breach(
                where=written((*place, _LABEL)),
                message="This lets pods do anything in the namespace; use baseline or restricted.",
            )


CONTROL = ObjectControl(rule="namespace-levels", judge=_judge, severity=Severity.WARNING)
