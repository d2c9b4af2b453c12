"""What we keep of a server's objects of one kind."""

from collections.abc import Callable
from typing import Any

from msgspec import Raw

from .wire import UNREADABLE, decode_item


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
                if (uid := self._put(self.items, item)) is not None:
                    self._changed.add(uid)
                return uid is not None
            case "DELETED" if isinstance(uid := item["metadata"].get("uid"), str):
                self.items.pop(uid, None)
                self._changed.add(uid)
                return True
        return kind == "BOOKMARK"

    def replace(self, items: dict[str, T]) -> None:
        """Keep these instead; what is not among them is gone."""
        self._changed |= self.items.keys() | items.keys()
        self.items = items

    def read(self, items: dict[str, T], raw: Raw) -> bool:
        """Put an object of a list that is being read into these items; False if it is unreadable."""
        try:
            item = decode_item(raw)
        except UNREADABLE:
            return False
        return self._put(items, item) is not None

    def _put(self, items: dict[str, T], item: dict[str, Any]) -> str | None:
        """The uid of an object that was put into these items; None if it is unreadable."""
        try:
            uid, kept = item["metadata"]["uid"], self._transform(item)
        except UNREADABLE:
            return None
        if not isinstance(uid, str):
            return None
        if kept is None:
            items.pop(uid, None)
        else:
            items[uid] = kept
        return uid
