"""The tests a GitOps repository must pass before its entry is saved."""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from .assistant_core.forge import RepositoryInfo
from .assistant_core.forge.git_address import git_address
from .checks import Checked, CheckFailed, Remark, blaming
from .const import (
    CONF_API_URL,
    CONF_FORGE,
    CONF_REPOSITORY,
    CONF_USER,
    DEFAULT_GITHUB_API_URL,
    ForgeKind,
    Kind,
)
from .forge_pauses import async_keeping_pause, async_pause_end
from .repository_clients import forge

_ADDRESS = re.compile(r"https?://(?P<host>[^/\s]+)/(?P<name>[^/\s]+/[^/\s]+?)(\.git)?/?")


async def async_check(hass: HomeAssistant, data: Mapping[str, Any]) -> Checked:
    """Connect to the repository that an entry describes. Raises CheckFailed."""
    kind = ForgeKind(data.get(CONF_FORGE, ForgeKind.GITHUB))
    with blaming("base"):
        data = _without_login(data) if kind is ForgeKind.GIT else _named(data)
        async with async_keeping_pause(hass, data):
            info = await forge(hass, data, retry_at=await async_pause_end(hass, data)).check()
    placeholders = {"repository": info.repository, "branch": info.default_branch}
    if info.archived:
        raise CheckFailed(CONF_REPOSITORY, "archived", placeholders)
    if not info.can_push or not (info.can_open_pull_requests or kind is ForgeKind.GIT):
        raise CheckFailed(CONF_TOKEN, "cannot_propose", placeholders)
    return Checked(
        title=info.repository,
        unique_id=_repository_id(kind, data, info.repository),
        data={**data, CONF_REPOSITORY: info.repository},
        note=Remark(key="branches" if kind is ForgeKind.GIT else "repository", placeholders=placeholders),
        warnings=tuple(_doubts_about_token(info)),
    )


def _doubts_about_token(info: RepositoryInfo) -> Iterator[Remark]:
    if info.protected is False:
        yield Remark(key="unprotected", placeholders={"branch": info.default_branch})
    for excess in sorted(info.excess):
        yield Remark(key=excess.value)


def _repository_id(kind: ForgeKind, data: Mapping[str, Any], repository: str) -> str:
    """Where a repository is, however we reach it."""
    if kind is ForgeKind.GIT:
        return f"{Kind.REPOSITORY}_{repository}"
    address = data[CONF_URL] if kind is ForgeKind.GITEA else data.get(CONF_API_URL, DEFAULT_GITHUB_API_URL)
    return f"{Kind.REPOSITORY}_{URL(address).host}_{repository.lower()}"


def _named(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a person copied from the browser, `https://github.com/OWNER/NAME`, is that name."""
    copied = _ADDRESS.fullmatch(data.get(CONF_REPOSITORY, ""))
    sites = {"github.com", "www.github.com", URL(data.get(CONF_API_URL, "")).host}
    return {**data, CONF_REPOSITORY: copied["name"]} if copied and copied["host"].lower() in sites else data


def _without_login(data: Mapping[str, Any]) -> dict[str, Any]:
    """A login that stands in the address is a secret like any other. Raises InputInvalid."""
    address = git_address(data[CONF_URL], data.get(CONF_TOKEN), user=data.get(CONF_USER))
    found = {CONF_URL: address.url, CONF_USER: address.user, CONF_TOKEN: address.password}
    return {**data, **{name: value for name, value in found.items() if value is not None}}
