"""Nobody is bound to cluster-admin, and strangers are bound to nothing."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import named, plain, text

_BINDINGS = ("ClusterRoleBinding", "RoleBinding")
_STRANGERS = ("system:anonymous", "system:unauthenticated")
_MASTERS = "system:masters"


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind not in _BINDINGS:
        return
    if text(found.content, "roleRef", "name") == "cluster-admin":
        yield Breach(
            where="roleRef.name",
            message="cluster-admin may do anything; bind a role that has only the needed rights.",
            value=found.content.get("subjects"),
        )
    for place, subject in named(found.content, "subjects"):
        name = text(subject, "name")
        if name == _MASTERS or name in _STRANGERS:
            who = "may do anything" if name == _MASTERS else "is anybody who reaches the API"
            yield Breach(where=f"subjects{place}", message=f"{plain(name)} {who}; bind a named account.", value=name)


CONTROL = ObjectControl(rule="cluster-admin", judge=_judge)
