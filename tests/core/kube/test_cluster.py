import asyncio
import json

import aiohttp
from aiohttp import web
import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
)
from assistant_core.kube import Cluster, ClusterConfig, Resource, connect, everything
from assistant_core.kube.cluster import PAGE_LIMIT
from assistant_core.kube.lines import Lines
from assistant_core.kube.wire import decode_item
from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_wire import COMPRESSED_ABOVE
from demo.results import result
from demo.serving import listening

RESULTS = Resource("core.k8sgpt.ai", "v1alpha1", "results")


async def test_a_cluster_says_its_version(cluster: Cluster) -> None:
    assert await cluster.version() == "v1.36.2"


async def test_a_kubeconfig_connects(
    session: aiohttp.ClientSession, proxy: FaultProxy, kubernetes: KubernetesSimulator
) -> None:
    cluster = await connect(session, ClusterConfig(name="home", kubeconfig=kubernetes.kubeconfig(proxy.url)))
    assert await cluster.version() == "v1.36.2"


async def test_pages_follow_one_another(cluster: Cluster, kubernetes: KubernetesSimulator) -> None:
    for number in range(3):
        kubernetes.store.apply(result("Node", f"node-{number}", "text"))
    first = await cluster.page(RESULTS, limit=2)
    last = await cluster.page(RESULTS, limit=2, token=first.following)
    assert [decode_item(raw)["spec"]["name"] for raw in first.items + last.items] == ["node-0", "node-1", "node-2"]
    assert (first.version, last.following) == (last.version, "")


async def test_everything_is_read_however_heavy_a_page_of_it_is(
    cluster: Cluster, kubernetes: KubernetesSimulator
) -> None:
    for number in range(6):
        kubernetes.store.apply(result("Node", f"node-{number}", "x" * (PAGE_LIMIT // 4)))
    found = await everything(cluster, RESULTS)
    assert [item["spec"]["name"] for item in found] == [f"node-{number}" for number in range(6)]


async def test_long_lists_are_asked_for_uncompressed(
    cluster: Cluster, kubernetes: KubernetesSimulator, proxy: FaultProxy
) -> None:
    kubernetes.store.apply(result("Node", "node-0", "x" * COMPRESSED_ABOVE))
    assert [item["spec"]["name"] for item in await everything(cluster, RESULTS)] == ["node-0"]
    await proxy.inject(Fault(kind=FaultKind.CUT, after=COMPRESSED_ABOVE))  # gzip would have brought it through whole
    with pytest.raises(ConnectionFailed):
        await everything(cluster, RESULTS)


def test_resources_have_the_paths_and_names_of_the_api() -> None:
    assert (RESULTS.path, str(RESULTS)) == ("/apis/core.k8sgpt.ai/v1alpha1/results", "results.core.k8sgpt.ai")
    pods = Resource("", "v1", "pods", namespace="media")
    assert (pods.path, str(pods)) == ("/api/v1/namespaces/media/pods", "pods")


@pytest.mark.parametrize(
    ("status", "body", "error", "sentence"),
    [
        (401, "", AuthenticationFailed, "The cluster home does not accept the token or certificate."),
        (403, "", PermissionDenied, "The cluster home does not let us list results.core.k8sgpt.ai;"),
        (404, "404 page not found\n", NotFound, "The cluster home has no results.core.k8sgpt.ai."),
        (410, "", Conflict, "no longer has the version"),
        (429, "", RateLimited, "The cluster home asks us to wait."),
        (
            500,
            json.dumps({"message": "etcdserver: leader changed"}),
            ServiceFailed,
            "500 .*: etcdserver: leader changed.",
        ),
        (503, "<html>", ServiceFailed, "The cluster home answered 503 when asked to list results.core.k8sgpt.ai."),
        (302, "", ResponseInvalid, "The cluster home answered 302"),
        (200, "<html>", ResponseInvalid, "is not JSON"),
        (200, "[]", ResponseInvalid, "is not one"),
        (200, '{"metadata": {"resourceVersion": "1"}, "items": {}}', ResponseInvalid, "is not one"),
    ],
)
async def test_an_answer_that_is_none_becomes_its_error(
    cluster: Cluster, proxy: FaultProxy, status: int, body: str, error: type[HomelabError], sentence: str
) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, status=status, body=body, headers={"Location": "/elsewhere"}))
    with pytest.raises(error, match=sentence):
        await cluster.page(RESULTS, limit=1)


async def test_a_refusal_names_verb_and_resource_for_translation(cluster: Cluster, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, status=403))
    with pytest.raises(PermissionDenied) as raised:
        async with cluster.watch(RESULTS, "1", seconds=1, silence=1):
            pass
    assert raised.value.placeholders["verb"] == "watch"
    assert raised.value.placeholders["resource"] == "results.core.k8sgpt.ai"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "7"}, {}, 7),
        ({"Retry-After": "99999999"}, {}, 300),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {"details": {"retryAfterSeconds": 4}}, 4),
        ({}, {"details": {"retryAfterSeconds": -4}}, 0),
        ({}, {}, None),
    ],
)
async def test_a_busy_server_says_how_long_to_wait(
    cluster: Cluster, proxy: FaultProxy, headers: dict[str, str], body: object, seconds: float | None
) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, status=429, headers=headers, body=json.dumps(body)))
    with pytest.raises(RateLimited) as raised:
        await cluster.page(RESULTS, limit=1)
    assert raised.value.retry_after == seconds


async def test_a_refusal_that_comes_in_pieces_is_read_to_its_end(session: aiohttp.ClientSession) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(status=429)
        await answer.prepare(request)
        for piece in (b'{"details": ', b'{"retryAfterSeconds": 4}}'):
            await answer.write(piece)
            await asyncio.sleep(0.02)  # so that it travels alone
        return answer

    app = web.Application()
    app.router.add_get("/{anything:.*}", refuse)
    async with listening(app) as port:
        cluster = await connect(session, ClusterConfig(name="home", server=f"http://127.0.0.1:{port}", token="t"))
        with pytest.raises(RateLimited) as raised:
            await cluster.version()
    assert raised.value.retry_after == 4


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind=FaultKind.REFUSE), ConnectionFailed),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded),
        (Fault(kind=FaultKind.CUT, after=300), ConnectionFailed),
        (Fault(kind=FaultKind.GARBAGE), ResponseInvalid),
        (Fault(kind=FaultKind.SLOW, delay=0.05, size=1), DeadlineExceeded),
    ],
)
async def test_a_broken_connection_becomes_its_error(
    cluster: Cluster, proxy: FaultProxy, fault: Fault, error: type[HomelabError]
) -> None:
    await proxy.inject(fault)
    with pytest.raises(error) as raised:
        await cluster.page(RESULTS, limit=1, deadline=0.5 if error is DeadlineExceeded else 10)
    assert "\n" not in str(raised.value)


async def test_a_redirect_does_not_get_the_token(cluster: Cluster, proxy: FaultProxy) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, status=307, headers={"Location": f"{proxy.url}/version"}))
    with pytest.raises(ResponseInvalid):
        await cluster.version()
    assert len(proxy.seen) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"version": "0.32.15"}'),
        (200, '{"gitVersion": "[v1.36](http://evil.example)"}'),
        (404, "404 page not found"),
    ],
)
async def test_a_server_that_is_no_kubernetes_is_told_apart(
    cluster: Cluster, proxy: FaultProxy, status: int, body: str
) -> None:
    await proxy.inject(Fault(kind=FaultKind.STATUS, status=status, body=body))
    with pytest.raises(ResponseInvalid, match="is not Kubernetes"):
        await cluster.version()


async def test_an_unknown_token_is_not_accepted(session: aiohttp.ClientSession, proxy: FaultProxy) -> None:
    cluster = await connect(session, ClusterConfig(name="home", server=proxy.url, token="wrong"))
    with pytest.raises(AuthenticationFailed) as raised:
        await cluster.version()
    assert READER_TOKEN not in str(raised.value)


def test_lines_come_whole_however_they_arrive() -> None:
    lines = Lines(limit=10)
    assert lines.feed(b"on") == []
    assert lines.feed(b"e\ntwo\nthr") == [b"one", b"two"]
    assert lines.feed(b"ee\n\n") == [b"three", b""]


def test_a_line_too_long_comes_empty_and_the_next_one_whole() -> None:
    lines = Lines(limit=4)
    assert lines.feed(b"12345") == []
    assert lines.feed(b"6789\n1234\n") == [b"", b"1234"]
