"""Keeps a copy of one kind of object equal to the server's: a paged list, then a watch, over again.

The rules are those of client-go's Reflector. A watch resumes at the last version it heard of, which replays exactly
what was missed. Where that cannot be (410 as a status, as an event or in the middle of a list; an event that could not
be read or comes out of order; a watch that told nothing at all; a server whose etcd was restored to an older version)
everything is listed again and what is gone, goes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from enum import StrEnum
from itertools import batched
import random
import time
from types import MappingProxyType
from typing import Any, Never

from ..errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    Defect,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
)
from .cluster import Cluster, Page
from .copy import Copy
from .listing import PAGE_SIZE, pages
from .resource import Resource
from .status import Call, Expired, failure
from .supervisor import supervise
from .timing import DEFAULT_TIMING, Backoff, Timing
from .wire import UNREADABLE, decode_event

SLICE = 100  # objects read before others get their turn on the event loop


class WatchState(StrEnum):
    """What a reflector is doing."""

    LISTING = "listing"  # reads everything there is
    WATCHING = "watching"  # hears of every change
    POLLING = "polling"  # may list but not watch; lists again now and then
    NOT_INSTALLED = "not_installed"  # the server has no such resource; looked for again now and then
    DENIED = "denied"  # the server refuses our account; asked again now and then
    BACKING_OFF = "backing_off"  # the last attempt failed; the next waits


class Reflector[T]:
    """The objects of one resource as `transform` makes them, by uid; `None` from `transform` keeps an object out.

    `on_change` is called after every batch that may have changed the items, and when state or error change. It is
    called often. Counted since the start are the objects `skipped` because they could not be read, the `lists` read to
    their end, the `events` heard and the `restarts` after a defect of ours.
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
        urgent: bool = False,
    ) -> None:
        """Needs a running event loop. While many wait for a server that fails, the `urgent` go first."""
        self.resource = resource
        self._cluster = cluster
        self._on_change = on_change
        self._timing = timing
        self._page_size = page_size
        self._visitor = cluster.gate.visitor(timing, urgent=urgent)
        self._backoff = Backoff(timing)
        self._copy = Copy(transform)
        self._version: str | None = None
        self._listed = 0.0
        self._doubted = 0.0  # when the server may have become another one, by the monotonic clock
        self._vain = False  # the last watch told nothing
        self._unmarked = False  # the server was silent, though a list showed that it was well: it sends no bookmarks
        self._synced = asyncio.Event()
        self.state = WatchState.LISTING
        self.error: HomelabError | None = None
        self.failing_since: datetime | None = None
        self.last_contact: datetime | None = None
        self.skipped = self.lists = self.events = self.restarts = 0

    @property
    def items(self) -> Mapping[str, T]:
        """What the server had when we last heard of it, by uid."""
        return MappingProxyType(self._copy.items)

    def drain(self) -> set[str]:
        """The uids of what came, changed or went since this was last asked, and perhaps of some that did not."""
        return self._copy.drain()

    async def wait_synced(self) -> None:
        """Wait until the server was listed once, or is known not to have the resource."""
        await self._synced.wait()

    async def run(self) -> Never:
        """Follow the server until cancelled."""
        await supervise(f"The watch of {self.resource}", self._follow, self._restarted, self._timing)

    async def _follow(self) -> Never:
        pause = 0.0
        while True:
            try:
                async with self._visitor.turn(pause):
                    await self._attempt()
            except HomelabError as error:
                pause = self._failed(error) - (time.monotonic() - self._visitor.began)
            else:
                pause = self._backoff.pause()

    async def _attempt(self) -> None:
        """Watch from where we were, or from a new list if need be."""
        if self._version is not None and not self._poll_due() and await self._still_known():
            try:
                await self._watch(self._version)
            except Expired:
                self._version = None
            else:
                return
        version = await self._list()
        if self._vain:
            await asyncio.sleep(self._timing.pause_shortest)
        await self._watch(version)

    def _poll_due(self) -> bool:
        """Whether it is time to list what may not be watched, rather than at the next attempt."""
        timing = self._timing
        return self.state is WatchState.POLLING and time.monotonic() - self._listed > timing.poll - timing.denied / 2

    async def _list(self) -> str:
        if self.error is None:
            self._enter(WatchState.LISTING)
        items: dict[str, T] = {}
        async for page, begins in pages(self._page, self._page_size):
            if begins:
                items = {}
            for some in batched(page.items, SLICE, strict=False):
                await asyncio.sleep(0)
                self.skipped += sum(not self._copy.read(items, raw) for raw in some)
        self._copy.replace(items)
        self._version, self._listed = page.version, time.monotonic()
        self._doubted = 0.0
        self.lists += 1
        self._heard()
        self._on_change()
        return page.version

    async def _page(self, limit: int, token: str) -> Page:
        with self._visitor.asking():
            return await self._cluster.page(self.resource, limit=limit, token=token, deadline=self._timing.page)

    async def _watch(self, version: str) -> None:
        seconds = random.uniform(self._timing.watch_shortest, self._timing.watch_longest)  # noqa: S311 - spreads the load
        async with AsyncExitStack() as stack:
            with self._visitor.asking():
                batches = await stack.enter_async_context(
                    self._cluster.watch(
                        self.resource,
                        version,
                        seconds=seconds,
                        silence=self._timing.silence,
                        answer=self._timing.answer,
                    )
                )
            await self._hear(batches, seconds)

    async def _still_known(self) -> bool:
        """Whether the server may be asked for what came after our version.

        One whose etcd was restored accepts a watch from a version that is yet to come, and is silent. What one watch
        finds out holds for all: with several etcds the others learn it from their next bookmark.
        """
        gate, doubted = self._cluster.gate, self._doubted
        if doubted > max(gate.assured, gate.restored):
            asked = time.monotonic()
            page = await self._page(1, "")
            if _older(page.version, self._version):
                gate.restored = asked
            else:
                gate.assured = asked
        self._doubted = 0.0
        return not doubted or doubted > gate.restored

    async def _hear(self, batches: AsyncIterator[list[bytes]], seconds: float) -> None:
        """Follow an accepted watch to its end, and forget its version unless the next may go on where it ended."""
        self._heard()
        self._enter(WatchState.WATCHING)
        told = False
        try:
            with self._visitor.hearing(seconds):
                async for batch in batches:
                    self._heard()
                    if not (told := self._take(batch)):
                        break
            self._vain = not told
        except ConnectionFailed as error:
            # The end of an accepted watch, clean or not, is no failure yet: the next attempt tells.
            self._doubted = time.monotonic()
            self._enter(WatchState.BACKING_OFF)
            silent = isinstance(error, DeadlineExceeded)
            told = told or (self._visitor.proven and (not silent or self._unmarked))
            self._unmarked = self._unmarked or silent
        if not told:
            self._version = None

    def _take(self, batch: list[bytes]) -> bool:
        """Apply events; False if one could not be read."""
        lost = sum(not self._apply(line) for line in batch)
        self.events += len(batch)
        self.skipped += lost
        self._on_change()
        return not lost

    def _apply(self, line: bytes) -> bool:
        try:
            event = decode_event(line)
        except UNREADABLE:
            return False
        match event:
            case {"type": "ERROR", "object": {"code": int(code)} as status}:
                raise failure(Call(self._cluster.name, "watch", str(self.resource)), code, status)
            case {"type": str(kind), "object": {"metadata": {"resourceVersion": str(version)}} as item}:
                understood = not _older(version, self._version) and self._copy.happened(kind, item)
            case _:
                return False
        if understood:
            self._version = version
        return understood

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
        """Draw the conclusions; the seconds from one attempt to the next."""
        match error:
            case Expired() if self._version is not None:
                self._version = None
            case NotFound():
                self._copy.replace({})
                self._version = None
                self._heard()
                self._enter(WatchState.NOT_INSTALLED, error)
                return self._timing.not_installed
            case PermissionDenied(placeholders={"verb": "watch"}):
                self._enter(WatchState.POLLING, error)
                return self._timing.denied
            case AuthenticationFailed() | PermissionDenied():
                self._version = None
                self._enter(WatchState.DENIED, error)
                return self._timing.denied
            case _:
                self._doubted = time.monotonic()
                self._enter(WatchState.BACKING_OFF, error)
        pause = self._backoff.pause()
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return max(pause, error.retry_after)
        return pause

    def _restarted(self, _: BaseException) -> None:
        self.restarts += 1
        self._version = None
        sentence = f"The watch of {self.resource} in {self._cluster.name} stopped because of a mistake in this program."
        self._enter(WatchState.BACKING_OFF, Defect(f"{sentence} It was started again; the log says more."))


def _older(version: str, known: str | None) -> bool:
    """Whether a version is from before the known one; versions that are no numbers cannot be compared.

    They are compared as texts, as client-go does: a number may have any number of digits.
    """
    if known is None or not version.isdecimal() or not known.isdecimal():
        return False
    return (len(version), version) < (len(known), known)
