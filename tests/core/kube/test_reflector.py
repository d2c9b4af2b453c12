"""Whatever happens on the way, in the end the reflector has what the server has."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
import json
from typing import Any

import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    Defect,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)
from assistant_core.kube import Cluster, Reflector, Resource, Timing, WatchState
from assistant_core.kube.timing import Backoff
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER, READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result, result_name

RESULTS = Resource("core.k8sgpt.ai", "v1alpha1", "results")
KIND = kind_named("results.core.k8sgpt.ai")
QUICK = Timing(
    page=0.5,
    watch_shortest=20,
    watch_longest=30,
    silence=5,
    denied=0.02,
    poll=0.02,
    not_installed=0.02,
    pause_shortest=0.01,
    pause_longest=0.05,
)
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


@pytest.fixture
async def following(kubernetes: KubernetesSimulator, proxy: FaultProxy, cluster: Cluster) -> AsyncIterator[Following]:
    following = Following(kubernetes, proxy, cluster)
    following.put("a")
    following.put("b")
    yield following
    await following.stop()


async def test_it_has_what_the_server_has_and_hears_of_every_change(following: Following) -> None:
    following.start()
    await following.reflector.wait_synced()
    assert following.reflector.items == following.server()
    following.put("c")
    following.put("a", "another text")
    following.delete("b")
    await following.equal()
    assert sorted(following.reflector.items.values()) == ["another text", "text"]
    assert following.reflector.last_contact is not None


async def test_it_lists_in_pages(following: Following) -> None:
    following.put("c")
    following.start(page_size=1)
    await following.equal()
    assert following.requests("limit") == 3


async def test_what_the_transform_leaves_out_is_not_kept(following: Following) -> None:
    following.start()
    await following.equal()
    following.put("a", "")
    await following.until(lambda: len(following.reflector.items) == 1)


async def test_items_cannot_be_changed_from_outside(following: Following) -> None:
    following.start()
    await following.equal()
    with pytest.raises(TypeError):
        following.reflector.items["x"] = "y"  # type: ignore[index] - that is the point


async def test_a_broken_watch_resumes_without_a_new_list(following: Following) -> None:
    following.start()
    await following.equal()
    for name in ("a", "b"):
        await following.hears()
        await following.proxy.drop_connections()
        following.delete(name)
        following.put(f"{name}-after")
        await following.equal()
    assert following.reflector.lists == 1
    assert following.requests("watch") >= 3


async def test_a_watch_that_the_server_ends_goes_on(following: Following) -> None:
    following.kubernetes.server.bookmark_seconds = 0.2
    following.start(replace(QUICK, watch_shortest=1, watch_longest=1))
    await following.equal()
    async with following.cluster.watch(RESULTS, "1", seconds=1, silence=5) as later:
        assert [batch async for batch in later], "this watch began later, so the other one has ended too"
    following.put("c")
    await following.equal()
    assert following.reflector.lists == 1
    assert following.requests("watch") >= 3


@pytest.mark.parametrize("as_status", [False, True])
async def test_a_version_too_old_leads_to_a_new_list_that_knows_what_is_gone(
    following: Following, *, as_status: bool
) -> None:
    following.start()
    await following.hears()
    following.kubernetes.server.expired_as_status = as_status
    await following.proxy.inject(Fault(kind=FaultKind.REFUSE))
    await following.fails_with(ConnectionFailed, WatchState.BACKING_OFF)
    following.delete("a")
    following.put("c")
    following.kubernetes.store.compact(following.kubernetes.store.version)
    await following.proxy.clear()
    await following.equal()
    assert following.reflector.lists == 2


async def test_a_continue_token_too_old_leads_to_a_new_list(following: Following) -> None:
    body = json.dumps({"kind": "Status", "code": 410, "reason": "Expired"})
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=".*continue.*", status=410, body=body, times=1))
    following.start(page_size=1)
    await following.equal()
    assert following.requests("limit") >= 4


async def test_a_missing_crd_is_looked_for_until_it_is_installed(following: Following) -> None:
    following.kubernetes.store.remove_crd(KIND)
    following.start()
    await following.reflector.wait_synced()
    await following.fails_with(NotFound, WatchState.NOT_INSTALLED)
    following.kubernetes.store.install_crd(KIND)
    following.kubernetes.server.busy, following.kubernetes.server.retry_after = 2, 0
    following.put("c")
    await following.equal()
    assert following.reflector.failing_since is None


async def test_a_crd_removed_under_a_watch_leaves_nothing(following: Following) -> None:
    following.start()
    await following.equal()
    following.kubernetes.store.remove_crd(KIND)
    await following.fails_with(NotFound, WatchState.NOT_INSTALLED)
    assert not following.reflector.items


@pytest.mark.parametrize(
    ("account", "error"),
    [(None, AuthenticationFailed), (Account("nobody", allowed=()), PermissionDenied)],
)
async def test_a_refused_account_is_said_and_tried_again(
    following: Following, account: Account | None, error: type[HomelabError]
) -> None:
    following.kubernetes.server.accounts = {READER_TOKEN: account} if account else {}
    following.start()
    await following.fails_with(error, WatchState.DENIED)
    since = following.reflector.failing_since
    assert since is not None
    following.kubernetes.server.accounts = {READER_TOKEN: READER}
    await following.equal()


async def test_without_the_right_to_watch_it_lists_again_and_again(following: Following) -> None:
    following.kubernetes.server.accounts = {READER_TOKEN: Account("poor", denied=("watch *",))}
    following.start()
    await following.fails_with(PermissionDenied, WatchState.POLLING)
    assert "watch results.core.k8sgpt.ai" in str(following.reflector.error)
    following.put("c")
    following.delete("a")
    await following.until(lambda: following.reflector.items == following.server())
    assert following.reflector.state is WatchState.POLLING
    following.kubernetes.server.accounts = {READER_TOKEN: READER}
    await following.equal()


FAULTS = [
    (Fault(kind=FaultKind.REFUSE), ConnectionFailed),
    (Fault(kind=FaultKind.HANG), DeadlineExceeded),
    (Fault(kind=FaultKind.SLOW, delay=0.2), DeadlineExceeded),
    (Fault(kind=FaultKind.CUT, after=100), ConnectionFailed),
    (Fault(kind=FaultKind.STATUS, status=500), ServiceFailed),
    (Fault(kind=FaultKind.STATUS, status=503, body="<html>"), ServiceFailed),
    (Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "0"}), RateLimited),
    (Fault(kind=FaultKind.STATUS, status=200, body="<html>no cluster</html>"), ResponseInvalid),
    (Fault(kind=FaultKind.GARBAGE), ResponseInvalid),
]
FAULT_NAMES = [f"{fault.kind}-{error.__name__}" for fault, error in FAULTS]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=FAULT_NAMES)
async def test_after_a_fault_from_the_start_it_has_what_the_server_has(
    following: Following, fault: Fault, error: type[HomelabError]
) -> None:
    await following.proxy.inject(fault)
    following.start(replace(QUICK, silence=0.3))
    await following.fails_with(error, WatchState.BACKING_OFF)
    assert not following.reflector.items
    await following.proxy.clear()
    await following.equal()


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=FAULT_NAMES)
async def test_after_a_fault_under_way_it_has_what_the_server_has(
    following: Following, fault: Fault, error: type[HomelabError]
) -> None:
    following.start(replace(QUICK, silence=0.3))
    await following.equal()
    known = dict(following.reflector.items)
    await following.proxy.inject(fault)
    await following.proxy.drop_connections()
    await following.fails_with(error, WatchState.BACKING_OFF)
    assert following.reflector.items == known, "what was last known stays"
    following.delete("a")
    following.put("b", "another text")
    following.put("c")
    await following.proxy.clear()
    await following.equal()


async def test_a_list_cut_off_in_its_middle_is_not_taken_for_the_whole(following: Following) -> None:
    await following.proxy.inject(Fault(kind=FaultKind.CUT, path=LIST, after=900))
    following.start()
    await following.fails_with(ConnectionFailed, WatchState.BACKING_OFF)
    assert not following.reflector.items
    await following.proxy.clear()
    await following.equal()


async def test_an_event_cut_off_in_its_middle_is_heard_again(following: Following) -> None:
    following.start()
    await following.equal()
    await following.hears()
    await following.proxy.inject(Fault(kind=FaultKind.CUT, path=WATCH, after=2000, times=1))
    await following.proxy.drop_connections()
    following.put("c")
    following.delete("a")
    await following.equal()
    assert following.reflector.lists == 1
    assert following.reflector.skipped == 0


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"type": "ADDED", "object": {}}',
        '{"type": "ADDED", "object": {"metadata": {"resourceVersion": "7"}}}',
        '{"type": "NEW", "object": {"metadata": {"resourceVersion": "7", "uid": "x"}}}',
        '{"type": "ERROR", "object": {}}',
    ],
)
async def test_an_event_that_cannot_be_read_is_counted_and_everything_listed_again(
    following: Following, line: str
) -> None:
    following.start()
    await following.equal()
    body = line + "\n"
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=body, times=1))
    following.delete("a")
    await following.proxy.drop_connections()
    await following.until(lambda: following.reflector.skipped == 1)
    await following.equal()
    assert following.reflector.lists == 2


async def test_a_watch_that_ends_at_once_and_tells_nothing_is_not_trusted(following: Following) -> None:
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=""))
    following.start()
    await following.reflector.wait_synced()
    following.delete("a")
    following.put("c")
    await following.until(lambda: following.reflector.items == following.server())
    assert following.reflector.lists >= 2


async def test_an_item_that_cannot_be_read_is_counted_and_the_rest_kept(following: Following) -> None:
    [item] = list(following.kubernetes.store.objects(KIND).values())[:1]
    page = {"items": [{"metadata": {}}, "nonsense", item], "metadata": {"resourceVersion": "2"}}
    body = json.dumps(page)
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=LIST, status=200, body=body, times=1))
    following.start()
    await following.equal()
    assert following.reflector.skipped == 2


async def test_an_error_event_is_the_error_it_names(following: Following) -> None:
    event = {"type": "ERROR", "object": {"kind": "Status", "code": 500, "message": "etcdserver: no leader"}}
    body = json.dumps(event) + "\n"
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=body))
    following.start()
    await following.fails_with(ServiceFailed, WatchState.BACKING_OFF)
    assert "etcdserver: no leader" in str(following.reflector.error)
    await following.proxy.clear()
    await following.equal()


async def test_a_server_restored_to_an_older_version_is_listed_again(following: Following) -> None:
    for number in range(10):
        following.put("a", f"text {number}")
    following.start()
    await following.equal()
    await following.hears()
    following.kubernetes.store.version -= 10
    await following.proxy.drop_connections()
    following.put("c")
    await following.equal()
    assert following.reflector.lists == 2


async def test_an_event_from_before_the_last_one_is_not_believed(following: Following) -> None:
    following.start()
    await following.equal()
    await following.hears()
    [old, *_] = following.kubernetes.store.objects(KIND).values()
    old = {**old, "metadata": {**old["metadata"], "resourceVersion": "1"}, "spec": {"error": [{"text": "old"}]}}
    body = json.dumps({"type": "MODIFIED", "object": old}) + "\n"
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=body, times=1))
    await following.proxy.drop_connections()
    await following.until(lambda: following.reflector.lists == 2)
    await following.equal()


async def test_the_same_event_twice_is_no_harm(following: Following) -> None:
    following.start()
    await following.equal()
    await following.hears()
    [*_, last] = following.kubernetes.store.objects(KIND).values()
    body = (json.dumps({"type": "ADDED", "object": last}) + "\n") * 2
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=body, times=1))
    await following.proxy.drop_connections()
    await following.hears()
    assert following.reflector.skipped == 0


async def test_a_page_too_heavy_is_asked_for_in_smaller_parts(following: Following) -> None:
    for number in range(12):
        following.put(f"heavy-{number}", "x" * 1024 * 1024)
    following.start()
    await following.equal()
    assert len(following.reflector.items) == 14
    assert following.reflector.skipped == 0


async def test_an_event_too_long_to_keep_is_counted_and_everything_listed_again(following: Following) -> None:
    following.start()
    await following.hears()
    body = json.dumps({"type": "ADDED", "object": {"spec": "x" * 5 * 1024 * 1024}}) + "\n"
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=body, times=1))
    await following.proxy.drop_connections()
    await following.until(lambda: following.reflector.skipped == 1)
    await following.equal()


async def test_an_object_our_own_code_cannot_read_is_counted_and_the_rest_kept(following: Following) -> None:
    following.put("c")
    item = following.kubernetes.store.get(KIND, K8SGPT_NAMESPACE, "c")
    following.kubernetes.store.apply({**item, "spec": {"error": []}})
    following.start()
    await following.until(lambda: len(following.reflector.items) == 2)
    assert following.reflector.skipped == 1


async def test_a_defect_restarts_the_watch_and_is_reported(
    following: Following, caplog: pytest.LogCaptureFixture
) -> None:
    following.start()
    await following.equal()
    working = following.reflector._on_change

    def broken() -> None:
        following.reflector._on_change = working
        raise ZeroDivisionError

    following.reflector._on_change = broken
    following.put("c")
    await following.until(lambda: following.reflector.restarts == 1)
    assert isinstance(following.reflector.error, Defect)
    assert "started again" in caplog.text
    await following.equal()


async def test_many_watches_of_a_server_that_is_down_ask_it_one_at_a_time(following: Following) -> None:
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, status=503))
    for _ in range(12):
        following.start(replace(QUICK, pause_shortest=0.2, pause_longest=10))
    await following.until(lambda: len(following.proxy.seen) >= 3)
    assert len(following.proxy.seen) == 3, "as many as a single one asks"
    await following.proxy.clear()
    await following.equal()


async def test_a_server_that_ends_every_watch_at_once_is_asked_ever_more_seldom(following: Following) -> None:
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=WATCH, status=200, body=""))
    following.start(replace(QUICK, pause_shortest=0.1, pause_longest=10))
    await following.until(lambda: len(following.proxy.seen) == 5)
    assert [seen.path.partition("?")[2][:5] for seen in following.proxy.seen] == [
        "limit",
        "watch",
        "limit",
        "watch",
        "limit",
    ]


async def test_retry_after_is_obeyed(following: Following) -> None:
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "250"}))
    following.start()
    await following.fails_with(RateLimited, WatchState.BACKING_OFF)
    await following.proxy.clear()
    following.put("c")
    async with following.cluster.watch(RESULTS, "1", seconds=1, silence=5) as meanwhile:
        assert [batch async for batch in meanwhile]
    assert not following.reflector.items


def test_pauses_double_up_to_the_longest_and_are_short_again_after_health() -> None:
    timing = Timing()
    backoff = Backoff(timing)
    pauses = [backoff.pause() for _ in range(10)]
    assert all(timing.pause_shortest <= pause <= timing.pause_longest for pause in pauses)
    assert all(1.5 * earlier < later for earlier, later in pairwise(pauses[:4]))
    assert pauses[-1] > timing.pause_longest / 2
    healthy = Backoff(replace(timing, healthy=-1))
    assert max(healthy.pause() for _ in range(10)) <= timing.pause_shortest * 1.25
