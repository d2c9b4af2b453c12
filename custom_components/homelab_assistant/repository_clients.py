"""The forge of a GitOps repository, built from what its config entry remembers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .assistant_core.forge import GiteaForge, GitForge, GitHubApp, GitHubForge
from .const import (
    CONF_API_URL,
    CONF_APP_ID,
    CONF_FORGE,
    CONF_PRIVATE_KEY,
    CONF_REPOSITORY,
    CONF_SSH_KEY_FILE,
    CONF_USER,
    DEFAULT_GITHUB_API_URL,
    ForgeKind,
)

type CheckedForge = GitHubForge | GiteaForge | GitForge
"""A forge that can say what it may do with its repository."""


def forge(hass: HomeAssistant, data: Mapping[str, Any], *, retry_at: datetime | None = None) -> CheckedForge:
    """The forge of the GitOps repository; its server is not asked before `retry_at`.

    Raises InputInvalid for an address or a login that cannot be one.
    """
    api = data.get(CONF_API_URL) or DEFAULT_GITHUB_API_URL
    match ForgeKind(data.get(CONF_FORGE, ForgeKind.GITHUB)):
        case ForgeKind.GITHUB:
            return GitHubForge(data[CONF_REPOSITORY], data[CONF_TOKEN], base_url=api, retry_at=retry_at)
        case ForgeKind.GITHUB_APP:
            app = GitHubApp(app_id=data[CONF_APP_ID], private_key=data[CONF_PRIVATE_KEY])
            return GitHubForge(data[CONF_REPOSITORY], app, base_url=api, retry_at=retry_at)
        case ForgeKind.GITEA:
            return GiteaForge(async_get_clientsession(hass), data[CONF_URL], data[CONF_TOKEN], retry_at=retry_at)
        case ForgeKind.GIT:
            key = hass.config.path(data[CONF_SSH_KEY_FILE]) if CONF_SSH_KEY_FILE in data else None
            return GitForge(data[CONF_URL], data.get(CONF_TOKEN), user=data.get(CONF_USER), key=key, retry_at=retry_at)
