"""A change stays out of the namespaces that it must not touch."""

from collections.abc import Iterator

from ..control import Breach, ChangeControl, ObjectChange
from ..delivery import Trust, routes
from ..objects import KubernetesObject
from ..policy import Policy
from ..shape import plain, text

_FIELDS = ("namespace", "targetNamespace", "storageNamespace")


def _judge(change: ObjectChange, policy: Policy, _trust: Trust) -> Iterator[Breach]:
    there = {namespace for _, namespace in _namespaces(change.before)} if change.before else set()
    for found in (change.before, change.after):
        for where, namespace in _namespaces(found) if found else ():
            if not policy.admits_namespace(namespace):
                yield denied(namespace, where)
                return
            if namespace in policy.closed_namespaces - there:
                yield Breach(where=where, message=f"Nothing new may come into the namespace {namespace}.")
                return


def denied(namespace: str, where: str = "") -> Breach:
    """What to say of a namespace that is left alone."""
    return Breach(where=where, message=f"Nothing in the namespace {namespace} may be changed.")


def _namespaces(found: KubernetesObject) -> Iterator[tuple[str, str]]:
    if not _is_for_elsewhere(found):
        yield "metadata.namespace", found.namespace
    if found.kind == "Namespace":
        yield "metadata.name", found.name
    for where, leaf in routes(found).items():
        if where.rpartition(".")[2] in _FIELDS:
            yield where, plain(leaf)


def _is_for_elsewhere(found: KubernetesObject) -> bool:
    """Whether it is a chart of k3s, which reads them in kube-system alone, for another namespace."""
    is_chart = (found.group, found.kind) == ("helm.cattle.io", "HelmChart")
    return is_chart and bool(text(found.content, "spec", "targetNamespace"))


CONTROL = ChangeControl(rule="namespaces", judge=_judge)
