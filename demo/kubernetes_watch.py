"""Watches of the simulated API server: events as lines of JSON, bookmarks, and the ways in which a watch is too old."""

import asyncio
from dataclasses import dataclass
import json
import time

from aiohttp import web

from .kubernetes_objects import Kind, Object, expired
from .kubernetes_selectors import Selector
from .kubernetes_store import Store, watch_events

LAST_BOOKMARK = 2  # seconds before the end, as kube-apiserver sends it


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One watch; `version` 0 asks for everything there is first. Times are in seconds, `bookmarks` 0 means none."""

    store: Store
    kind: Kind
    selects: Selector
    version: int
    seconds: float
    bookmarks: float
    expired_as_status: bool

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Stream until the time is over or the kind is gone; raises Refused 410."""
        too_old = 0 < self.version < self.store.floor
        gone = expired(f"too old resource version: {self.version} ({self.store.floor})")
        if too_old and self.expired_as_status:
            raise gone
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        if too_old:
            await _send(response, "ERROR", gone.status)
        elif self.version > self.store.version:
            await asyncio.sleep(self.seconds)  # a version from the future: a real server keeps silent too
        else:
            await self._follow(response)
        return response

    async def _follow(self, response: web.StreamResponse) -> None:
        version = self.version
        if not version:
            version = self.store.version
            for item in self.store.objects(self.kind).values():
                if self.selects(item):
                    await _send(response, "ADDED", item)
        until = time.monotonic() + self.seconds
        bookmark_at = self._next_bookmark(until)
        while (now := time.monotonic()) < until and self.kind not in self.store.missing:
            changed = self.store.next_change()
            changes, version = self.store.since(version), self.store.version
            for event, item in watch_events(changes, self.kind, self.selects):
                await _send(response, event, item)
            if now >= bookmark_at:
                mark = {"apiVersion": self.kind.api_version, "kind": self.kind.kind}
                await _send(response, "BOOKMARK", {**mark, "metadata": {"resourceVersion": str(version)}})
                bookmark_at = self._next_bookmark(until)
            await _wait(changed, min(until, bookmark_at) - time.monotonic())
        for event, item in watch_events(self.store.since(version), self.kind, self.selects):
            await _send(response, event, item)

    def _next_bookmark(self, until: float) -> float:
        now, last = time.monotonic(), until - LAST_BOOKMARK
        if not self.bookmarks:
            return float("inf")
        return min(now + self.bookmarks, last) if now < last else now + self.bookmarks


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(0, seconds)):
            await changed.wait()
    except TimeoutError:
        pass


async def _send(response: web.StreamResponse, event: str, item: Object) -> None:
    line = json.dumps({"type": event, "object": item}, separators=(",", ":"))
    await response.write(line.encode() + b"\n")
