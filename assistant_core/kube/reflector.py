"""Keeps a copy of one kind of object equal to the server's: a paged list, then a watch, over again.

The rules are those of client-go's Reflector. A watch resumes at the last version it heard of, which replays exactly
what was missed. Where that cannot be (410 as a status, as an event or in the middle of a list; an event that could not
be read; a watch that told nothing at all; a server that is silent because its etcd was restored to an older version)
everything is listed again and what is gone, goes.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
import random
from types import MappingProxyType
from typing import Any, Never

import orjson

from ..errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
)
from .cluster import Cluster, Resource
from .status import Call, Expired, failure
from .timing import DEFAULT_TIMING, Backoff, Timing

PAGE_SIZE = 500


class WatchState(StrEnum):
    """What a reflector is doing."""

    LISTING = "listing"  # reads everything there is
    WATCHING = "watching"  # hears of every change
    NOT_INSTALLED = "not_installed"  # the server has no such resource; looked for again now and then
    DENIED = "denied"  # the server refuses our account; asked again now and then
    BACKING_OFF = "backing_off"  # the last attempt failed; the next waits


class Reflector[T]:
    """The objects of one resource as `transform` makes them, by uid; `None` from `transform` keeps an object out.

    `on_change` is called after every batch that may have changed the items, and when state or error change.
    """

    def __init__(
        self,
        cluster: Cluster,
        resource: Resource,
        transform: Callable[[dict[str, Any]], T | None],
        on_change: Callable[[], None],
        *,
        timing: Timing = DEFAULT_TIMING,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._cluster = cluster
        self._resource = resource
        self._transform = transform
        self._on_change = on_change
        self._timing = timing
        self._page_size = page_size
        self._backoff = Backoff(timing)
        self._items: dict[str, T] = {}
        self._version: str | None = None
        self._synced = asyncio.Event()
        self.state = WatchState.LISTING
        self.error: HomelabError | None = None
        self.failing_since: datetime | None = None
        self.last_contact: datetime | None = None
        self.skipped = 0

    @property
    def items(self) -> Mapping[str, T]:
        """What the server had when we last heard of it, by uid."""
        return MappingProxyType(self._items)

    async def wait_synced(self) -> None:
        """Wait until the server was listed once, or is known not to have the resource."""
        await self._synced.wait()

    async def run(self) -> Never:
        """Follow the server until cancelled."""
        while True:
            try:
                await self._watch(self._version or await self._list())
            except HomelabError as error:
                pause = self._failed(error)
            else:
                pause = self._backoff.pause()
            await asyncio.sleep(pause)

    async def _list(self) -> str:
        if self.error is None:
            self._enter(WatchState.LISTING)
        items: dict[str, T] = {}
        token = ""
        while True:
            page = await self._cluster.page(
                self._resource, limit=self._page_size, token=token, deadline=self._timing.page
            )
            for item in page.items:
                if not self._put(items, item):
                    self.skipped += 1
            if not (token := page.following):
                break
        self._items, self._version = items, page.version
        self._heard()
        self._on_change()
        return page.version

    async def _watch(self, version: str) -> None:
        seconds = random.uniform(self._timing.watch_shortest, self._timing.watch_longest)  # noqa: S311 - spreads the load
        accepted = told = False
        try:
            async with self._cluster.watch(
                self._resource, version, seconds=seconds, silence=self._timing.silence
            ) as batches:
                accepted = True
                self._heard()
                self._enter(WatchState.WATCHING)
                async for batch in batches:
                    self._heard()
                    if not (told := self._take(batch)):
                        break
        except ConnectionFailed as error:
            # The end of an accepted watch, clean or not, is no failure yet: the next attempt tells.
            if not accepted:
                raise
            told = told and not isinstance(error, DeadlineExceeded)
        if not told:
            self._version = None

    def _take(self, batch: list[bytes]) -> bool:
        """Apply events; False if one could not be read."""
        lost = sum(not self._apply(line) for line in batch)
        self.skipped += lost
        self._on_change()
        return not lost

    def _apply(self, line: bytes) -> bool:
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            return False
        match event:
            case {"type": "ERROR", "object": {"code": int(code)} as status}:
                raise failure(Call(self._cluster.name, "watch", str(self._resource)), code, status)
            case {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}:
                understood = True
            case {"type": "ADDED" | "MODIFIED", "object": {"metadata": {"resourceVersion": str(version)}} as item}:
                understood = self._put(self._items, item)
            case {"type": "DELETED", "object": {"metadata": {"resourceVersion": str(version), "uid": str(uid)}}}:
                self._items.pop(uid, None)
                understood = True
            case _:
                return False
        self._version = version
        return understood

    def _put(self, items: dict[str, T], item: Any) -> bool:
        match item:
            case {"metadata": {"uid": str(uid)}}:
                kept = self._transform(item)
            case _:
                return False
        if kept is None:
            items.pop(uid, None)
        else:
            items[uid] = kept
        return True

    def _heard(self) -> None:
        self.last_contact = datetime.now(UTC)
        self._synced.set()

    def _enter(self, state: WatchState, error: HomelabError | None = None) -> None:
        """Change state; `error` is the reason why what we have may be old."""
        unchanged = state is self.state and str(error) == str(self.error)
        self.state, self.error = state, error
        self.failing_since = (self.failing_since or datetime.now(UTC)) if error else None
        if not unchanged:
            self._on_change()

    def _failed(self, error: HomelabError) -> float:
        """Draw the conclusions; the seconds until the next attempt."""
        match error:
            case Expired():
                self._version = None
            case NotFound():
                self._items, self._version = {}, None
                self._heard()
                self._enter(WatchState.NOT_INSTALLED, error)
                return self._timing.not_installed
            case AuthenticationFailed() | PermissionDenied():
                self._version = None
                self._enter(WatchState.DENIED, error)
                return self._timing.denied
            case _:
                self._enter(WatchState.BACKING_OFF, error)
        pause = self._backoff.pause()
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return max(pause, error.retry_after)
        return pause
