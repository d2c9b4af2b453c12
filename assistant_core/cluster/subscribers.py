"""Those who want to be told."""

from collections.abc import Callable


class Subscribers[T]:
    """Callbacks, in the order in which they came."""

    def __init__(self) -> None:
        self._callbacks: dict[object, Callable[[T], None]] = {}

    def add(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Tell one more; returns how to stop that."""
        key = object()
        self._callbacks[key] = callback

        def remove() -> None:
            self._callbacks.pop(key, None)

        return remove

    def tell(self, *news: T) -> None:
        """Tell everybody."""
        for each in news:
            for callback in tuple(self._callbacks.values()):
                callback(each)
