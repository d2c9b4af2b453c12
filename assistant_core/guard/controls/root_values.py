"""Restricted: settings of charts, patches and custom resources do not ask for root."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..schemas import is_known
from ..settings import settings
from ..shape import written
from ..verdict import Level
from .risky_values import is_on


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if is_known(found) or found.kind == "CustomResourceDefinition":
        return
    for place, leaf in settings(found):
        match place[-1:]:
            case ("allowPrivilegeEscalation",) if is_on(leaf):
                yield Breach(where=written(place), message="This setting allows to gain more rights; remove it.")
            case ("runAsNonRoot",) if str(leaf).lower() in ("false", "no", "off"):
                yield Breach(where=written(place), message="This setting allows to run as root; remove it.")
            case ("runAsUser",) if str(leaf) == "0":
                yield Breach(where=written(place), message="This setting runs the container as root; change the user.")


CONTROL = ObjectControl(rule="root-values", judge=_judge, level=Level.RESTRICTED)
