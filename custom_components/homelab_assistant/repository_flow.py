"""The config flow of a GitOps repository: on GitHub, on a Gitea or Forgejo, or any git remote."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from .checks import CheckFailed
from .const import ForgeKind
from .service_flow import ServiceFlow


class RepositoryFlow(ServiceFlow):
    """Asks where a repository is and as whom we go there, and warns of a token that can do too much."""

    async def async_step_repository(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the repository is."""
        return self.async_show_menu(step_id="repository", menu_options=list(ForgeKind))

    async def async_step_github(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a repository on GitHub and a token."""
        return await self._async_connect("github", user_input)

    async def async_step_github_app(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a repository on GitHub and an app."""
        return await self._async_connect("github_app", user_input)

    async def async_step_gitea(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a repository on a Gitea or Forgejo and a token."""
        return await self._async_connect("gitea", user_input)

    async def async_step_git(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for any git remote and a login."""
        return await self._async_connect("git", user_input)

    async def async_step_repository_found(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what a careful person would change, before it is saved."""
        checked = self._found
        return self.async_show_menu(
            step_id="repository_found",
            menu_options=["save_repository", "check_again"],
            description_placeholders={
                "found": await self._async_say(checked.note),
                "warnings": await self._async_say(*checked.warnings),
            },
        )

    async def async_step_save_repository(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save it."""
        return self._create()

    async def async_step_check_again(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look again, after something was changed on the forge."""
        try:
            return await self._async_examine(self._found.data)
        except CheckFailed as failure:
            return self.async_show_form(
                step_id="check_again", errors={"base": failure.key}, description_placeholders=failure.placeholders
            )
