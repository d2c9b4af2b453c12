"""What sets the replicas of workloads in their place: autoscalers."""

from collections.abc import Iterator

from ..layouts.expansion import is_name, substituted
from ..layouts.files import word
from ..model import Deployed, Scaler

_AUTOSCALER = "HorizontalPodAutoscaler"
_KEDA = "ScaledObject"


def scalers(found: list[Deployed]) -> Iterator[Scaler]:
    """Every autoscaler among the objects."""
    for each in found:
        if each.kind in (_AUTOSCALER, _KEDA):
            name = next(filter(is_name, (each.own_name, each.name)), "without a valid name")
            target = word(each.data, "spec", "scaleTargetRef", "name")
            keda = each.kind == _KEDA
            yield Scaler(
                by=f"the KEDA ScaledObject {name}" if keda else f"the {_AUTOSCALER} {name}",
                path=each.path,
                kind=word(each.data, "spec", "scaleTargetRef", "kind") or ("Deployment" if keda else ""),
                namespace=each.namespace,
                name=substituted(target, each.owner) if each.owner else target,
            )
