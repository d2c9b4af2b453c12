"""What an API server sends, decoded: each object of a list by itself, and of every object what somebody here reads.

What nobody reads, above all `metadata.managedFields`, which is often the larger half of an object, is passed over
without ever becoming Python objects. See docs/adr/0008.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading an object that is not what it should be raises."""


class Metadata(TypedDict, total=False):
    """The metadata that are read."""

    name: Any
    namespace: Any
    uid: Any
    resourceVersion: Any
    generation: Any
    creationTimestamp: Any
    labels: Any
    annotations: Any
    ownerReferences: Any


class Item(TypedDict, total=False):
    """The sections that are read: those of any object, of an Event of the core API, and of a Status."""

    metadata: Metadata
    spec: Any
    status: Any

    type: Any
    involvedObject: Any
    series: Any
    reason: Any
    message: Any
    lastTimestamp: Any
    eventTime: Any

    code: Any
    details: Any


class WatchEvent(TypedDict, total=False):
    """A line of a watch."""

    type: Any
    object: Item


class ListMeta(Struct):
    """The version of a list, and the token of its next part, if there is one."""

    version: str = field(name="resourceVersion")
    following: str | None = field(name="continue", default=None)


class Listed(Struct):
    """Part of a list; its objects are still to be decoded."""

    metadata: ListMeta
    items: list[Raw]


_ITEM: Decoder[Any] = Decoder(Item)
_EVENT: Decoder[Any] = Decoder(WatchEvent)

decode_list = Decoder(Listed).decode
decode_item = _ITEM.decode
decode_event = _EVENT.decode


def readable(items: Iterable[Raw]) -> Iterator[dict[str, Any]]:
    """Those of a list's objects that can be decoded."""
    for raw in items:
        try:
            yield decode_item(raw)
        except UNREADABLE:
            continue
