"""A running reflector next to the server it should equal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from assistant_core.errors import (
    HomelabError,
)
from assistant_core.kube import Cluster, Reflector, Resource, Timing, WatchState
from demo.faults import FaultProxy
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result, result_name

from ..served_cluster import QUICK as SOON

RESULTS = Resource("core.k8sgpt.ai", "v1alpha1", "results")
KIND = kind_named("results.core.k8sgpt.ai")
QUICK = replace(SOON, page=0.5, watch_shortest=20, watch_longest=30)
WATCH, LIST = r".*watch=true.*", r".*limit=.*"


@dataclass
class Following:
    """A running reflector next to the server it should equal."""

    kubernetes: KubernetesSimulator
    proxy: FaultProxy
    cluster: Cluster
    reflector: Reflector[str] = field(init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def start(self, timing: Timing = QUICK, *, page_size: int = 500) -> None:
        self.reflector = Reflector(
            self.cluster,
            RESULTS,
            lambda item: item["spec"]["error"][0]["text"] or None,
            self._changed.set,
            timing=timing,
            page_size=page_size,
        )
        self._tasks.append(asyncio.create_task(self.reflector.run()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        assert all(task.cancelled() for task in self._tasks), "only cancelling ends a reflector"

    def put(self, name: str, text: str = "text") -> None:
        self.kubernetes.store.apply(result("Node", name, text))

    def delete(self, name: str) -> None:
        self.kubernetes.store.delete(KIND, K8SGPT_NAMESPACE, result_name(name))

    def server(self) -> dict[str, str]:
        objects = self.kubernetes.store.objects(KIND).values()
        return {item["metadata"]["uid"]: item["spec"]["error"][0]["text"] for item in objects}

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def equal(self) -> None:
        """Wait until the reflector has what the server has, watches and sees nothing wrong."""
        await self.until(
            lambda: (
                self.reflector.items == self.server()
                and self.reflector.state is WatchState.WATCHING
                and self.reflector.error is None
            )
        )

    async def hears(self) -> None:
        """Wait until a watch has told something, so that it can be resumed."""
        self.put("heard", f"text {self.kubernetes.store.version}")
        await self.equal()

    async def fails_with(self, error: type[HomelabError], state: WatchState) -> None:
        await self.until(lambda: type(self.reflector.error) is error and self.reflector.state is state)

    def requests(self, kind: str) -> int:
        return sum(f"{kind}=" in seen.path for seen in self.proxy.seen)
