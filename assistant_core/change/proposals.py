"""What a plan comes to in today's repository, and what a yes to it is bound to."""

from dataclasses import asdict, dataclass
from hashlib import sha256

import orjson

from ..errors import Unchanged
from ..gitops import Edit, Index, apply, unified_diff
from ..models.change import ChangePlan, Target
from ..models.repository import Snapshot

_MAX_SLUG = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a plan comes to on one base commit."""

    base_commit: str
    edit: Edit
    diff: str

    @property
    def hash(self) -> str:
        """What a yes is bound to: sha256 (hex) over the canonical diff, the base commit and the target."""
        return sha256(orjson.dumps([self.diff, self.base_commit, asdict(self.edit.target)])).hexdigest()


def planned(plan: ChangePlan, snapshot: Snapshot) -> Planned:
    """Apply the plan; takes up to a second on a large repository. Raises InputInvalid (Unchanged too), EditRefused."""
    edit = apply(plan, Index.of(snapshot))
    if not edit.files:
        target = edit.target
        raise Unchanged(
            f"There is nothing to change: {target.field} of {target.name} is {target.after} already.",
            name=target.name,
            field=target.field,
            value=target.after,
        )
    return Planned(base_commit=snapshot.commit, edit=edit, diff=unified_diff(edit.files))


def branch(target: Target, proposal_hash: str) -> str:
    """The branch of a proposal, the same on every try."""
    slug = "-".join(part for part in ("set-replicas", target.namespace, target.name) if part)
    return f"homelab-assistant/{slug[:_MAX_SLUG].rstrip('-.')}-{proposal_hash[:8]}"
