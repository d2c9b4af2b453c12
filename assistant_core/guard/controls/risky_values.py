"""Settings of charts, patches and custom resources ask for nothing that baseline forbids to pods.

What a chart makes of its values nobody sees here; these names mean the same in almost every chart.
"""

from collections.abc import Callable, Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..schemas import is_known
from ..settings import settings
from ..shape import Place, written
from .capabilities import ADDABLE

_TRUE = ("true", "yes", "on", "y", "1")
_SWITCHES = {
    "privileged": "makes the container root on the node",
    "hostProcess": "gives the container the rights of a process on the node",
    "hostNetwork": "shares the network of the node",
    "hostPID": "shares the processes of the node",
    "hostIPC": "shares the shared memory of the node",
}
_PROFILES = (("seccompProfile", "type"), ("appArmorProfile", "type"))
_OTHERS: tuple[tuple[Callable[[Place, str], bool], str], ...] = (
    (lambda place, leaf: "hostPath" in place[-2:] and leaf.startswith("/"), "opens the node's files to the pod"),
    (lambda place, leaf: place[-1] == "hostPort" and leaf.strip("0").isdigit(), "takes a port of the node"),
    (lambda place, leaf: place[-3:-1] == ("capabilities", "add") and leaf not in ADDABLE, "adds a strong capability"),
    (lambda place, leaf: place[-2:] in _PROFILES and leaf == "Unconfined", "switches a confining profile off"),
    (lambda place, leaf: place[-1] == "procMount" and leaf == "Unmasked", "unmasks /proc"),
)
_NOT_SETTINGS = ("CustomResourceDefinition", "ClusterPolicy", "Policy")


def is_on(found: object) -> bool:
    """Whether a switch is set, also as text."""
    return found is True or str(found).lower() in _TRUE


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if is_known(found) or found.kind in _NOT_SETTINGS:
        return
    for place, leaf in settings(found):
        for danger in _dangers(place, leaf):
            yield Breach(where=written(place), message=f"This setting {danger}; remove it.", value=leaf)


def _dangers(place: Place, leaf: object) -> Iterator[str]:
    if not place or not isinstance(leaf, (str, int, bool)):
        return
    if place[-1] in _SWITCHES and is_on(leaf):
        yield _SWITCHES[place[-1]]
    yield from (danger for applies, danger in _OTHERS if applies(place, str(leaf)))


CONTROL = ObjectControl(rule="risky-values", judge=_judge)
