"""The journal in Home Assistant's backups."""

from pathlib import Path
from shutil import copyfile
from typing import Any

from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_assistant.assistant_core.journal import SqliteJournal

DOMAIN = "homelab_assistant"


@pytest.fixture
async def manager(hass: HomeAssistant) -> Any:
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done()
    return hass.data[DATA_MANAGER]


@pytest.mark.usefixtures("repository")
async def test_what_is_asked_for_during_a_backup_is_in_it(
    hass: HomeAssistant, manager: Any, hass_admin_user: MockUser, tmp_path: Path
) -> None:
    journal, copy = hass.config.path("homelab_assistant.db"), tmp_path / "copy.db"
    await manager.async_pre_backup_actions()
    await hass.async_add_executor_job(copyfile, journal, copy)
    data = {"name": "jellyfin", "replicas": 3}
    context = Context(user_id=hass_admin_user.id)
    await hass.services.async_call(DOMAIN, "propose_change", data, blocking=True, context=context)
    await hass.async_add_executor_job(copyfile, f"{journal}-wal", f"{copy}-wal")
    await manager.async_post_backup_actions()

    restored = SqliteJournal(copy)
    await restored.open()
    assert [each.target.name for each in await restored.proposals()] == ["jellyfin"]
    await restored.close()


async def test_what_is_not_set_up_hinders_no_backup(hass: HomeAssistant, repository: ConfigEntry, manager: Any) -> None:
    await hass.config_entries.async_unload(repository.entry_id)
    await manager.async_pre_backup_actions()
    await manager.async_post_backup_actions()
