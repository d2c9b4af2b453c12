"""An object of Kubernetes' own groups is of a kind and version that it still has."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..schemas import is_known, is_own, version
from ..verdict import Severity


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind and is_own(found) and not is_known(found):
        yield Breach(
            where="apiVersion",
            message=f"Kubernetes {version()} knows no {found.kind} of {found.group or 'the core API'} {found.version}.",
        )


CONTROL = ObjectControl(rule="unknown-kind", judge=_judge, severity=Severity.WARNING)
