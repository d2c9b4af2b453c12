"""A server that asks us to wait is left alone until then, by set-up, poll and changes alike."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.github_access import Token

LIMIT = Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "600"})


async def test_a_wait_that_only_the_poll_met_is_kept_over_a_reload_and_a_restart(
    hass: HomeAssistant, repository: ConfigEntry, github_proxy: FaultProxy, hass_storage: dict[str, Any]
) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    await github_proxy.inject(LIMIT)
    await repository.runtime_data.repository.async_refresh()
    await github_proxy.clear()
    github_proxy.seen.clear()

    assert await hass.config_entries.async_reload(repository.entry_id)
    hass.data.pop("homelab_assistant_forge_pauses")  # as a restart does
    assert await hass.config_entries.async_reload(repository.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    coordinator = repository.runtime_data.repository
    assert "asked us to wait" in str(coordinator.observation.error)
    assert not github_proxy.seen
    (kept,) = hass_storage["homelab_assistant.forge_pauses"]["data"]
    assert TOKEN not in kept


async def test_a_wait_that_the_set_up_met_is_kept_for_this_token_only(
    github: GitHubSimulator, github_proxy: FaultProxy, walk: Any
) -> None:
    github.hub.access.add(Token(value="ghp_other"))
    form = {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url}
    await github_proxy.inject(LIMIT)
    shown = await walk({"next_step_id": "repository"}, {"next_step_id": "github"}, form)
    assert shown["errors"] == {"base": "rate_limited_wait"}
    await github_proxy.clear()
    github_proxy.seen.clear()

    shown = await walk(form, after=shown)
    assert shown["errors"] == {"base": "rate_limited_wait"}
    assert not github_proxy.seen
    assert (await walk({**form, "token": "ghp_other"}, after=shown))["step_id"] == "repository_found"
