"""Every way a cluster fails, through a real entry: while it lasts it is hardly asked, then we know what it knows."""

import asyncio
from collections.abc import AsyncIterator
import ipaddress
import json
from pathlib import Path
from typing import Any

from aiohttp import ThreadedResolver
from cryptography import x509
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.homelab_assistant.assistant_core.kube.cluster import LINE_LIMIT
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import ADMIN as ADMIN_ACCOUNT
from demo.kubernetes import ADMIN_TOKEN, READER, READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import READ, Account
from demo.results import K8SGPT_NAMESPACE, result
from tests.certificates import issue
from tests.clock import FastClock

from .cluster import MINUTE, RESULTS, ClusterHome, Requests, said
from .names import NoNameServer
from .tls import tls_context, tls_front

LIST = r"/apis/core\.k8sgpt\.ai/v1alpha1/results\?(?!.*watch=true).*"
WATCH = r"/apis/core\.k8sgpt\.ai/v1alpha1/results\?.*watch=true.*"
LIST_OR_WATCH = r".*\?.*"
PODS = r"/api/v1/pods\?.*"
GONE = json.dumps({"kind": "Status", "code": 410, "reason": "Expired"})
STATUS = FaultKind.STATUS
LOCALHOST = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)


def told(*lines: str) -> Fault:
    """A watch that says this and ends."""
    return Fault(kind=STATUS, status=200, path=WATCH, body="".join(f"{line}\n" for line in lines))


def event(kind: str, version: int, uid: str = "u", **spec: Any) -> str:
    item = {"metadata": {"resourceVersion": str(version), "uid": uid, "name": uid, "namespace": "k"}, "spec": spec}
    return json.dumps({"type": kind, "object": item})


ADMIN = (ADMIN_TOKEN, ADMIN_ACCOUNT)
FAULTS = {
    "refused": Fault(kind=FaultKind.REFUSE),
    "blackhole": Fault(kind=FaultKind.HANG),
    "silent under way": Fault(kind=FaultKind.HANG, after=600),
    "slowloris": Fault(kind=FaultKind.SLOW, delay=2, size=10),
    "truncated chunk": Fault(kind=FaultKind.CUT, after=900),
    "reset": Fault(kind=FaultKind.CUT),
    "not http": Fault(kind=FaultKind.GARBAGE),
    "a web page": Fault(kind=STATUS, status=200, body="<html>no cluster</html>"),
    "429": Fault(kind=STATUS, status=429, headers={"Retry-After": "20"}),
    "500": Fault(kind=STATUS, status=500),
    "503": Fault(kind=STATUS, status=503, body="<html>"),
    "410 as status": Fault(kind=STATUS, status=410, body=GONE, path=WATCH),
    "410 as event": told(f'{{"type":"ERROR","object":{GONE}}}'),
    "410 for lists": Fault(kind=STATUS, status=410, body=GONE, path=LIST),
    "immediate EOF": told(),
    "garbage line": told("nonsense"),
    "unknown type": told(event("NEW", 10**6)),
    "missing metadata": told('{"type":"ADDED","object":{"spec":{}}}'),
    "duplicates": told(event("ADDED", 2), event("ADDED", 2)),
    "out of order": told(event("ADDED", 10**6), event("ADDED", 10)),
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> FastClock:
    return FastClock(monkeypatch)


@pytest.fixture(autouse=True)
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    return Requests(monkeypatch)


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """The demo's cluster."""
    return KubernetesSimulator()


pytestmark = pytest.mark.usefixtures("tracebacks")


@pytest.fixture
async def home(
    cluster: ConfigEntry,
    kubernetes: KubernetesSimulator,
    kubernetes_proxy: FaultProxy,
    clock: FastClock,
    requests: Requests,
    caplog: pytest.LogCaptureFixture,
    hass: HomeAssistant,
    request: pytest.FixtureRequest,
) -> AsyncIterator[ClusterHome]:
    """The household; afterwards its entry unloads and leaves no task behind."""
    yield ClusterHome(hass, cluster, kubernetes, kubernetes_proxy, clock, requests, caplog, request.node)
    assert await hass.config_entries.async_unload(cluster.entry_id)
    assert not [task for task in asyncio.all_tasks() if is_ours(task)]
    assert {seen.method for seen in kubernetes_proxy.seen} <= {"GET"}, "the cluster is read-only to us"


def is_ours(task: asyncio.Task[Any]) -> bool:
    """Whether a task runs code of the cluster's rooms."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(
        room in code.co_filename for room in ("/assistant_core/kube/", "/assistant_core/cluster/")
    )


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_survived(home: ClusterHome, name: str) -> None:
    await home.suffers(lambda: home.inject(FAULTS[name]), home.clear)


async def test_every_watch_ends_at_once(home: ClusterHome) -> None:
    async def begin() -> None:
        await home.proxy.inject(Fault(kind=STATUS, status=200, path=r".*watch=true.*", body=""))
        await home.proxy.drop_connections()

    await home.suffers(begin, home.clear)


async def test_500_for_one_resource_is_no_outage(home: ClusterHome) -> None:
    async def begin() -> None:
        await home.proxy.inject(Fault(kind=STATUS, status=500, path=PODS))
        await home.proxy.drop_connections(PODS)

    async def end() -> None:
        assert home.hass.states.get("binary_sensor.homelab_cluster_reachable").state == "on"
        [failing] = [each for each in home.watch.health if each.error]
        assert (failing.resource, failing.state) == ("pods", "backing_off")
        await home.clear()

    await home.suffers(begin, end)
    assert home.logged() == []


async def test_401_once(home: ClusterHome) -> None:
    async def begin() -> None:
        await home.proxy.inject(Fault(kind=STATUS, status=401, path=LIST_OR_WATCH, times=1))
        await home.proxy.drop_connections()

    await home.suffers(begin, home.clear)


async def test_401_for_ever(home: ClusterHome) -> None:
    async def begin() -> None:
        home.kubernetes.server.accounts = dict([ADMIN])
        await home.proxy.drop_connections()

    async def end() -> None:
        assert [flow["context"]["source"] for flow in home.hass.config_entries.flow.async_progress()] == ["reauth"]
        home.kubernetes.server.accounts = dict([ADMIN, (READER_TOKEN, READER)])

    await home.suffers(begin, end)


@pytest.mark.parametrize(
    "denied",
    ["list results.core.k8sgpt.ai", "watch results.core.k8sgpt.ai", "list *", "watch *"],
    ids=["403 list", "403 watch only", "403 list of everything", "403 watch of everything"],
)
async def test_a_verb_that_is_refused_is_named(home: ClusterHome, denied: str) -> None:
    async def begin() -> None:
        home.kubernetes.server.accounts = dict([ADMIN, (READER_TOKEN, Account("reader", READ, (denied,)))])
        await home.proxy.drop_connections(r".*/results\?.*" if "results" in denied else ".*")

    async def end() -> None:
        verb, resource = denied.split()
        told = {(each.placeholders["verb"], each.placeholders["resource"]) for each in home.watch.denied}
        assert (verb, "results.core.k8sgpt.ai") in told
        assert (len(told) > 10) is (resource == "*")
        home.kubernetes.server.accounts = dict([ADMIN, (READER_TOKEN, READER)])

    await home.suffers(begin, end)


async def test_crd_missing_then_installed(home: ClusterHome) -> None:
    async def begin() -> None:
        home.kubernetes.store.remove_crd(RESULTS)

    async def end() -> None:
        assert home.watch.state == "not_installed"
        home.kubernetes.store.install_crd(RESULTS)
        home.kubernetes.store.apply(result("Service", "web/homepage", "Service has no endpoints"))

    await home.suffers(begin, end, within=5 * 60)  # it is looked for each five minutes


async def test_410_in_the_middle_of_a_list(home: ClusterHome) -> None:
    for number in range(600):
        home.kubernetes.store.apply(result("Service", f"web/s-{number}", "Service has no endpoints"))
    middle = Fault(kind=STATUS, status=410, body=GONE, path=LIST + "continue=.*")
    first = Fault(kind=STATUS, status=410, body=GONE, path=WATCH, times=1)

    async def end() -> None:
        assert said(home.watch.findings) == await home.truth(), "a list without pages tells all"
        await home.clear()

    await home.suffers(lambda: home.inject(middle, first), end)


async def test_etcd_restored(home: ClusterHome) -> None:
    async def begin() -> None:
        home.kubernetes.store.version -= 30
        await home.proxy.drop_connections()

    async def end() -> None:
        """It is over as soon as it has begun."""

    await home.suffers(begin, end)


async def test_apiserver_restart(home: ClusterHome) -> None:
    async def end() -> None:
        home.kubernetes.store.compact(home.kubernetes.store.version)
        home.kubernetes.server.busy = 2
        await home.clear()

    await home.suffers(lambda: home.inject(FAULTS["refused"]), end)


async def test_dns(home: ClusterHome, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = async_get_clientsession(home.hass).connector
    assert connector is not None
    known = ThreadedResolver()
    monkeypatch.setattr(connector, "_resolver", known)
    address = home.proxy.url.replace("127.0.0.1", "localhost")
    home.hass.config_entries.async_update_entry(home.entry, data={**home.entry.data, "url": address})
    await home.hass.async_block_till_done()
    await home.watch.wait_synced()

    async def begin() -> None:
        monkeypatch.setattr(connector, "_resolver", NoNameServer())
        connector.clear_dns_cache()
        await home.proxy.drop_connections()

    async def end() -> None:
        monkeypatch.setattr(connector, "_resolver", known)

    await home.suffers(begin, end)


async def test_tls_changed(home: ClusterHome, tmp_path: Path) -> None:
    certificates = [issue(name, None, LOCALHOST, AUTHORITY) for name in ("right", "wrong")]
    contexts = [tls_context(each, tmp_path) for each in certificates]
    async with tls_front(home.proxy.port, contexts[0]) as front:
        data = {**home.entry.data, "url": f"https://127.0.0.1:{front.port}", "ca": certificates[0].pem}
        home.hass.config_entries.async_update_entry(home.entry, data=data)
        await home.hass.async_block_till_done()
        await home.watch.wait_synced()

        async def begin() -> None:
            await front.use(contexts[1])

        async def end() -> None:
            assert "certificate that is not trusted" in str(home.watch.observation.error)
            await front.use(contexts[0])

        await home.suffers(begin, end)


@pytest.mark.parametrize(
    ("number", "length"),
    [(5000, 10), (50, 2**20), (1, 5 * 2**20)],
    ids=["5,000 results", "50 objects of 1 MiB", "a 5 MiB line"],
)
async def test_much_at_once(home: ClusterHome, number: int, length: int) -> None:
    """What is too large to keep is left out, and the rest stays right."""
    too_large = length > LINE_LIMIT
    before = len(home.watch.findings)
    for each in range(number):
        home.kubernetes.store.apply(result("Service", f"web/s-{each}", "x" * length))
    with home.clock.running():
        began = home.now
        await home.until(lambda: len(home.watch.findings) == before + (0 if too_large else number), 35)
        if too_large:
            skipped = {each.resource: each.skipped for each in home.watch.health}
            await home.until(lambda: any(each.skipped for each in home.watch.health), 35)
            assert not any(skipped.values())
            home.kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "webs0")
        truth = await home.truth()
        await home.until(lambda: said(home.watch.findings) == truth, 35)
    home.note(0, 0, home.now - began, "0/0", "")
    assert all(len("".join(each.errors)) <= 4096 for each in home.watch.findings)


async def test_burst_of_10000(home: ClusterHome) -> None:
    writes = 0

    @callback
    def count(_: Event[EventStateChangedData]) -> None:
        nonlocal writes
        writes += 1

    await home.until(lambda: {each.state for each in home.watch.health} == {"watching"}, MINUTE)
    stop = async_track_state_change_event(home.hass, "sensor.homelab_findings", count)
    began = home.now
    with home.clock.running():
        for number in range(10_000):
            home.kubernetes.store.apply(result("Service", f"web/s-{number % 1000}", f"text {number}"))
        truth = await home.truth()
        await home.until(lambda: said(home.watch.findings) == truth, MINUTE)
        await home.hass.async_block_till_done()
    stop()
    home.note(0, 0, home.now - began, "0/0", "", writes=str(writes))
    assert 0 < writes <= 20


async def test_unloaded_in_the_middle_of_a_watch(home: ClusterHome) -> None:
    entries = home.hass.config_entries
    assert await entries.async_unload(home.entry.entry_id)
    assert not [task for task in asyncio.all_tasks() if is_ours(task)]
    home.move_on()
    assert await entries.async_setup(home.entry.entry_id)
    truth = await home.truth()
    home.note(0, 0, await home.until(lambda: said(home.watch.findings) == truth, MINUTE), "0/0", "")
