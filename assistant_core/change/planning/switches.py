"""A feature that is switched on or off: `enabled` below a key of that name in a chart's values."""

from ...errors import AmbiguousWorkload, Incomplete
from ...gitops import Index, Workload
from ...gitops.layouts.files import get
from ...gitops.text import Path
from ...models.plan import SetEnv, SetValue
from ...models.wish import MEANT, Wish
from .fields import is_called, path_of, values_of, variables_of

_ENABLED = "enabled"


def of_switch(wish: Wish, index: Index, kind: str | None) -> SetValue | SetEnv:
    """The plan for a switch. Raises Incomplete where the files have none, AmbiguousWorkload for several."""
    workload = index.release(wish.name, wish.namespace, kind)
    alone = len(index.candidates(wish.name, wish.namespace, kind)) == 1
    feature = wish.slots["key"]
    known = [
        keys
        for keys, value in values_of(workload, alone=alone)
        if str(keys[-1]).casefold() == _ENABLED and isinstance(value, bool) and keys[:-1]
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
    if not found and (variable := _variable(workload, index, feature)):
        return SetEnv(name=wish.name, namespace=wish.namespace, kind=kind, variable=variable, value=wish.slots["value"])
    if not found:
        tops = {str(keys[0]).casefold() for keys, _ in values_of(workload, alone=alone)}
        usual = ".".join(sorted(feature.split(), key=lambda word: word.casefold() not in tops))
        raise Incomplete(
            f"The values of {workload.label} in the files do not say whether {feature} is enabled. Say the path of "
            f"keys that its chart knows, such as 'set {usual}.enabled of {workload.name} to {wish.slots['value']}'.",
            name=workload.name,
            key=feature,
            reason="no_switch",
        )
    path = chosen if chosen in found else found[0]
    return SetValue(name=wish.name, namespace=wish.namespace, kind=kind, path=path, value=wish.slots["value"] == "true")


def _variable(workload: Workload, index: Index, feature: str) -> str:
    """The variable of that name, where it says true or false; empty for any other."""
    known = {name: get(value, "value", default=value) for name, value in variables_of(workload, index).items()}
    switches = [name for name, now in known.items() if str(now).casefold() in ("true", "false")]
    same = [name for name in switches if is_called((name,), feature)]
    longer = [name for name in switches if is_called((name[-len(feature) :],), feature)]
    return next(iter(same), longer[0] if len(longer) == 1 else "")


def _called(switches: list[Path], feature: str) -> list[Path]:
    """The switches right below the feature, and those of its parts ("persistence.data") where it stands higher.

    People say "media persistence" as well as "persistence media".
    """
    orders = (feature, " ".join(reversed(feature.split())))
    right = next(filter(None, ([keys for keys in switches if is_called(keys[:-1], each)] for each in orders)), [])
    highest = min(map(len, right), default=None)
    parts = [keys for keys in switches if is_called(keys[:-2], feature) and (highest is None or len(keys) <= highest)]
    return [*right, *parts]
