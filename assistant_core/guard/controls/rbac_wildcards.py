"""A role names its verbs, resources and API groups."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import items, texts

_FIELDS = ("verbs", "resources", "apiGroups", "nonResourceURLs")


def covered(rule: object) -> str:
    """What a rule is about, by which people tell it from the others."""
    return ", ".join(texts(rule, "resources") or texts(rule, "nonResourceURLs"))[:80]


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind not in ("ClusterRole", "Role"):
        return
    for rule in items(found.content, "rules"):
        for field in _FIELDS:
            wide = [each for each in texts(rule, field) if "*" in each and not each.startswith("/")]
            if wide or "/*" in texts(rule, field):
                yield Breach(
                    where=f"rules[{covered(rule)}].{field}",
                    message=f"A wildcard in {field} grants more than anyone can oversee; name them.",
                    value=rule,
                )


CONTROL = ObjectControl(rule="rbac-wildcards", judge=_judge)
