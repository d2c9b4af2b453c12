"""What we keep of a server's objects of one kind."""

from collections.abc import Callable
from typing import Any

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Copy[T]:
    """Objects as `transform` makes them, by uid; `None` from `transform` keeps an object out."""

    def __init__(self, transform: Callable[[dict[str, Any]], T | None]) -> None:
        self.items: dict[str, T] = {}
        self._transform = transform
        self._changed: set[str] = set()

    def drain(self) -> set[str]:
        """The uids of what came, changed or went since this was last asked, and perhaps of some that did not."""
        changed, self._changed = self._changed, set()
        return changed

    def happened(self, kind: str, item: dict[str, Any]) -> bool:
        """Apply a watch event about an object; False if it makes no sense."""
        match kind:
            case "ADDED" | "MODIFIED":
                return self.put(self.items, item)
            case "DELETED" if isinstance(uid := item["metadata"].get("uid"), str):
                self.items.pop(uid, None)
                self._changed.add(uid)
                return True
        return kind == "BOOKMARK"

    def put(self, items: dict[str, T], item: Any) -> bool:
        """Put an object into these items, of a list that is not read to its end perhaps; False if it is unreadable."""
        metadata = item.get("metadata") if isinstance(item, dict) else None
        uid = metadata.get("uid") if isinstance(metadata, dict) else None
        if not isinstance(uid, str):
            return False
        try:
            kept = self._transform(item)
        except UNREADABLE:
            return False
        if kept is None:
            items.pop(uid, None)
        else:
            items[uid] = kept
        self._changed.add(uid)
        return True

    def replace(self, items: dict[str, T]) -> None:
        """Keep these instead; what is not among them is gone.

        All are told of: who drained while a list was read saw what was kept before it.
        """
        self._changed |= self.items.keys() | items.keys()
        self.items = items
