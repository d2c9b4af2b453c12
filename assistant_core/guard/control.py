"""What a control is: one rule, how much it weighs, and the function that finds where it does not hold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .delivery import Trust
from .objects import KubernetesObject, Pod
from .policy import Policy
from .verdict import Level, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Where a rule does not hold: the field, one sentence on what is wrong, and the value that is.

    `values` fill what other languages say for the sentence, where they say more than its rule.
    """

    where: str
    message: str
    value: Any = None
    values: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodControl:
    """A control of the Pod Security Standards."""

    rule: str
    level: Level
    judge: Callable[[Pod], Iterator[Breach]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectControl:
    """A control over a whole object; `severity` where it stands already, `when_new` in a change that brings it."""

    rule: str
    judge: Callable[[KubernetesObject], Iterator[Breach]]
    level: Level = Level.BASELINE
    severity: Severity = Severity.ERROR
    when_new: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectChange:
    """An object before and after a change; None before: it is new, None after: it is gone."""

    before: KubernetesObject | None
    after: KubernetesObject | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeControl:
    """A control over what a change does to an object, which the object alone does not show."""

    rule: str
    judge: Callable[[ObjectChange, Policy, Trust], Iterator[Breach]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformControl:
    """A control over a Terraform file; `only_new`: what stands there already is as it should be."""

    rule: str
    judge: Callable[[Mapping[str, Any]], Iterator[Breach]]
    only_new: bool = False
