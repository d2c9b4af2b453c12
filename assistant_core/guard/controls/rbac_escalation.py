"""A role grants no right by which its holder gives himself more rights."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import items, texts
from .rbac_wildcards import covered

_VERBS = {
    "bind": "binding roles",
    "escalate": "widening roles",
    "impersonate": "acting as somebody else",
}
_RESOURCES = {
    "certificatesigningrequests/approval": "approving certificates",
    "nodes/proxy": "running commands on every node",
    "serviceaccounts/token": "making tokens of other accounts",
}


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind not in ("ClusterRole", "Role"):
        return
    for rule in items(found.content, "rules"):
        for field, dangers in (("verbs", _VERBS), ("resources", _RESOURCES)):
            for each in texts(rule, field):
                if each in dangers:
                    yield Breach(
                        where=f"rules[{covered(rule)}].{field}",
                        message=f"{each} allows {dangers[each]} and with it any right; remove it.",
                        value=rule,
                    )


CONTROL = ObjectControl(rule="rbac-escalation", judge=_judge)
