"""The selector of a workload matches the labels of its pods; otherwise Kubernetes refuses it."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import items, mapping, plain, text, texts, value

_KINDS = ("DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    template = value(found.content, "spec", "template")
    if found.kind not in _KINDS or not isinstance(template, dict):
        return  # a patch of a workload may leave its template out
    labels = mapping(template, "metadata", "labels")
    selector = mapping(found.content, "spec", "selector")
    is_old = found.kind == "ReplicationController"
    for key, wanted in (selector if is_old else mapping(selector, "matchLabels")).items():
        if labels.get(key) != wanted:
            yield Breach(
                where=f"spec.selector.{'' if is_old else 'matchLabels.'}{plain(key)}",
                message="The selector does not match the labels of the pod template.",
                value=[wanted, labels.get(key)],
            )
    for number, expression in enumerate(items(selector, "matchExpressions")):
        if not _holds(expression, labels):
            yield Breach(
                where=f"spec.selector.matchExpressions[{number}]",
                message="The selector does not match the labels of the pod template.",
                value=expression,
            )


def _holds(expression: object, labels: Mapping[str, Any]) -> bool:
    key, among = text(expression, "key"), texts(expression, "values")
    match text(expression, "operator"):
        case "In":
            return labels.get(key) in among
        case "NotIn":
            return labels.get(key) not in among
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False


CONTROL = ObjectControl(rule="selectors", judge=_judge)
