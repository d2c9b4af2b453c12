"""A feature that is switched on or off: `enabled` below a key of that name in a chart's values."""

from ...errors import AmbiguousWorkload, Incomplete
from ...gitops import Index
from ...gitops.text import Path
from ...models.plan import SetValue
from ...models.wish import MEANT, Wish
from .fields import is_called, path_of, values_of

_ENABLED = "enabled"


def of_switch(wish: Wish, index: Index, kind: str | None) -> SetValue:
    """The plan for a switch. Raises Incomplete where the values have none, AmbiguousWorkload for several."""
    workload = index.release(wish.name, wish.namespace, kind)
    alone = len(index.candidates(wish.name, wish.namespace, kind)) == 1
    feature = wish.slots["key"]
    known = [
        keys
        for keys, value in values_of(workload, alone=alone)
        if keys[-1] == _ENABLED and isinstance(value, bool) and keys[:-1]
    ]
    found = tuple(map(path_of, _called(known, feature)))
    chosen = wish.slots.get(MEANT)
    if len(found) > 1 and chosen not in found:
        raise AmbiguousWorkload(
            f"Of {workload.label} the values {' or '.join(found)} can be meant. Say which one.",
            candidates=found,
            slot=MEANT,
            name=workload.name,
        )
    if not found:
        raise Incomplete(
            f"The values of {workload.label} in the files do not say whether {feature} is enabled. Say the path of "
            f"keys that its chart knows, such as 'set {feature.replace(' ', '.')}.enabled of {workload.name} to "
            f"{wish.slots['value']}'.",
            name=workload.name,
            key=feature,
            reason="no_switch",
        )
    path = chosen if chosen in found else found[0]
    return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path=path, value=wish.slots["value"] == "true")


def _called(switches: list[Path], feature: str) -> list[Path]:
    """The switches right below the feature, and those of its parts ("persistence.data") where it stands higher."""
    right = [keys for keys in switches if is_called(keys[:-1], feature)]
    highest = min(map(len, right), default=None)
    parts = [keys for keys in switches if is_called(keys[:-2], feature) and (highest is None or len(keys) <= highest)]
    return [*right, *parts]
