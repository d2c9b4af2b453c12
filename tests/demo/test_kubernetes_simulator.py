"""The simulator answers as a real kube-apiserver 1.36 did when it was recorded (tests/fixtures/kubernetes)."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo.kubernetes import ADMIN_TOKEN, READER, READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named
from demo.kubernetes_wire import COMPRESSED_ABOVE
from demo.results import result
from demo.serving import controlling, serving

RECORDED = Path(__file__).parents[1] / "fixtures" / "kubernetes"
RESULTS = "/apis/core.k8sgpt.ai/v1alpha1/results"
IN_NAMESPACE = "/apis/core.k8sgpt.ai/v1alpha1/namespaces/k8sgpt-operator-system/results"
KIND = kind_named("results.core.k8sgpt.ai")
MEANINGFUL_HEADERS = ("Content-Type", "Cache-Control", "X-Content-Type-Options")
CLAIM = ("PersistentVolumeClaim", "media/config-jellyfin", 'storageclass.storage.k8s.io "longhorn" not found')


class Recording:
    """A recorded exchange."""

    def __init__(self, name: str) -> None:
        request, _, answer = (RECORDED / f"{name}.txt").read_text().partition("\n--\n")
        head, _, self.body = answer.partition("\n\n")
        status, *headers = head.splitlines()
        self.path = request.split()[1]
        self.status = int(status.split()[1])
        self.headers = dict(line.split(": ", 1) for line in headers)


class Api:
    """A client of the simulator with the reader's token, or another."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url

    async def __call__(
        self, method: str, path: str, body: Any = None, *, token: str = READER_TOKEN, **headers: str
    ) -> tuple[int, aiohttp.ClientResponse, Any]:
        headers |= {"Authorization": f"Bearer {token}"}
        async with self.session.request(method, self.url + path, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, response, json.loads(text) if text.startswith("{") else text

    async def events(self, path: str, token: str = READER_TOKEN) -> list[Any]:
        """All of a watch until the server ends it."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(self.url + path, headers=headers) as response:
            return [json.loads(line) async for line in response.content]


@pytest.fixture
async def kubernetes() -> KubernetesSimulator:
    return KubernetesSimulator()


@pytest.fixture
async def api(kubernetes: KubernetesSimulator) -> AsyncIterator[Api]:
    async with serving(kubernetes) as proxy, aiohttp.ClientSession() as session:
        yield Api(session, proxy.url)


def assert_same_head(response: aiohttp.ClientResponse, recorded: Recording) -> None:
    assert response.status == recorded.status
    for name in MEANINGFUL_HEADERS:
        assert response.headers.get(name) == recorded.headers.get(name), name


def shape(value: Any) -> Any:
    """The keys of JSON and the types of its values; of a list, its first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


async def test_the_version_is_the_recorded_one(api: Api) -> None:
    recorded = Recording("version")
    _, response, body = await api("GET", recorded.path)
    assert_same_head(response, recorded)
    assert body == json.loads(recorded.body)


async def test_an_unknown_token_gets_the_recorded_401(api: Api) -> None:
    recorded = Recording("results_401")
    _, response, body = await api("GET", recorded.path, token="nobody-has-this")
    assert_same_head(response, recorded)
    assert body == json.loads(recorded.body)


async def test_an_account_without_the_right_gets_the_recorded_403(api: Api, kubernetes: KubernetesSimulator) -> None:
    recorded = Recording("results_403")
    kubernetes.server.accounts[READER_TOKEN] = Account("nobody", allowed=())
    _, response, body = await api("GET", recorded.path)
    assert_same_head(response, recorded)
    assert body == json.loads(recorded.body)


async def test_a_missing_crd_gets_the_recorded_404_in_plain_text(api: Api) -> None:
    recorded = Recording("results_404_crd_missing")
    _, response, body = await api("GET", recorded.path)
    assert_same_head(response, recorded)
    assert body.strip() == recorded.body.strip()


async def test_a_list_of_results_has_the_recorded_shape(api: Api, kubernetes: KubernetesSimulator) -> None:
    recorded = Recording("results_list_page2")
    kubernetes.store.apply(result(*CLAIM))
    _, response, body = await api("GET", f"{RESULTS}?limit=1")
    _, _, everything = await api("GET", RESULTS)
    assert_same_head(response, recorded)
    theirs = json.loads(recorded.body)
    assert shape(body["metadata"]) == shape(theirs["metadata"])
    assert body.keys() == theirs.keys()
    same = {item["spec"]["name"]: item for item in everything["items"]}["media/config-jellyfin"]
    their_item = theirs["items"][0]
    assert their_item["spec"]["name"] == "media/config-jellyfin"
    assert shape(same) == shape(their_item)


async def test_only_long_answers_are_compressed_and_only_for_those_who_take_it(
    api: Api, kubernetes: KubernetesSimulator
) -> None:
    _, short, _ = await api("GET", RESULTS)
    kubernetes.store.apply(result(*CLAIM[:2], "x" * COMPRESSED_ABOVE))
    _, compressed, items = await api("GET", RESULTS)
    _, plain, same = await api("GET", RESULTS, **{"Accept-Encoding": "identity"})
    assert [each.headers.get("Content-Encoding") for each in (short, compressed, plain)] == [None, "gzip", None]
    assert items == same


async def test_pages_make_up_the_list_even_while_it_changes(api: Api, kubernetes: KubernetesSimulator) -> None:
    _, _, whole = await api("GET", RESULTS)
    seen, token, left = [], "", []
    while True:
        _, _, page = await api("GET", f"{RESULTS}?limit=2&continue={token}")
        seen += [item["metadata"]["name"] for item in page["items"]]
        left.append(page["metadata"].get("remainingItemCount"))
        kubernetes.store.apply(result("Node", f"new-{len(seen)}", "text"))
        if not (token := page["metadata"]["continue"]):
            break
    assert seen == [item["metadata"]["name"] for item in whole["items"]]
    assert page["metadata"]["resourceVersion"] == whole["metadata"]["resourceVersion"]
    assert left == [len(seen) - 2, None]


async def test_a_continue_token_from_before_the_floor_gets_410(api: Api, kubernetes: KubernetesSimulator) -> None:
    _, _, page = await api("GET", f"{RESULTS}?limit=1")
    kubernetes.store.apply(result("Node", "new", "text"))
    kubernetes.store.compact(kubernetes.store.version)
    status, _, body = await api("GET", f"{RESULTS}?limit=1&continue={page['metadata']['continue']}")
    assert (status, body["reason"]) == (410, "Expired")


async def test_built_in_objects_do_not_name_their_kind_in_lists(api: Api) -> None:
    _, _, nodes = await api("GET", "/api/v1/nodes")
    assert nodes["kind"] == "NodeList"
    assert all("kind" not in node for node in nodes["items"])
    assert "continue" not in nodes["metadata"]


async def test_a_watch_replays_what_was_missed_and_ends_with_a_bookmark(
    api: Api, kubernetes: KubernetesSimulator
) -> None:
    since = kubernetes.store.version
    kubernetes.store.delete(KIND, "k8sgpt-operator-system", "homemosquitto0")
    kubernetes.store.apply(result("Node", "k3s-1", "k3s-1 has condition of type DiskPressure"))
    kubernetes.store.apply(result("Node", "k3s-1", "k3s-1 has condition of type MemoryPressure"))
    watch = f"{RESULTS}?watch=true&resourceVersion={since}&timeoutSeconds=3&allowWatchBookmarks=true"
    events = await api.events(watch)
    assert [event["type"] for event in events] == ["DELETED", "ADDED", "MODIFIED", "BOOKMARK"]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert versions == [since + 1, since + 2, since + 3, since + 3]
    theirs = [json.loads(line) for line in Recording("results_watch").body.splitlines()]
    assert shape(events[-1]) == shape(theirs[-1])
    ours, recorded = events[0]["object"], theirs[1]["object"]
    assert (ours.keys(), ours["metadata"].keys()) == (recorded.keys(), recorded["metadata"].keys())


async def test_a_watch_from_before_the_floor_gets_the_recorded_error_event(
    api: Api, kubernetes: KubernetesSimulator
) -> None:
    recorded = Recording("results_watch_410")
    kubernetes.store.compact(kubernetes.store.version)
    [event] = await api.events(recorded.path)
    [theirs] = [json.loads(line) for line in recorded.body.splitlines()]
    floor = kubernetes.store.floor
    assert event == {**theirs, "object": {**theirs["object"], "message": f"too old resource version: 1 ({floor})"}}
    kubernetes.server.expired_as_status = True
    status, _, body = await api("GET", recorded.path)
    assert (status, body) == (410, event["object"])


async def test_a_watch_from_version_zero_begins_with_everything(api: Api) -> None:
    events = await api.events(f"{RESULTS}?watch=true&resourceVersion=0&timeoutSeconds=1")
    assert {(event["type"], event["object"]["spec"]["name"]) for event in events} == {
        ("ADDED", "media/jellyfin"),
        ("ADDED", "media/config-jellyfin"),
        ("ADDED", "home/mosquitto-0"),
    }


async def test_a_watch_from_the_future_is_silent(api: Api, kubernetes: KubernetesSimulator) -> None:
    future = kubernetes.store.version + 1000
    assert await api.events(f"{RESULTS}?watch=true&resourceVersion={future}&timeoutSeconds=1") == []


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("app=jellyfin", {"jellyfin"}),
        ("app!=jellyfin", {"sonarr", "paperless", "paperless-redis", "grafana", "homepage"}),
        ("app in (jellyfin, sonarr)", {"jellyfin", "sonarr"}),
        ("app notin (jellyfin),app", {"sonarr", "paperless", "paperless-redis", "homepage"}),
        ("!app", {"grafana"}),
    ],
)
async def test_label_selectors_select(api: Api, selector: str, names: set[str]) -> None:
    _, _, body = await api("GET", f"/apis/apps/v1/deployments?labelSelector={selector}")
    assert {item["metadata"]["name"] for item in body["items"]} == names


async def test_an_object_that_leaves_a_watchs_selection_is_deleted_for_it(
    api: Api, kubernetes: KubernetesSimulator
) -> None:
    since = kubernetes.store.version
    kind = kind_named("deployments.apps")
    jellyfin = kubernetes.store.get(kind, "media", "jellyfin")
    kubernetes.store.apply({**jellyfin, "metadata": {**jellyfin["metadata"], "labels": {"app": "other"}}})
    query = f"watch=true&resourceVersion={since}&timeoutSeconds=1&labelSelector=app%3Djellyfin"
    [event] = await api.events(f"/apis/apps/v1/namespaces/media/deployments?{query}")
    assert event["type"] == "DELETED"


async def test_a_nonsense_selector_gets_400(api: Api) -> None:
    status, _, body = await api("GET", f"{RESULTS}?labelSelector=a(b")
    assert (status, body["reason"]) == (400, "BadRequest")


async def test_a_status_is_written_only_through_its_subresource(api: Api) -> None:
    path = f"{IN_NAMESPACE}/mediajellyfin"
    patch = {"Content-Type": "application/merge-patch+json"}
    change = {"spec": {"details": "new"}, "status": {"lifecycle": "updated"}}
    status, _, body = await api("PATCH", path, change, token=ADMIN_TOKEN, **patch)
    assert (status, body["spec"]["details"], body["metadata"]["generation"]) == (200, "new", 2)
    assert "status" not in body
    change = {"spec": {"details": "ignored"}, "status": {"lifecycle": "updated"}}
    _, _, body = await api("PATCH", f"{path}/status", change, token=ADMIN_TOKEN, **patch)
    assert (body["spec"]["details"], body["status"]["lifecycle"]) == ("new", "updated")
    version = body["metadata"]["resourceVersion"]
    _, _, body = await api("PATCH", f"{path}/status", change, token=ADMIN_TOKEN, **patch)
    assert body["metadata"]["resourceVersion"] == version, "a write that changes nothing makes no version"


async def test_writes_conflict_as_kubernetes_says(api: Api) -> None:
    item = result("Node", "k3s-2", "text")
    status, _, created = await api("POST", IN_NAMESPACE, item, token=ADMIN_TOKEN)
    assert status == 201
    status, _, body = await api("POST", IN_NAMESPACE, item, token=ADMIN_TOKEN)
    assert (status, body["reason"]) == (409, "AlreadyExists")
    created["metadata"]["resourceVersion"] = "1"
    status, _, body = await api("PUT", f"{IN_NAMESPACE}/k3s2", created, token=ADMIN_TOKEN)
    assert (status, body["reason"]) == (409, "Conflict")
    status, _, body = await api("DELETE", f"{IN_NAMESPACE}/k3s2", token=ADMIN_TOKEN)
    assert (status, body["status"]) == (200, "Success")
    status, _, body = await api("GET", f"{IN_NAMESPACE}/k3s2")
    assert (status, body["reason"], body["details"]["name"]) == (404, "NotFound", "k3s2")


async def test_the_reader_may_not_write(api: Api) -> None:
    status, _, body = await api("DELETE", f"{IN_NAMESPACE}/mediajellyfin")
    assert status == 403
    assert 'cannot delete resource "results"' in body["message"]
    assert f'User "{READER.user}"' in body["message"]
    assert 'in the namespace "k8sgpt-operator-system"' in body["message"]


async def test_a_busy_server_asks_to_wait(api: Api, kubernetes: KubernetesSimulator) -> None:
    kubernetes.server.busy, kubernetes.server.retry_after = 1, 3
    status, response, body = await api("GET", RESULTS)
    assert (status, response.headers["Retry-After"]) == (429, "3")
    assert body["message"] == "storage is (re)initializing"
    status, _, _ = await api("GET", RESULTS)
    assert status == 200


async def test_discovery_names_what_is_served(api: Api, kubernetes: KubernetesSimulator) -> None:
    kubernetes.store.remove_crd(kind_named("applications.argoproj.io"))
    _, _, groups = await api("GET", "/apis")
    assert {group["name"] for group in groups["groups"]} == {
        "apps",
        "autoscaling",
        "batch",
        "core.k8sgpt.ai",
        "helm.toolkit.fluxcd.io",
        "kustomize.toolkit.fluxcd.io",
        "source.toolkit.fluxcd.io",
    }
    _, _, kinds = await api("GET", "/apis/core.k8sgpt.ai/v1alpha1")
    assert {kind["name"] for kind in kinds["resources"]} == {"results", "k8sgpts", "mutations"}
    status, _, _ = await api("GET", "/apis/argoproj.io/v1alpha1")
    assert status == 404


async def test_the_control_port_changes_the_cluster(api: Api, kubernetes: KubernetesSimulator) -> None:
    async with serving(kubernetes) as proxy, controlling([(kubernetes, proxy)]) as url:
        control = Api(api.session, f"{url}/kubernetes")

        async def names() -> set[str]:
            _, _, body = await api("GET", RESULTS)
            return {item["metadata"]["name"] for item in body["items"]}

        await control("PUT", "/objects", [result("Node", "k3s-2", "text")])
        assert "k3s2" in await names()
        await control("DELETE", "/objects/results.core.k8sgpt.ai/k8sgpt-operator-system/k3s2")
        assert "k3s2" not in await names()
        await control("DELETE", "/crds/results.core.k8sgpt.ai")
        assert (await api("GET", RESULTS))[0] == 404
        await control("PUT", "/crds/results.core.k8sgpt.ai")
        assert await names() == set()
        await control("PUT", "/busy", {"requests": 1})
        assert (await api("GET", RESULTS))[0] == 429
        await control("PUT", "/floor", {"version": None, "as_status": True})
        assert (await api("GET", f"{RESULTS}?watch=true&resourceVersion=1"))[0] == 410
        await control("PUT", "/accounts", {READER_TOKEN: {"user": "nobody", "denied": ["list *"]}})
        assert (await api("GET", RESULTS))[0] == 403
        status, _, text = await control("PUT", "/objects", {"kind": "Nonsense"})
        assert (status, text) == (400, "an object needs a name\n")


async def test_the_demos_cluster_runs_what_its_repository_says(kubernetes: KubernetesSimulator) -> None:
    repository = Path(__file__).parents[2] / "demo" / "gitops_repository"
    texts = "\n".join(path.read_text() for path in repository.rglob("*.yaml"))
    for resource in ("deployments.apps", "statefulsets.apps"):
        for namespace, name in kubernetes.store.objects(kind_named(resource)):
            assert f"name: {name}" in texts
            assert f"namespace: {namespace}" in texts
    for namespace, name in kubernetes.store.objects(kind_named("applications.argoproj.io")):
        assert (repository / "argocd" / "applications" / f"{name}.yaml").exists(), namespace
