"""A reflector among faults: what it hears, what it does not believe, and what it says of them."""

from dataclasses import replace
import json

import pytest

from assistant_core.errors import (
    ConnectionFailed,
    DeadlineExceeded,
    Defect,
    HomelabError,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)
from assistant_core.kube import WatchState
from demo.faults import Fault, FaultKind
from demo.results import K8SGPT_NAMESPACE

from .following import KIND, LIST, QUICK, WATCH, Following

DEEP = 400_000  # brackets, more than any decoder follows

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
        '{"type": "ADDED", "object": {"metadata": {"resourceVersion": "' + "9" * 5000 + '"}}}',
        '{"type": "ADDED", "object": {"spec": ' + "[" * DEEP + "]" * DEEP + "}}",
        '{"type": "ADDED", "object": {"metadata": "nonsense"}}',
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
    odd = ('{"metadata": {}}', '"nonsense"', '{"metadata": "nonsense"}', '{"metadata": {"uid": "x"}, "spec": 1e999}')
    items = [*odd, json.dumps(item)]
    body = f'{{"items": [{", ".join(items)}], "metadata": {{"resourceVersion": "2"}}}}'
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=LIST, status=200, body=body, times=1))
    following.start()
    await following.equal()
    assert following.reflector.skipped == 4


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


async def test_of_many_watches_one_finds_out_that_a_server_was_restored(following: Following) -> None:
    for _ in range(3):
        following.start(replace(QUICK, proof=0))
        await following.equal()
        await following.hears()
    following.kubernetes.store.version -= 3
    following.proxy.seen.clear()
    await following.proxy.drop_connections()
    await following.until(lambda: following.requests("limit") == 4)
    assert [seen.path.endswith("limit=1") for seen in following.proxy.seen if "limit=" in seen.path] == [
        True,
        *3 * [False],
    ]


async def test_a_watch_that_told_something_before_it_fell_silent_is_resumed(following: Following) -> None:
    following.start(replace(QUICK, silence=0.5))
    await following.equal()
    await following.hears()
    await following.until(lambda: len(following.proxy.seen) >= 4)
    asked = [seen.path.partition("?")[2].partition("&")[0] for seen in following.proxy.seen[:4]]
    assert asked == ["limit=500", "watch=true", "limit=1", "watch=true"]


async def test_a_watch_that_is_silent_for_want_of_bookmarks_is_resumed(following: Following) -> None:
    """API servers before 1.21 send none for what does not change, nor do those whose store tells them no progress."""
    following.kubernetes.server.bookmark_seconds = 0
    following.start(replace(QUICK, silence=0.2))
    await following.until(lambda: following.requests("watch") == 5)
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
    following.start(replace(QUICK, page=8))
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
