"""A household with a cluster that can be made to fail, and the table of what that cost and how long it took to heal."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import logging
from typing import Any

import aiohttp
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.homelab_assistant.assistant_core.cluster import ClusterWatch, Patience
from custom_components.homelab_assistant.assistant_core.kube import Cluster, ClusterConfig, connect
from custom_components.homelab_assistant.assistant_core.models.finding import Finding
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import ADMIN_TOKEN, KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result
from tests.clock import FastClock

RESULTS = kind_named("results.core.k8sgpt.ai")
CLAIMS = kind_named("persistentvolumeclaims")
MINUTE = 60
LASTS = 3  # minutes after the first
WATCHES = r".*/results\?.*"
TITLE = "what it costs when the cluster fails"
BUDGET = 10  # requests in a minute
ACCEPTED = {"truncated chunk": (1, 0), "silent under way": (1, 1)}
"""How often the server accepts every watch, in the first minute and after it: that is not in vain."""
HEALS_WITH = {"401 once": 1, "etcd restored": 2}
"""The requests of each watch that end what is over as soon as it has begun."""
FEW = 8  # requests beside those: whether it is well, and what failed once more
HEADER = ("fault", "1st min", "req/min", "healed s", "writes", "log", "what was said")

type Said = set[tuple[str, frozenset[str]]]


def said(findings: tuple[Finding, ...]) -> Said:
    """What findings come to, whoever looked."""
    return {(each.id, frozenset(each.errors)) for each in findings}


class Requests:
    """When our integration asked the cluster for something, by the loop's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: list[float] = []
        ask = Cluster._get

        async def asked(cluster: Cluster, *args: Any) -> Any:
            self.at.append(asyncio.get_running_loop().time())
            return await ask(cluster, *args)

        monkeypatch.setattr(Cluster, "_get", asked)


@dataclass
class ClusterHome:
    """A house with one cluster, seen through Home Assistant."""

    hass: HomeAssistant
    entry: ConfigEntry
    kubernetes: KubernetesSimulator
    proxy: FaultProxy
    clock: FastClock
    requests: Requests
    caplog: pytest.LogCaptureFixture
    node: pytest.Function
    begun: float = field(default=0, init=False)

    @property
    def name(self) -> str:
        """What the fault is called."""
        case = getattr(self.node, "callspec", None)
        return case.id if case else self.node.name.removeprefix("test_").replace("_", " ")

    @property
    def watch(self) -> ClusterWatch:
        return self.entry.runtime_data.cluster.watch

    @property
    def now(self) -> float:
        return self.hass.loop.time()

    def settled(self) -> bool:
        """Whether every watch stands, so that a connection that is dropped is the connection of one."""
        return {each.state for each in self.watch.health} <= {"watching", "not_installed"}

    def logged(self) -> list[str]:
        """What a person with default log levels would read of us."""
        return [
            record.getMessage()
            for record in self.caplog.records
            if record.name.startswith("custom_components.homelab_assistant") and record.levelno >= logging.INFO
        ]

    def move_on(self) -> None:
        """Something comes, changes and goes while nobody hears of it."""
        store = self.kubernetes.store
        store.delete(CLAIMS, "media", "config-jellyfin")
        if RESULTS not in store.missing:
            store.delete(RESULTS, K8SGPT_NAMESPACE, "mediajellyfin")
            store.apply(result("Pod", "home/mosquitto-0", "another text"))
            store.apply(result("Node", "k3s-1", "text"))

    async def truth(self) -> Said:
        """What somebody sees who looks for the first time, past all faults."""
        count = len(self.requests.at)
        address = f"http://127.0.0.1:{self.proxy._upstream_port}"
        config = ClusterConfig(name=self.watch.name, server=address, token=ADMIN_TOKEN)
        async with aiohttp.ClientSession() as session:
            watch = ClusterWatch(await connect(session, config), patience=Patience())
            task = asyncio.create_task(watch.run())
            await watch.wait_synced()
            task.cancel()
            await asyncio.wait([task])
        del self.requests.at[count:]
        return said(watch.findings)

    async def until(self, condition: Callable[[], bool], seconds: float) -> float:
        """Wait until something holds, by the loop's clock; how long it took."""
        began, changed = self.now, asyncio.Event()
        stop = self.watch.listen(changed.set)
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    changed.clear()
                    await changed.wait()
                    await asyncio.sleep(0)
        finally:
            stop()
        return self.now - began

    async def suffers(
        self, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]], *, within: float = 35
    ) -> None:
        """Let a fault last for some minutes while the cluster moves on; afterwards we know what the server knows."""
        with self.clock.running():
            await self.until(self.settled, MINUTE)
            await asyncio.sleep(MINUTE)
            self.caplog.clear()
            await begin()
            self.begun = self.now
            self.move_on()
            await asyncio.sleep((1 + LASTS) * MINUTE)
            at = [each - self.begun for each in self.requests.at if each >= self.begun]
            first, later = sum(each < MINUTE for each in at), sum(each >= MINUTE for each in at) / LASTS
            error, down = self.watch.observation.error, self.logged()
            self.caplog.clear()
            await end()
            ended, truth = self.now, await self.truth()
            await self.until(lambda: said(self.watch.findings) == truth, within - (self.now - ended))
            healed = self.now - ended
            await self.until(lambda: self.watch.observation.error is None, within)
            await self.hass.async_block_till_done()
            await asyncio.sleep(MINUTE)
            up = self.logged()
        self.note(first, later, healed, f"{len(down)}/{len(up)}", str(error or ""))
        assert self.hass.states.get("sensor.homelab_findings").state == str(len(truth))
        assert len(down) <= 1, down
        assert len(up) <= 1, up
        at_first, on_average = self.budget
        assert first <= at_first, [round(each, 1) for each in at]
        assert later <= on_average, [round(each, 1) for each in at]

    @property
    def budget(self) -> tuple[int, float]:
        """The most requests in the first minute, and in a later one on average."""
        watches = len(self.watch.health)
        if self.name in HEALS_WITH:
            return HEALS_WITH[self.name] * watches + FEW, FEW
        at_first, later = ACCEPTED.get(self.name, (0, 0))
        return BUDGET + at_first * watches, BUDGET + later * watches / LASTS

    def note(self, first: int, later: float, healed: float, log: str, sentence: str, writes: str = "") -> None:
        """Put a line into the table."""
        figures = str(first), f"{later:.1f}", f"{healed:.0f}", writes, log
        self.node.user_properties.append((TITLE, (self.name, *figures, sentence[:110])))

    async def inject(self, *faults: Fault) -> None:
        """Make the server fail, for what is under way too."""
        for fault in faults:
            await self.proxy.inject(fault)
        if not any(fault.kind is FaultKind.REFUSE for fault in faults):
            of_everything = any(fault.path == ".*" for fault in faults)
            await self.proxy.drop_connections(".*" if of_everything else WATCHES)

    async def clear(self) -> None:
        """Let the server be well; connections to it break as they do when something in between is restarted."""
        await self.proxy.clear()
