"""Nodes."""

from typing import Any

from ..kube.fields import conditions, section, text
from ..models.cluster import Node

EXPECTED = {"Ready": "True"}  # every other condition of the kubelet names a trouble, such as DiskPressure


def node_from(item: dict[str, Any]) -> Node:
    """A Node of the core API."""
    found = list(conditions(item))
    return Node(
        name=item["metadata"]["name"],
        ready=any(status == "True" for status, condition in found if condition.type == "Ready"),
        schedulable=not section(item, "spec").get("unschedulable"),
        version=text(section(item, "status", "nodeInfo"), "kubeletVersion"),
        complaints=tuple(
            condition for status, condition in found if status != EXPECTED.get(condition.type, "False") and status
        ),
    )
