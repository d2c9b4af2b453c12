"""A role grants no right by which its holder gives himself more rights.

The rights are those of https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks.
"""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import items, texts, value
from .rbac_wildcards import covered

_VERBS = {
    "approve": "approving certificates",
    "bind": "binding roles",
    "escalate": "widening roles",
    "impersonate": "acting as somebody else",
    "sign": "signing certificates",
}
_RESOURCES = {
    "certificatesigningrequests/approval": "approving certificates",
    "nodes/proxy": "running commands on every node",
    "pods/attach": "taking over a running container",
    "pods/ephemeralcontainers": "running containers in any pod",
    "pods/exec": "running commands in any pod",
    "serviceaccounts/token": "making tokens of other accounts",
}
_WRITTEN = {
    "mutatingwebhookconfigurations": "changing whatever anybody writes",
    "validatingwebhookconfigurations": "reading whatever anybody writes",
}
_READING = frozenset({"get", "list", "watch"})
_WRITING = frozenset({"create", "patch", "update"})


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind not in ("ClusterRole", "Role"):
        return
    for rule in items(found.content, "rules"):
        writes = not _WRITING.isdisjoint(texts(rule, "verbs"))
        for field, dangers in (("verbs", _VERBS), ("resources", _RESOURCES | (_WRITTEN if writes else {}))):
            for each in texts(rule, field):
                if each in dangers:
                    yield Breach(
                        where=f"rules[{covered(rule)}].{field}",
                        message=f"{each} allows {dangers[each]} and with it any right; remove it.",
                        value=rule,
                    )
        if found.kind == "ClusterRole" and _reads_every_secret(rule):
            yield Breach(
                where=f"rules[{covered(rule)}].resources",
                message="secrets in a ClusterRole allows reading every secret of the cluster; use a Role or name them.",
                value=rule,
            )
    for number, selector in enumerate(items(found.content, "aggregationRule", "clusterRoleSelectors")):
        if not value(selector, "matchLabels") and not value(selector, "matchExpressions"):
            yield Breach(
                where=f"aggregationRule.clusterRoleSelectors[{number}]",
                message="A selector without labels takes the rules of every ClusterRole over; name a label.",
                value=selector,
            )


def _reads_every_secret(rule: object) -> bool:
    return (
        "secrets" in texts(rule, "resources")
        and not _READING.isdisjoint(texts(rule, "verbs"))
        and not texts(rule, "resourceNames")
    )


CONTROL = ObjectControl(rule="rbac-escalation", judge=_judge)
