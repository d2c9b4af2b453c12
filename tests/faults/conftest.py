"""A household whose hub can be made to fail in every way, and the table of what it said then."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from yarl import URL

from custom_components.homelab_assistant import change_rules
from custom_components.homelab_assistant.assistant_core.change import Backoff, Pace
from custom_components.homelab_assistant.assistant_core.forge import GiteaForge, GitForge, GitHubForge
from demo.faults import FaultProxy
from demo.github import GitHubSimulator
from demo.ollama import OllamaSimulator
from demo.ollama_models import DEFAULT_MODELS
from tests.component.conftest import *  # noqa: F403 - the same household as in the component's tests
from tests.component.conftest import Ahead

from . import changes as changes_table
from . import cluster as cluster_table

AGENT = "conversation.homelab_assistant"
MODEL, OTHER_MODEL = DEFAULT_MODELS
DEADLINES = {
    "connect": 1,
    "pause": 0.01,
    "answer": 1,
    "first_byte": 1,
    "first_byte_loading": 20,
    "probe": 0.2,
    "gap": 1,
    "total": 30,
}
TITLE = "what is said when the hub fails"
HEADER = ("fault", "seconds", "sentence")
TABLES = {TITLE: HEADER, cluster_table.TITLE: cluster_table.HEADER, changes_table.TITLE: changes_table.HEADER}


@dataclass
class Household:
    """A house with a hub that talks and a cluster with two problems."""

    hass: HomeAssistant
    hub: ConfigEntry
    cluster: ConfigEntry
    ollama: OllamaSimulator
    proxy: FaultProxy
    user: MockUser
    name: str
    record: Callable[[str, object], None]
    _conversation: str | None = field(default=None, init=False)

    async def say(self, text: str, *, alone: bool = False) -> str:
        """What is answered in the same conversation, or `alone` in a new one."""
        context = Context(user_id=self.user.id)
        result = await conversation.async_converse(
            self.hass, text, None if alone else self._conversation, context, agent_id=AGENT
        )
        if not alone:
            self._conversation = result.conversation_id
        return result.response.speech["plain"]["speech"]

    async def timed(self, text: str, *, within: float) -> str:
        """What is answered, noted in the table; fails when it takes longer than `within` seconds."""
        began = time.monotonic()
        answer = await self.say(text)
        taken = time.monotonic() - began
        self.note(answer, taken)
        assert taken < within, f"{taken:.1f} s"
        return answer

    def note(self, answer: str, seconds: float) -> None:
        """Put a line into the table."""
        said = answer if len(answer) <= 140 else f"{answer[:60]} ... {answer[-75:]}"
        self.record(TITLE, (self.name, f"{seconds:.1f}", said))

    async def configure(self, **data: Any) -> None:
        """Change what the hub's entry remembers, or its timeouts."""
        timeouts = data.pop("timeouts", {})
        options = {**self.hub.options, "timeouts": {**self.hub.options.get("timeouts", {}), **timeouts}}
        self.hass.config_entries.async_update_entry(self.hub, data={**self.hub.data, **data}, options=options)
        await self.hass.async_block_till_done()

    @property
    def open_sockets(self) -> int:
        """Connections to the hub that are in use; watches, and those that wait for a next request, do not count."""
        connector = async_get_clientsession(self.hass).connector
        assert connector is not None
        watched = URL(self.cluster.data["url"]).port
        return sum(len(used) for where, used in connector._acquired_per_host.items() if where.port != watched)


@pytest.fixture
async def household(
    hass: HomeAssistant,
    hub: ConfigEntry,
    cluster: ConfigEntry,
    ollama: OllamaSimulator,
    ollama_proxy: FaultProxy,
    hass_admin_user: MockUser,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> Household:
    name = request.node.name.removeprefix("test_").replace("_", " ")
    home = Household(hass, hub, cluster, ollama, ollama_proxy, hass_admin_user, name, record_property)
    await home.configure(timeouts=DEADLINES)
    return home


@pytest.fixture
def silence() -> int:
    """After how many seconds of silence a forge is given up; few only where a test waits for that."""
    return 10


@pytest.fixture
def looks() -> Backoff:
    """How often pull requests are looked at."""
    return Backoff(timedelta(milliseconds=400), timedelta(seconds=4))


@pytest.fixture
def little_patience(silence: int, looks: Backoff, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forge that fails is asked again at once."""
    for forge in (GitHubForge, GiteaForge, GitForge):
        monkeypatch.setitem(forge.__init__.__kwdefaults__, "timeout", silence)
    retries = Backoff(timedelta(milliseconds=30), timedelta(milliseconds=400))
    monkeypatch.setattr(change_rules, "PACE", Pace(retries=retries, looks=looks, rollout=timedelta(milliseconds=400)))


@pytest.fixture
async def changes(
    clock: Ahead,
    little_patience: None,
    hass: HomeAssistant,
    repository: ConfigEntry,
    github: GitHubSimulator,
    github_proxy: FaultProxy,
    hass_admin_user: MockUser,
    record_property: Callable[[str, object], None],
) -> changes_table.Changes:
    return changes_table.Changes(hass, repository, github, github_proxy, hass_admin_user.id, record_property)


@pytest.fixture
def tracebacks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail the test when a person would find a traceback or a defect in the log."""
    yield
    told = [
        (record.getMessage(), record.exc_info) for record in caplog.get_records("call") if record.levelname != "DEBUG"
    ]
    assert not [message for message, traceback in told if traceback or "-defect] " in message]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was said to each fault of the hub, what each of the cluster cost, and what became of changes."""
    reports = [each for some in terminalreporter.stats.values() for each in some if isinstance(each, pytest.TestReport)]
    recorded = [noted for each in reports if each.when == "call" for noted in each.user_properties]
    for title, header in TABLES.items():
        if rows := [row for name, row in recorded if name == title]:
            _print(terminalreporter, title, header, rows)


def _print(
    terminal: pytest.TerminalReporter, title: str, header: tuple[str, ...], rows: Sequence[Sequence[str]]
) -> None:
    terminal.section(title)
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    for first, *figures, sentence in (header, *rows):
        cells = [first.ljust(widths[0]), *(each.rjust(width) for each, width in zip(figures, widths[1:], strict=True))]
        terminal.line("  ".join([*cells, sentence]))
