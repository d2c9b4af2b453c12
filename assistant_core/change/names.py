"""What an operation and its branch are called."""

import re

from ..models.change import ChangePlan, Target

_MAX_SLUG = 120
_NO_SLUG = re.compile(r"[^A-Za-z0-9.-]+|\.{2,}")


def operation(plan: ChangePlan) -> str:
    """What a plan does, as it stands in the name of a branch: "set-replicas"."""
    return plan.operation.replace("_", "-")


def branch(plan: ChangePlan, target: Target, proposal_hash: str) -> str:
    """The branch of a proposal, the same on every try."""
    slug = _NO_SLUG.sub("-", "-".join(part for part in (operation(plan), target.namespace, target.name) if part))
    return f"homelab-assistant/{slug[:_MAX_SLUG].rstrip('-.')}-{proposal_hash[:8]}"
