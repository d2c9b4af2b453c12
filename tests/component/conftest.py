"""Home Assistant's test harness with our integration, before simulators on loopback sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.core import Context, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.event import Event, async_track_state_change_event
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

import custom_components  # noqa: F401 - Home Assistant takes whatever package of this name was imported first
from custom_components.homelab_assistant import change_rules
from custom_components.homelab_assistant.assistant_core.change import Backoff, Pace
from custom_components.homelab_assistant.assistant_core.models.change import Proposal, ProposalState
from custom_components.homelab_assistant.assistant_core.ollama import CircuitBreaker
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.faults import FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.github_git import NOTHING, Person
from demo.gpu import GpuExporterSimulator
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_objects import kind_named
from demo.ollama import OllamaSimulator
from demo.repository import FILES, create_bare_repository
from demo.results import result
from demo.serving import controlling, serving

DOMAIN = "homelab_assistant"
MODEL = "llama3.1:8b-demo-rules"
SAVE = {"save_cluster", "save_repository"}
APPLICATIONS = kind_named("applications.argoproj.io")
PATIENCE = 45  # seconds; only ever reached by a test that fails

type Act = Callable[..., Awaitable[Any]]
type Wait = Callable[..., Awaitable[Proposal]]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Warnings are errors here too, except those of Home Assistant's own web server."""
    item.add_marker(pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning"))


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Real sockets; the guard of the whole suite keeps them on loopback."""


@pytest.fixture(autouse=True)
def custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find our integration; a recorder wants to be prepared before it."""
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_db_url")
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def no_rest_for_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """An Ollama that was down is asked again at once, not after a quarter of a minute."""
    monkeypatch.setitem(CircuitBreaker.__init__.__kwdefaults__, "pause", 0.001)


@pytest.fixture
def every_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the entities that are switched off until somebody wants them."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A configuration directory of the test's own: the journal is a file in it."""
    return hass_tmp_config_dir


@pytest.fixture
def ollama() -> OllamaSimulator:
    return OllamaSimulator()


@pytest.fixture
async def ollama_proxy(ollama: OllamaSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(ollama) as proxy:
        yield proxy


@pytest.fixture
def gpu() -> GpuExporterSimulator:
    return GpuExporterSimulator()


@pytest.fixture
async def gpu_proxy(gpu: GpuExporterSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(gpu) as proxy:
        yield proxy


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster with two problems."""
    return KubernetesSimulator(
        [
            result("Deployment", "media/jellyfin", "Deployment media/jellyfin has 1 replicas but 0 are available"),
            result("Pod", "home/mosquitto-0", "the last termination reason is Error container=mosquitto"),
        ]
    )


@pytest.fixture
async def kubernetes_proxy(kubernetes: KubernetesSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(kubernetes) as proxy:
        yield proxy


@pytest.fixture
async def github(tmp_path_factory: pytest.TempPathFactory) -> GitHubSimulator:
    bare = tmp_path_factory.mktemp("github") / "homelab.git"
    await create_bare_repository(bare)
    return GitHubSimulator(bare)


@pytest.fixture
def edited(github: GitHubSimulator) -> Callable[[str, bytes, bytes], Awaitable[None]]:
    """Commit a file of the repository with something else in one place, as Anna does with her editor."""

    async def edit(path: str, old: bytes, new: bytes) -> None:
        store, anna = github.hub.store, Person(name="Anna", email="anna@home.arpa", date=1_767_258_000)
        head = await store.head("main") or NOTHING
        blob = await store.write_blob((FILES / path).read_bytes().replace(old, new))
        tree = await store.write_tree(head, [(path, "100644", blob)])
        await store.update_ref("refs/heads/main", await store.write_commit(tree, (head,), "Edit\n", anna, anna), head)

    return edit


@pytest.fixture
async def github_proxy(github: GitHubSimulator) -> AsyncIterator[FaultProxy]:
    async with serving(github) as proxy:
        yield proxy


@pytest.fixture
async def on_github(github: GitHubSimulator, github_proxy: FaultProxy) -> AsyncIterator[Callable[..., Any]]:
    """What people do on GitHub, such as `on_github("pulls/1/merge")`."""
    async with controlling([(github, github_proxy)]) as control, ClientSession() as session:

        async def act(what: str, **data: Any) -> None:
            async with session.post(f"{control}/github/{what}", json=data) as response:
                assert response.status == 204, await response.text()

        yield act


class Ahead:
    """A clock that can be set ahead."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    """The time by which changes expire; ask for it before the household."""
    ahead = Ahead()
    monkeypatch.setattr(change_rules.HouseRules, "now", ahead.now)
    return ahead


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow pull requests and the cluster as fast as that goes."""
    soon = Backoff(timedelta(milliseconds=30), timedelta(milliseconds=100))
    pace = Pace(retries=soon, looks=soon, rollout=timedelta(milliseconds=50), patience=timedelta(seconds=PATIENCE))
    monkeypatch.setattr(change_rules, "PACE", pace)


@pytest.fixture
async def walk(hass: HomeAssistant) -> Callable[..., Any]:
    """Walk a config flow, an answer for each step, from its menu or from an earlier result; returns the last result."""
    await async_setup_component(hass, "homeassistant", {})

    async def walk(*steps: dict[str, Any], after: dict[str, Any] | None = None) -> dict[str, Any]:
        flows = hass.config_entries.flow
        result = after or await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        for step in steps:
            result = await flows.async_configure(result["flow_id"], step)
        return result

    return walk


@pytest.fixture
async def connect(hass: HomeAssistant, walk: Callable[..., Any]) -> Callable[..., Any]:
    """Walk a config flow to its end: what was found is saved whatever it is, what comes next is left for later."""

    async def connect(*steps: dict[str, Any]) -> dict[str, Any]:
        result = await walk(*steps)
        while save := SAVE.intersection(result.get("menu_options", ())):
            result = await walk({"next_step_id": save.pop()}, after=result)
        if result["type"] == "create_entry":
            await hass.async_block_till_done()
            hass.config_entries.flow.async_abort(result["next_flow"][1])
        return result

    return connect


@pytest.fixture
async def hub(ollama_proxy: FaultProxy, gpu_proxy: FaultProxy, connect: Any) -> ConfigEntry:
    """A connected AI hub."""
    form = {"url": ollama_proxy.url, "gpu_url": f"{gpu_proxy.url}/metrics"}
    result = await connect({"next_step_id": "hub"}, form, {"model": MODEL})
    return result["result"]


@pytest.fixture
async def cluster(kubernetes_proxy: FaultProxy, connect: Any) -> ConfigEntry:
    """A connected cluster whose findings are known."""
    form = {"url": kubernetes_proxy.url, "token": READER_TOKEN}
    result = await connect({"next_step_id": "cluster"}, {"next_step_id": "server"}, form)
    await result["result"].runtime_data.cluster.watch.wait_synced()
    return result["result"]


@pytest.fixture
async def repository(github_proxy: FaultProxy, connect: Any) -> ConfigEntry:
    """A connected GitOps repository."""
    form = {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url}
    result = await connect({"next_step_id": "repository"}, {"next_step_id": "github"}, form)
    return result["result"]


def quiet_now() -> dict[str, str]:
    """Quiet hours that began some hours ago and last for some more, whatever time it is."""
    begins, ends = (dt_util.as_local(dt_util.utcnow() + timedelta(hours=hours)) for hours in (-6, 6))
    return {"quiet_from": f"{begins:%H:%M:%S}", "quiet_to": f"{ends:%H:%M:%S}"}


async def wait_for(hass: HomeAssistant, proposal: Proposal, *states: ProposalState) -> Proposal:
    """Wait until a proposal stands in one of these states; as it stands then."""
    desk = hass.data[HOUSEHOLD].office.desk
    moved = asyncio.Event()
    stop = desk.subscribe(lambda _: moved.set())
    try:
        async with asyncio.timeout(PATIENCE):
            while (now := next(each for each in desk.proposals if each.id == proposal.id)).state not in states:
                await moved.wait()
                moved.clear()
    except TimeoutError:
        raise AssertionError(f"It stands at {now.state}: {now.why}") from None
    finally:
        stop()
    return now


@pytest.fixture
def reached(hass: HomeAssistant, repository: ConfigEntry) -> Wait:
    """Wait until the last proposal stands in one of these states."""

    async def wait(*states: ProposalState) -> Proposal:
        return await wait_for(hass, hass.data[HOUSEHOLD].office.desk.proposals[-1], *states)

    return wait


def deploy(kubernetes: KubernetesSimulator, commit: str, health: str, **status: Any) -> None:
    """Let Argo CD have synced that commit."""
    item = deepcopy(kubernetes.store.objects(APPLICATIONS)["argocd", "jellyfin"])
    item["status"]["sync"] = {"status": "Synced", "revision": commit}
    item["status"]["health"] = {"status": health}
    item["status"] |= status
    kubernetes.store.apply(item)


@pytest.fixture
def act(hass: HomeAssistant, hass_admin_user: MockUser) -> Act:
    """Call an action, as the administrator unless another user is named."""

    async def call(action: str, *, user: MockUser | None = hass_admin_user, **data: Any) -> Any:
        context = Context(user_id=user.id if user else None)
        return await hass.services.async_call(
            DOMAIN, action, data, blocking=True, context=context, return_response=True
        )

    return call


@pytest.fixture
def choose(hass: HomeAssistant, repository: ConfigEntry) -> Callable[..., Awaitable[None]]:
    """Fill in the options of the repository as a person does."""

    async def fill(**sections: dict[str, Any]) -> None:
        form = await hass.config_entries.options.async_init(repository.entry_id)
        assert form["step_id"] == "changes"
        given = {"approval": {}, "telling": {}, "limits": {}, **sections}
        done = await hass.config_entries.options.async_configure(form["flow_id"], given)
        assert done["type"] == "create_entry"
        await hass.async_block_till_done()

    return fill


@pytest.fixture
def until(hass: HomeAssistant) -> Callable[..., Any]:
    """Wait for a state of an entity."""

    async def wait(entity_id: str, is_met: Callable[[State], bool]) -> State:
        changed = asyncio.Event()

        @callback
        def heard(_: Event[EventStateChangedData]) -> None:
            changed.set()

        stop = async_track_state_change_event(hass, entity_id, heard)
        try:
            async with asyncio.timeout(PATIENCE):
                while (state := hass.states.get(entity_id)) is None or not is_met(state):
                    await changed.wait()
                    changed.clear()
        finally:
            stop()
        return state

    return wait
