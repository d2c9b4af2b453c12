"""What a household allows beyond the rules that hold everywhere."""

from dataclasses import dataclass, field, replace
from typing import Self

from ..models.left_alone import LeftAlone
from .shapes import Shapes
from .verdict import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a change may touch; an empty `allowed_*` allows whatever is not denied.

    Paths are globs with `**`, or folders with all that is below them.
    Into `closed_namespaces` nothing new comes; what is there already may change.
    `max_files` and `max_lines` are of files that are written, `max_deleted` of those that go as a whole.
    `host_ports` is the known list that the baseline leaves to the household; Kubernetes' own admission has none.
    `shapes` are the kinds of the cluster that the change is for; without one, ours of one version of Kubernetes hold.
    """

    level: Level = Level.RESTRICTED
    max_files: int = 5
    max_deleted: int = 25
    max_lines: int = 200
    allowed_namespaces: frozenset[str] = frozenset()
    denied_namespaces: frozenset[str] = frozenset()
    closed_namespaces: frozenset[str] = frozenset(("kube-system", "kube-public", "kube-node-lease"))
    allowed_paths: tuple[str, ...] = ()
    denied_paths: tuple[str, ...] = ()
    host_ports: frozenset[int] = frozenset()
    shapes: Shapes | None = field(default=None, repr=False, compare=False)

    def admits_namespace(self, namespace: str) -> bool:
        """Whether objects of a namespace may change; where none is named, the caller decides."""
        allowed = not self.allowed_namespaces or namespace in self.allowed_namespaces
        return not namespace or (allowed and namespace not in self.denied_namespaces)

    def leaving(self, alone: LeftAlone) -> Self:
        """The policy that denies these namespaces and paths, too."""
        return replace(
            self,
            denied_namespaces=self.denied_namespaces | alone.namespaces,
            denied_paths=(*self.denied_paths, *alone.paths),
        )
