"""The panel's WebSocket commands: what they send, and whom they refuse."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockUser

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from demo.results import result

DOMAIN = "homelab_assistant"


class Socket:
    """One person's WebSocket connection."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._last = 0

    async def send(self, command: str, **fields: Any) -> int:
        self._last += 1
        await self._client.send_json({"id": self._last, "type": f"{DOMAIN}/{command}", **fields})
        return self._last

    async def receive(self, sent: int, kind: str) -> dict[str, Any]:
        while True:
            message = await self._client.receive_json()
            if (message["id"], message["type"]) == (sent, kind):
                return message

    async def call(self, command: str, **fields: Any) -> Any:
        answer = await self.receive(await self.send(command, **fields), "result")
        assert answer["success"], answer
        return answer["result"]

    async def refused(self, command: str, **fields: Any) -> dict[str, Any]:
        answer = await self.receive(await self.send(command, **fields), "result")
        assert not answer["success"]
        return answer["error"]

    async def feed(self, name: str, **fields: Any) -> Shown:
        shown = Shown(self, await self.send(f"{name}/subscribe", **fields))
        await shown.hear()
        return shown


class Shown:
    """What the panel shows of a feed."""

    def __init__(self, socket: Socket, sent: int) -> None:
        self._socket = socket
        self._sent = sent
        self.items: dict[str, dict[str, Any]] = {}

    async def hear(self) -> dict[str, Any]:
        event = (await self._socket.receive(self._sent, "event"))["event"]
        self.items = event["changed"] if event["all"] else self.items | event["changed"]
        for key in event["gone"]:
            del self.items[key]
        return event

    async def until(self, is_so: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
        while not is_so(self.items):
            await self.hear()
        return self.items

    def only(self, **fields: Any) -> dict[str, Any]:
        (item,) = [each for each in self.items.values() if fields.items() <= each.items()]
        return item


type Open = Callable[..., Awaitable[Socket]]


@pytest.fixture
def open_socket(hass: HomeAssistant, hass_ws_client: Any) -> Open:
    """Open a connection as an administrator, or as another user."""

    async def connect(user: MockUser | None = None) -> Socket:
        await async_setup_component(hass, "homeassistant", {})
        await async_setup_component(hass, DOMAIN, {})
        if user is None:
            return Socket(await hass_ws_client(hass))
        token = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
        return Socket(await hass_ws_client(hass, hass.auth.async_create_access_token(token)))

    return connect


@pytest.fixture
async def child(hass: HomeAssistant) -> MockUser:
    """A user who is no administrator."""
    return MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)


async def test_the_overview_tells_of_every_service(
    hub: ConfigEntry, cluster: ConfigEntry, repository: ConfigEntry, open_socket: Open
) -> None:
    overview = await (await open_socket()).feed("overview")

    shown = overview.only(kind="hub")
    assert shown["error"] is None
    assert shown["version"]
    assert len(shown["gpu"]["history"]) >= 1
    assert set(shown["gpu"]["history"][0]["cards"]) == {card["uuid"] for card in shown["gpu"]["cards"]}
    assert overview.only(kind="cluster")["findings"] == 2
    assert overview.only(kind="repository")["repository"] == repository.title


async def test_an_entry_that_cannot_start_says_why(hass: HomeAssistant, hub: ConfigEntry, open_socket: Open) -> None:
    overview = await (await open_socket()).feed("overview")
    hass.config_entries.async_update_entry(hub, data={**hub.data, "url": "no address"})
    shown = await overview.until(lambda items: items[hub.entry_id]["error"] is not None)

    assert shown[hub.entry_id]["error"]["key"] == "input_invalid"
    assert shown[hub.entry_id]["error"]["message"]


async def test_entries_come_into_the_overview_and_go(hass: HomeAssistant, hub: ConfigEntry, open_socket: Open) -> None:
    overview = await (await open_socket()).feed("overview")
    await hass.config_entries.async_remove(hub.entry_id)

    assert await overview.until(lambda items: not items) == {}


async def test_findings_come_and_go_one_by_one(
    cluster: ConfigEntry, kubernetes: KubernetesSimulator, open_socket: Open
) -> None:
    findings = await (await open_socket()).feed("findings")
    jellyfin = findings.only(name="jellyfin")
    assert jellyfin["errors"] == ["Deployment media/jellyfin has 1 replicas but 0 are available"]
    assert len(findings.items) == 2

    kubernetes.store.create(result("Pod", "web/homepage-0", "back-off pulling image"))
    event = await findings.hear()
    assert [each["name"] for each in event["changed"].values()] == ["homepage"]


async def test_a_dismissed_finding_is_shown_as_that_until_it_is_woken(cluster: ConfigEntry, open_socket: Open) -> None:
    socket = await open_socket()
    findings = await socket.feed("findings")
    finding = findings.only(name="jellyfin")["id"]

    await socket.call("findings/dismiss", finding=finding)
    await findings.until(lambda items: items[finding]["state"] == "dismissed")
    await socket.call("findings/wake", finding=finding)
    await findings.until(lambda items: items[finding]["state"] in {"new", "open"})
    await socket.call("findings/snooze", finding=finding, hours=4)
    shown = await findings.until(lambda items: items[finding]["state"] == "snoozed")
    assert shown[finding]["until"]


async def test_a_finding_that_is_gone_cannot_be_dismissed(cluster: ConfigEntry, open_socket: Open) -> None:
    error = await (await open_socket()).refused("findings/dismiss", finding="gone")

    assert error["translation_key"] == "no_such_finding"


async def propose(hass: HomeAssistant, replicas: int = 3) -> dict[str, Any]:
    data = {"name": "jellyfin", "replicas": replicas}
    return await hass.services.async_call(DOMAIN, "propose_change", data, blocking=True, return_response=True)


@pytest.mark.usefixtures("repository")
async def test_a_change_is_shown_approved_and_followed_by_its_hash(
    hass: HomeAssistant, github: GitHubSimulator, open_socket: Open
) -> None:
    socket = await open_socket()
    changes = await socket.feed("changes")
    assert changes.items == {}
    proposed = await propose(hass)
    shown = (await changes.until(bool))[proposed["id"]]
    assert (shown["state"], shown["hash"], shown["target"]["after"]) == ("awaiting", proposed["hash"], "3")

    approved = await socket.call("changes/approve", hash=shown["hash"])
    assert approved["state"] == "open"
    assert len(github.hub.pulls) == 1
    items = await changes.until(lambda items: items[proposed["id"]]["state"] == "open")
    assert items[proposed["id"]]["pull_request"].endswith("/pull/1")
    details = await socket.call("changes/show", change=proposed["id"])
    assert "+  replicas: 3" in details["diff"]
    assert [each["step"] for each in details["history"]][:2] == ["asked", "approved"]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de-DE", "Das Token darf das in demo/homelab nicht; "),
        ("en", 'The GitHub token may not do this in "demo/homelab"; '),
        ("fr", 'The GitHub token may not do this in "demo/homelab"; '),
    ],
)
async def test_why_a_change_went_wrong_is_told_in_the_language_of_the_person(
    hass: HomeAssistant, github_proxy: FaultProxy, open_socket: Open, language: str, told: str
) -> None:
    socket = await open_socket()
    changes = await socket.feed("changes", language=language)
    proposed = await propose(hass)
    await changes.until(bool)
    await github_proxy.inject(
        Fault(kind=FaultKind.STATUS, status=403, body='{"message": "Resource not accessible by integration"}')
    )
    refused = await socket.refused("changes/approve", hash=proposed["hash"], language=language)
    assert refused["translation_placeholders"]["message"].startswith(told)

    shown = (await changes.until(lambda items: items[proposed["id"]]["state"] == "failed"))[proposed["id"]]
    assert shown["failure"].startswith(told)
    details = await socket.call("changes/show", change=proposed["id"], language=language)
    assert details["history"][-1]["detail"] == shown["failure"]


@pytest.mark.usefixtures("repository")
async def test_a_change_is_rejected(hass: HomeAssistant, github: GitHubSimulator, open_socket: Open) -> None:
    proposed = await propose(hass)
    rejected = await (await open_socket()).call("changes/reject", hash=proposed["hash"])

    assert rejected["state"] == "rejected"
    assert github.hub.pulls == []


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("command", "fields", "key"),
    [
        ("changes/approve", {"hash": "0" * 64}, "approval_refused"),
        ("changes/revert", {"hash": "HASH", "words": "undo"}, "input_invalid"),
        ("changes/show", {"change": "gone"}, "no_such_change"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_is_no_error_in_the_log(
    hass: HomeAssistant,
    open_socket: Open,
    caplog: pytest.LogCaptureFixture,
    command: str,
    fields: dict[str, Any],
    key: str,
) -> None:
    proposed = await propose(hass)
    fields = {name: proposed["hash"] if value == "HASH" else value for name, value in fields.items()}
    error = await (await open_socket()).refused(command, **fields)

    assert error["translation_key"] == key
    assert error["message"]
    assert "Error handling message" not in caplog.text


@pytest.mark.usefixtures("repository", "cluster")
async def test_somebody_who_is_no_administrator_looks_but_neither_decides_nor_silences(
    hass: HomeAssistant, github: GitHubSimulator, open_socket: Open, child: MockUser
) -> None:
    proposed = await propose(hass)
    socket = await open_socket(child)
    assert (await socket.feed("changes")).items.keys() == {proposed["id"]}
    assert (await socket.feed("overview")).items
    finding = next(iter((await socket.feed("findings")).items))

    for command in ("changes/approve", "changes/reject"):
        assert (await socket.refused(command, hash=proposed["hash"]))["code"] == "unauthorized"
    for command, fields in (("snooze", {"hours": 1}), ("dismiss", {}), ("wake", {})):
        assert (await socket.refused(f"findings/{command}", finding=finding, **fields))["code"] == "unauthorized"
    assert github.hub.pulls == []


@pytest.mark.usefixtures("hub", "cluster")
async def test_what_is_asked_is_answered_as_it_is_spoken(open_socket: Open) -> None:
    socket = await open_socket()
    sent = await socket.send("ask", text="What is wrong with my cluster?", language="en")
    first = (await socket.receive(sent, "event"))["event"]
    last = (await socket.receive(sent, "event"))["event"]

    assert "jellyfin" in first["delta"]
    assert last["text"] == first["delta"]
    assert (last["answered_by"], last["failed"]) == ("sentence", False)
    assert 0 <= last["first_milliseconds"] <= last["milliseconds"]

    again = await socket.send("ask", text="Tell me a story", conversation_id=last["conversation_id"])
    pieces = []
    while "text" not in (event := (await socket.receive(again, "event"))["event"]):
        pieces.append(event["delta"])
    assert event["text"] == "".join(pieces).strip()
    assert event["answered_by"] == "model"
    assert event["conversation_id"] == last["conversation_id"]


@pytest.mark.usefixtures("hub", "cluster")
async def test_the_panel_asks_in_the_language_of_the_person(open_socket: Open) -> None:
    socket = await open_socket()
    sent = await socket.send("ask", text="Was ist mit meinem Cluster los?", language="de")
    last = await answer(socket, sent)

    assert last["answered_by"] == "sentence"
    assert last["text"].startswith("Im Cluster gibt es ")


@pytest.mark.usefixtures("hub", "cluster")
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Is everything in sync?", "Neither Argo CD nor Flux deploys anything."),
        ("How many nodes are up?", "The cluster shows no nodes."),
    ],
)
async def test_what_the_cluster_deploys_is_answered_without_a_model(
    open_socket: Open, question: str, told: str
) -> None:
    socket = await open_socket()
    last = await answer(socket, await socket.send("ask", text=question, language="en"))

    assert last["answered_by"] == "sentence"
    assert last["text"] == told


@pytest.mark.usefixtures("hub")
async def test_what_a_hub_that_is_gone_did_not_answer_is_nobodys_answer(
    open_socket: Open, ollama_proxy: FaultProxy
) -> None:
    socket = await open_socket()
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))
    last = await answer(socket, await socket.send("ask", text="Tell me a story"))

    assert last["answered_by"] == "nobody"
    assert "refuses connections" in last["text"]


async def answer(socket: Socket, sent: int) -> dict[str, Any]:
    """The last event of a turn."""
    while "text" not in (event := (await socket.receive(sent, "event"))["event"]):
        pass
    return event


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("language", "told"),
    [("de-DE", "Diesen Vorschlag gibt es nicht"), ("en", "no such proposal"), ("fr", "no such proposal")],
)
async def test_a_refusal_is_told_in_the_language_of_the_person(open_socket: Open, language: str, told: str) -> None:
    refused = await (await open_socket()).refused("changes/approve", hash="0" * 64, language=language)
    assert told in refused["translation_placeholders"]["message"]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de-DE", "Sie ändert nur, wie viel ein Workload bekommt."),
        ("en", "It changes nothing but how much a workload gets."),
    ],
)
async def test_why_a_change_is_risky_is_told_in_the_language_of_the_person(
    hass: HomeAssistant, open_socket: Open, language: str, told: str
) -> None:
    await propose(hass)
    (shown,) = (await (await open_socket()).feed("changes", language=language)).items.values()
    assert shown["reasons"] == [told]


async def test_without_a_hub_nobody_answers(open_socket: Open) -> None:
    assert (await (await open_socket()).refused("ask", text="Hello"))["translation_key"] == "no_hub"
