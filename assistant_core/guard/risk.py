"""How risky a change is, from what it touches, where and how much; the reasons are told to a person."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..models.change import Risk
from ..models.notes import Danger
from ..models.reasons import Reason
from ..models.repository import FileChange
from .control import ObjectChange
from .objects import KubernetesObject
from .shape import Place, leaves, plain, shown, text, written
from .verdict import Severity, Violation

_ORDER = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
_CLUSTER_WIDE = frozenset(
    (
        "APIService",
        "AppProject",
        "ApplicationSet",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "GitRepository",
        "HelmRepository",
        "MutatingWebhookConfiguration",
        "Namespace",
        "NetworkPolicy",
        "OCIRepository",
        "PersistentVolume",
        "Role",
        "RoleBinding",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    )
)
"""Kinds whose change reaches beyond one application."""
_BASES = frozenset(
    (
        "argocd",
        "cert-manager",
        "external-secrets",
        "flux-system",
        "ingress-nginx",
        "kube-system",
        "longhorn-system",
        "metallb-system",
        "rook-ceph",
        "traefik",
    )
)
"""Namespaces that everything else stands on."""
_REPLICAS = ("replicas", "replicaCount")
_RESOURCES = (("resources", "requests"), ("resources", "limits"))
_RESTARTED = "kubectl.kubernetes.io/restartedAt"
_VERSIONS = ("image", "tag", "newTag", "targetRevision", "version")
_STORAGE = frozenset(("volumes", "volumeClaimTemplates", "volumeMounts", "persistence", "storage", "storageClassName"))
_RIGHTS = frozenset(("securityContext", "podSecurityContext", "serviceAccount", "serviceAccountName", "rbac"))
_MANY = 10
_MAX_REASONS = 10

type Found = tuple[Risk, Reason]


def assess(
    changes: Iterable[FileChange],
    pairs: Iterable[tuple[str, ObjectChange]],
    violations: Iterable[Violation],
    namespace: str = "",
) -> tuple[Risk, tuple[Reason, ...]]:
    """The risk class and its reasons, the gravest first; a change of nothing special is low.

    `namespace` is where what changes is deployed, whatever the files say.
    """
    found: list[Found] = [*_of_namespace(namespace)]
    for change in changes:
        found += _of_file(change)
    touched = list(pairs)
    for _, pair in touched:
        found += _of_object(pair)
    if len(touched) > 1:
        found.append((Risk.MEDIUM, Danger.MANY_OBJECTS.told(count=len(touched))))
    if any(each.severity is Severity.ERROR for each in violations):
        found.append((Risk.HIGH, Danger.RULE.told()))
    elif any(each.severity is Severity.WARNING for each in violations):
        found.append((Risk.MEDIUM, Danger.WARNING.told()))
    reasons = sorted(dict.fromkeys(found), key=lambda each: -_ORDER.index(each[0]))
    if not reasons:
        return Risk.LOW, (Danger.LITTLE.told(),)
    return reasons[0][0], tuple(reason for _, reason in reasons[:_MAX_REASONS])


def _of_file(change: FileChange) -> Iterator[Found]:
    path = plain(change.path)
    if change.after is None:
        yield Risk.HIGH, Danger.DELETES.told(path=path)
    if path.endswith((".tf", ".tfvars", ".hcl")):
        yield Risk.HIGH, Danger.TERRAFORM.told()


def _of_object(pair: ObjectChange) -> Iterator[Found]:
    found = pair.after or pair.before
    if found is None:
        return
    if found.kind in _CLUSTER_WIDE:
        yield Risk.HIGH, Danger.WIDE.told(kind=found.kind)
    # An Application stands in the namespace of ArgoCD and matters where it deploys to.
    away = text(found.content, "spec", "destination", "namespace") if found.kind == "Application" else ""
    space = away or found.namespace
    yield from _of_namespace(space)
    if pair.after is None:
        yield Risk.HIGH, Danger.REMOVES.told(what=found.label)
    elif pair.before is None:
        yield Risk.MEDIUM, Danger.ADDS.told(what=found.label)
    else:
        yield from _of_fields(pair.before, pair.after)


def _of_namespace(namespace: str) -> Iterator[Found]:
    if namespace in _BASES:
        yield Risk.HIGH, Danger.BASE.told(namespace=plain(namespace))


def _of_fields(before: KubernetesObject, after: KubernetesObject) -> Iterator[Found]:
    old, new = dict(leaves(before.content)), dict(leaves(after.content))
    for place in old.keys() | new.keys():
        if old.get(place) != new.get(place) or type(old.get(place)) is not type(new.get(place)):
            yield from _of_field(place, old.get(place), new.get(place), after)


def _of_field(place: Place, old: Any, new: Any, found: KubernetesObject) -> Iterator[Found]:
    last = place[-1] if place else ""
    if last in _REPLICAS or (last == "count" and place[:1] == ("replicas",)):  # kustomize's own
        yield from _of_replicas(old, new, found)
    elif (place[-3:-1] in _RESOURCES and last != "storage") or last == _RESTARTED:
        return
    elif not _RIGHTS.isdisjoint(place):
        yield Risk.HIGH, Danger.POWERS.told(what=found.label)
    elif not _STORAGE.isdisjoint(place) or found.kind == "PersistentVolumeClaim":
        yield Risk.MEDIUM, Danger.STORAGE.told(what=found.label)
    elif last in _VERSIONS:
        yield Risk.MEDIUM, Danger.VERSION.told(what=found.label)
    else:
        yield Risk.MEDIUM, Danger.FIELD.told(field=written(place)[:120], what=found.label)


def _of_replicas(old: Any, new: Any, found: KubernetesObject) -> Iterator[Found]:
    if not isinstance(new, int):
        yield Risk.MEDIUM, Danger.PODS.told(what=found.label, count=shown(new))
    elif new == 0:
        yield Risk.MEDIUM, Danger.STOPS.told(what=found.label)
    elif new >= _MANY and (not isinstance(old, int) or new > 2 * old):
        yield Risk.MEDIUM, Danger.MANY_PODS.told(what=found.label)
