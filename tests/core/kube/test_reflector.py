"""Whatever happens on the way, in the end the reflector has what the server has."""

import asyncio
from dataclasses import replace
from itertools import pairwise
import json
from urllib.parse import parse_qs

import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
)
from assistant_core.kube import Timing, WatchState
from assistant_core.kube.cluster import LIST_LIMIT, PAGE_LIMIT, TooHeavy
from assistant_core.kube.timing import Backoff
from demo.faults import Fault, FaultKind
from demo.kubernetes import READER, READER_TOKEN
from demo.kubernetes_access import Account

from .following import KIND, QUICK, RESULTS, WATCH, Following

EXPIRED = json.dumps({"kind": "Status", "code": 410, "reason": "Expired"})


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


async def test_what_is_drained_before_the_last_page_has_come_is_told_again(following: Following) -> None:
    known: dict[str, str | None] = {}
    following.put("c")
    following.start(page_size=1)

    async with asyncio.timeout(10):
        while not following.reflector.items:
            known |= {uid: following.reflector.items.get(uid) for uid in following.reflector.drain()}
            await asyncio.sleep(0)
    known |= {uid: following.reflector.items.get(uid) for uid in following.reflector.drain()}

    assert known == following.server()


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


async def test_where_every_continue_token_is_too_old_everything_is_listed_at_once(following: Following) -> None:
    following.put("c", "x" * 2 * PAGE_LIMIT)
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=".*continue.*", status=410, body=EXPIRED))
    following.start(replace(QUICK, page=8), page_size=1)
    await following.equal()
    assert following.reflector.lists == 1
    [*_, page, rest, everything, watch] = (parse_qs(seen.path.partition("?")[2]) for seen in following.proxy.seen)
    assert [sorted(each) for each in (page, rest, everything)] == [["limit"], ["continue", "limit"], []]
    assert "watch" in watch


async def test_a_list_that_is_too_large_to_read_at_once_is_said(following: Following) -> None:
    for number in range(3):
        following.put(f"heavy-{number}", "x" * (LIST_LIMIT // 3))
    await following.proxy.inject(Fault(kind=FaultKind.STATUS, path=".*continue.*", status=410, body=EXPIRED))
    following.start(replace(QUICK, page=8), page_size=1)
    await following.fails_with(TooHeavy, WatchState.BACKING_OFF)
    assert not following.reflector.items


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
