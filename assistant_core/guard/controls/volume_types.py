"""Restricted: only volumes that belong to the pod or come from a claim."""

from collections.abc import Iterator

from ..control import Breach, PodControl
from ..objects import Pod
from ..shape import named
from ..verdict import Level

_ALLOWED = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
)


def _judge(pod: Pod) -> Iterator[Breach]:
    for place, volume in named(pod.spec, "volumes"):
        kinds = {key for key, source in volume.items() if key != "name" and source is not None}
        if kinds and kinds.isdisjoint(_ALLOWED):  # a volume of no kind becomes an emptyDir
            yield Breach(
                where=f"{pod.path}.volumes{place}",
                message=f"The volume must be one of {', '.join(_ALLOWED)}.",
                value=volume,
            )


CONTROL = PodControl(rule="volume-types", level=Level.RESTRICTED, judge=_judge)
