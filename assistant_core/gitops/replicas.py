"""Applies a plan to set replicas: find the manifest, splice, and prove that nothing else changed."""

from dataclasses import dataclass

import yaml

from ..errors import EditRefused, InputInvalid
from ..models.change import SetReplicas, Target
from ..models.repository import FileChange
from .documents import Source, child, leaves, read, value
from .index import Index
from .manifests import Workload
from .safety import Unreadable
from .splice import Unspliceable, insert_first, replace, written_number

MAX_REPLICAS = 100
"""More than any homelab runs of one workload: a number above it was misheard."""

_FIELD = "spec.replicas"
_PATH = ("spec", "replicas")
_DEFAULT = 1
"""What Kubernetes takes when a manifest does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a plan comes to; no files when it is so already, with `target.before` equal to `target.after`."""

    target: Target
    files: tuple[FileChange, ...]


def set_replicas(plan: SetReplicas, index: Index) -> Edit:
    """The edit that sets a workload's replicas. Raises InputInvalid (and its subclasses), EditRefused."""
    if isinstance(plan.replicas, bool) or not isinstance(plan.replicas, int) or not 0 <= plan.replicas <= MAX_REPLICAS:
        raise InputInvalid(
            f"Replicas must be a whole number from 0 to {MAX_REPLICAS}, not {plan.replicas!r:.20}.",
            maximum=MAX_REPLICAS,
        )
    workload = index.find(plan.name, plan.namespace, plan.kind)
    if (scaler := index.scaler(workload)) is not None:
        raise EditRefused(
            f"The replicas of {workload.label} are set by {scaler.by} ({scaler.path}), not by its own manifest.",
            workload=workload.label,
        )
    before = index.snapshot.files[workload.path]
    try:
        was, after = _edited(before, workload.document - 1, plan.replicas)
    except Unspliceable as error:
        raise EditRefused(f"I leave {workload.path} alone: its replicas {error}.", path=workload.path) from error
    except Unreadable as error:
        raise EditRefused(f"I leave {workload.path} alone: it {error}.", path=workload.path) from error
    return Edit(
        target=_target(workload, was, plan.replicas),
        files=() if was == plan.replicas else (FileChange(path=workload.path, before=before, after=after),),
    )


def _target(workload: Workload, before: int, after: int) -> Target:
    return Target(
        kind=workload.kind,
        namespace=workload.namespace,
        name=workload.name,
        path=workload.path,
        field=_FIELD,
        before=str(before),
        after=str(after),
    )


def _edited(data: bytes, document: int, replicas: int) -> tuple[int, bytes]:
    """The number before and the file after; raises Unreadable, Unspliceable."""
    source = read(data)
    root = source.documents[document]
    spec = child(root, "spec")
    if spec is None:
        raise Unspliceable("cannot be set without a spec")
    node = value(root, *_PATH)
    was = _DEFAULT
    if node is not None:
        written = written_number(source.text, node)
        was = _DEFAULT if written is None else written
    if was == replicas:
        return was, data
    if node is None:
        text = insert_first(source.text, *spec, _PATH[-1], replicas)
    else:
        text = replace(source.text, node, replicas)
    after = source.encoded(text)
    _prove(source, read(after), document, replicas)
    return was, after


def _prove(before: Source, after: Source, document: int, replicas: int) -> None:
    """Raise Unspliceable unless exactly the one value changed, to exactly what was planned."""
    if len(before.documents) != len(after.documents):
        raise Unspliceable("cannot be changed without changing the documents around them")
    for number, (one, other) in enumerate(zip(before.documents, after.documents, strict=True)):
        was, now = leaves(one), leaves(other)
        changed = {path for path in was.keys() | now.keys() if was.get(path) != now.get(path)}
        expected = {_PATH} if number == document else set()
        if changed != expected:
            others = sorted(".".join(map(str, path)) for path in changed - {_PATH})
            raise Unspliceable(f"cannot be changed without changing {', '.join(others[:3])}")
    node = value(after.documents[document], *_PATH)
    if not isinstance(node, yaml.ScalarNode) or node.value != str(replicas):
        raise Unspliceable("did not become what was planned")
