"""The fields that Kubernetes objects share."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ..models.cluster import Complaint
from ..models.finding import Owner

MESSAGE_LIMIT = 500
NUMBER_LIMIT = 2**31  # Kubernetes counts in 32 bits; Home Assistant cannot tell of more than 64


def section(item: Any, *names: str) -> dict[str, Any]:
    """A part of an object; empty where it is missing or no mapping."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else None
    return item if isinstance(item, dict) else {}


def entries(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of mappings in an object; empty where it is missing."""
    found = item.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def count(item: dict[str, Any], name: str, default: int = 0) -> int:
    """A number in an object; Kubernetes leaves zeros out."""
    found = item.get(name)
    return found if isinstance(found, int) and abs(found) < NUMBER_LIMIT else default


def text(item: dict[str, Any], name: str) -> str:
    """A text in an object, as much of it as is spoken of; "" where it is missing."""
    found = item.get(name)
    return found[:MESSAGE_LIMIT] if isinstance(found, str) else ""


def moment(item: dict[str, Any], name: str) -> datetime | None:
    """A time in an object (RFC 3339)."""
    found = item.get(name)
    try:
        return datetime.fromisoformat(found).astimezone(UTC) if isinstance(found, str) else None
    except OverflowError, ValueError:
        return None


def labels(item: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """An object's labels, sorted."""
    return tuple(sorted((key, str(value)) for key, value in section(item, "metadata", "labels").items()))


def controller(item: dict[str, Any]) -> Owner | None:
    """What an object says that it belongs to."""
    for owner in entries(section(item, "metadata"), "ownerReferences"):
        match owner:
            case {"controller": True, "kind": str(kind), "name": str(name)}:
                return Owner(kind, name)
    return None


def conditions(item: dict[str, Any]) -> Iterator[tuple[str, Complaint]]:
    """The status (True, False or Unknown) and text of each of an object's conditions."""
    for condition in entries(section(item, "status"), "conditions"):
        yield (
            text(condition, "status"),
            Complaint(
                text(condition, "type"),
                text(condition, "reason"),
                text(condition, "message"),
                moment(condition, "lastTransitionTime"),
            ),
        )
