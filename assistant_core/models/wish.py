"""A change in a person's words: names as they were said, amounts perhaps against what is now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

type Measure = Literal["replicas", "cpu", "memory", "storage"]
type Bound = Literal["", "request", "limit", "both"]
type How = Literal["to", "by", "times"]

MEANT = "meant"
"""The slot for the one of several meanings that a person chose."""


class Amount(NamedTuple):
    """How much of something: `number` of `unit` is what it shall be, what is added to it, or what multiplies it.

    `number` is None when only a direction was said ("more memory"). `unit` is one of Kubernetes ("Gi", "m"), "" for
    whole things. `was` is what the person believes it to be now. `towards` is 1 or -1 where "to" shall be more or less
    than now.
    """

    of: Measure
    how: How = "to"
    number: float | None = None
    unit: str = ""
    bound: Bound = ""
    was: float | None = None
    towards: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for, before it is looked up in a repository.

    `operation` is one of the plans', or "update" where the words leave open whether an image or a chart is meant.
    `slots` are its other fields, as text. `also` is a word of ours that may be the name of a variable as well, with the
    value that it would get. `is_room` where the words leave open whether memory or a volume is meant: "give it 30Gi".
    """

    operation: str
    name: str = ""
    namespace: str | None = None
    kind: str | None = None
    container: str | None = None
    amounts: tuple[Amount, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, str] | None = field(default=None, compare=False)
    is_room: bool = field(default=False, compare=False)
