"""What a household sets about its changes, and what happens while nothing can be remembered."""

import asyncio
from datetime import timedelta
from pathlib import Path
import sys
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.homelab_assistant import change_rules
from custom_components.homelab_assistant.assistant_core.change import Backoff, Pace
from custom_components.homelab_assistant.assistant_core.models.change import ProposalState
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import GitHubSimulator
from tests.component.conftest import PATIENCE, Act

DOMAIN = "homelab_assistant"
JOURNAL = "homelab_assistant.db"


async def test_the_desk_minds_what_is_chosen(hass: HomeAssistant, choose: Any, act: Act) -> None:
    usual = hass.data[HOUSEHOLD].office.desk.settings
    assert (usual.voice_expiry.total_seconds(), usual.expiry.total_seconds()) == (15 * 60, 24 * 3600)

    await choose(approval={"voice_expiry": 5, "expiry": 2}, limits={"pending": 1, "hourly": 9, "hourly_each": 9})

    settings = hass.data[HOUSEHOLD].office.desk.settings
    assert (settings.voice_expiry.total_seconds(), settings.expiry.total_seconds()) == (5 * 60, 2 * 3600)
    await act("propose_change", name="jellyfin", replicas=3)
    with pytest.raises(ServiceValidationError, match="1 changes are pending already"):
        await act("propose_change", name="sonarr", replicas=3)


async def test_nothing_is_approved_while_the_television_plays(
    hass: HomeAssistant, choose: Any, act: Act, github: GitHubSimulator
) -> None:
    await choose(approval={"closed_while": ["media_player.television"]})
    proposed = await act("propose_change", name="jellyfin", replicas=3)

    hass.states.async_set("media_player.television", "playing", {"friendly_name": "Television"})
    with pytest.raises(ServiceValidationError, match="Television"):
        await act("approve_change", hash=proposed["hash"])
    assert github.hub.pulls == []

    hass.states.async_set("media_player.television", "off")
    assert (await act("approve_change", hash=proposed["hash"]))["state"] == "open"


async def test_nothing_is_approved_before_the_television_is_known_after_a_start(
    hass: HomeAssistant, choose: Any, act: Act, github: GitHubSimulator
) -> None:
    await choose(approval={"closed_while": ["media_player.television"]})
    proposed = await act("propose_change", name="jellyfin", replicas=3)

    hass.set_state(CoreState.starting)
    with pytest.raises(ServiceValidationError, match=r"media_player\.television"):
        await act("approve_change", hash=proposed["hash"])
    hass.states.async_set("media_player.television", "unavailable", {"friendly_name": "Television"})
    with pytest.raises(ServiceValidationError, match="Television"):
        await act("approve_change", hash=proposed["hash"])
    assert github.hub.pulls == []

    hass.set_state(CoreState.running)  # who is not there by now is no longer waited for
    assert (await act("approve_change", hash=proposed["hash"]))["state"] == "open"


async def test_a_yes_that_is_said_again_during_the_film_is_told_that_it_waits(
    hass: HomeAssistant, choose: Any, act: Act, github_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Backoff(timedelta(hours=1), timedelta(hours=1))
    monkeypatch.setattr(change_rules, "PACE", Pace(retries=late))
    await choose(approval={"closed_while": ["media_player.television"]})
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    await github_proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(HomeAssistantError):
        await act("approve_change", hash=proposed["hash"])
    hass.states.async_set("media_player.television", "playing", {"friendly_name": "Television"})
    await github_proxy.clear()

    with pytest.raises(ServiceValidationError, match=r"during 'Television'.* is approved and goes on by itself"):
        await act("approve_change", hash=proposed["hash"])


async def test_what_is_approved_waits_for_the_end_of_the_film_too(
    hass: HomeAssistant, choose: Any, act: Act, github: GitHubSimulator, github_proxy: FaultProxy, hurry: None
) -> None:
    await choose(approval={"closed_while": ["media_player.television"]})
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    desk, put_off = hass.data[HOUSEHOLD].office.desk, asyncio.Event()
    stop = desk.subscribe(lambda each: put_off.set() if "Television" in (each.failure or "") else None)
    await github_proxy.inject(Fault(kind=FaultKind.REFUSE))
    with pytest.raises(HomeAssistantError):
        await act("approve_change", hash=proposed["hash"])
    hass.states.async_set("media_player.television", "playing", {"friendly_name": "Television"})
    await github_proxy.clear()

    async with asyncio.timeout(PATIENCE):
        await put_off.wait()
    stop()
    assert github.hub.pulls == []
    (listed,) = (await act("list_changes"))["changes"]
    assert (listed["state"], listed["step"]) == ("approved", "stalled")
    assert "Television" in listed["failure"]

    opened = asyncio.Event()
    stop = desk.subscribe(lambda each: opened.set() if each.state is ProposalState.OPEN else None)
    hass.states.async_set("media_player.television", "off")
    async with asyncio.timeout(PATIENCE):
        await opened.wait()
    stop()
    assert len(github.hub.pulls) == 1


async def test_a_damaged_journal_is_kept_aside_and_said(hass: HomeAssistant, repository: ConfigEntry) -> None:
    await hass.config_entries.async_unload(repository.entry_id)
    path = Path(hass.config.path(JOURNAL))
    await asyncio.to_thread(path.write_bytes, b"not a journal" * 1000)

    assert await hass.config_entries.async_setup(repository.entry_id)

    issue = ir.async_get(hass).async_get_issue(DOMAIN, "journal_damaged")
    assert issue is not None
    kept = Path(hass.config.path(issue.translation_placeholders["file"]))
    assert (await asyncio.to_thread(kept.read_bytes)).startswith(b"not a journal")


async def test_a_journal_that_cannot_be_opened_is_said_until_it_can(
    hass: HomeAssistant, repository: ConfigEntry
) -> None:
    await hass.config_entries.async_unload(repository.entry_id)
    path = Path(hass.config.path(JOURNAL))
    await asyncio.to_thread(path.rename, path.with_suffix(".kept"))
    await asyncio.to_thread(path.mkdir)

    assert not await hass.config_entries.async_setup(repository.entry_id)
    assert repository.state is ConfigEntryState.SETUP_RETRY
    assert ir.async_get(hass).async_get_issue(DOMAIN, "journal_failed") is not None

    await asyncio.to_thread(path.rmdir)
    await asyncio.to_thread(path.with_suffix(".kept").rename, path)
    await hass.config_entries.async_reload(repository.entry_id)
    assert repository.state is ConfigEntryState.LOADED
    assert ir.async_get(hass).async_get_issue(DOMAIN, "journal_failed") is None


async def test_while_nothing_can_be_saved_nothing_is_approved(
    hass: HomeAssistant, repository: ConfigEntry, act: Act, github: GitHubSimulator
) -> None:
    """As after a memory card has worn out, which makes it read-only."""
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    journal = hass.data[HOUSEHOLD].office._journal
    await journal._run(lambda: journal._opened().execute("PRAGMA query_only = ON"))

    with pytest.raises(HomeAssistantError, match="journal is read-only"):
        await act("approve_change", hash=proposed["hash"])
    assert github.hub.pulls == []
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "journal_failed")
    assert issue is not None
    assert "journal is read-only" in issue.translation_placeholders["message"]

    await journal._run(lambda: journal._opened().execute("PRAGMA query_only = OFF"))
    assert (await act("approve_change", hash=proposed["hash"]))["state"] == "open"
    assert ir.async_get(hass).async_get_issue(DOMAIN, "journal_failed") is None


async def test_what_the_command_line_decides_on_the_same_journal_counts_in_the_house(
    hass: HomeAssistant, repository: ConfigEntry, act: Act, github: GitHubSimulator
) -> None:
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    terminal = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from assistant_core.cli import app; app()", "reject", proposed["hash"]),
        *("--journal", hass.config.path(JOURNAL)),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    await terminal.communicate()
    assert terminal.returncode == 0

    (shown,) = (await act("list_changes"))["changes"]
    assert shown["state"] == "rejected"
    with pytest.raises(HomeAssistantError, match="was already rejected by"):
        await act("approve_change", hash=proposed["hash"])
    assert github.hub.pulls == []


async def test_a_full_disk_is_said_with_what_to_do_and_loses_nothing(
    hass: HomeAssistant, repository: ConfigEntry, act: Act
) -> None:
    """SQLite may not take one page more, and says what it says of a full disk."""
    proposed = await act("propose_change", name="jellyfin", replicas=3)
    journal = hass.data[HOUSEHOLD].office._journal
    await journal._run(lambda: journal._opened().execute("PRAGMA max_page_count = 1").fetchall())

    says = "The disk is full, so the change could not be saved. Free some space and try again."
    with pytest.raises(HomeAssistantError, match=says):
        await act("propose_change", name="jellyfin", replicas=4)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "journal_failed")
    assert issue is not None
    assert issue.translation_placeholders == {"message": says}
    assert [each["state"] for each in (await act("list_changes"))["changes"]] == ["awaiting"]

    await journal._run(lambda: journal._opened().execute("PRAGMA max_page_count = 1000000").fetchall())
    assert (await act("approve_change", hash=proposed["hash"]))["state"] == "open"
    assert ir.async_get(hass).async_get_issue(DOMAIN, "journal_failed") is None
