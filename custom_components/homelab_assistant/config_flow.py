"""Config flows: a menu of services to connect, each tested before it is saved, and what comes next after each."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import BooleanSelector
import probatio

from .change_options import ChangeOptionsFlow
from .checks import Checked
from .cluster_flow import ClusterFlow
from .cluster_options import ClusterOptionsFlow
from .const import (
    CONF_CONNECTED,
    CONF_KIND,
    CONF_PREFERRED,
    DOMAIN,
    PIPELINE_NAME,
    SUBENTRY_AI_TASK,
    SUBENTRY_CONVERSATION,
    Kind,
)
from .forms import TEXT, form_of
from .health import async_examine_all, missing_kinds
from .hub_flow import HubFlow
from .options_flow import HubOptionsFlow
from .pipelines import async_create_pipeline, unused_agent
from .repository_flow import RepositoryFlow
from .subentry_flow import AITaskFlow, ConversationFlow

OPTIONS: Mapping[str, type[OptionsFlow]] = {
    Kind.HUB: HubOptionsFlow,
    Kind.CLUSTER: ClusterOptionsFlow,
    Kind.REPOSITORY: ChangeOptionsFlow,
}


class HomelabConfigFlow(HubFlow, ClusterFlow, RepositoryFlow, domain=DOMAIN):
    """Connects the AI hub, a cluster or a GitOps repository."""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        if config_entry.data[CONF_KIND] != Kind.HUB:
            return {}
        return {SUBENTRY_CONVERSATION: ConversationFlow, SUBENTRY_AI_TASK: AITaskFlow}

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        return config_entry.data[CONF_KIND] in OPTIONS

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        flow: OptionsFlow = OPTIONS[config_entry.data[CONF_KIND]]()
        return flow

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to connect; begun by a service that was just connected, ask what comes next."""
        if user_input is not None:
            self._checked = user_input[CONF_CONNECTED]
            return await self.async_step_next()
        health = ["health"] if self._async_current_entries(include_ignore=False) else []
        return self.async_show_menu(
            step_id="user", menu_options=[Kind.HUB, "find_hub", Kind.CLUSTER, Kind.REPOSITORY, *health]
        )

    async def async_step_reconfigure(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form again; a secret that is left empty stays as it is."""
        return await self._async_connect(form_of(self._get_reconfigure_entry().data), None)

    async def async_step_reauth(self, _: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin when the service no longer accepts our credentials."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new credentials."""
        return await self._async_connect(form_of(self._get_reauth_entry().data), user_input, step_id="reauth_confirm")

    @override
    async def _async_found(self, checked: Checked) -> ConfigFlowResult:
        match checked.data[CONF_KIND]:
            case Kind.HUB:
                return await (self.async_step_model() if checked.models else self.async_step_first_model())
            case Kind.CLUSTER:
                return await self.async_step_cluster_found()
        return await self.async_step_repository_found() if checked.warnings else self._create()

    async def async_step_next(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what was connected, and offer what is still missing."""
        return self.async_show_menu(
            step_id="next",
            menu_options=[*missing_kinds(self.hass), *self._voice(), "health", "finish"],
            description_placeholders={"found": await self._async_say(self._found.note)},
        )

    async def async_step_health(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Test every part that is connected, and say of each that it is well or what to do."""
        return self.async_show_menu(
            step_id="health",
            menu_options=[*missing_kinds(self.hass), *self._voice(), "health", "finish"],
            description_placeholders={"parts": await async_examine_all(self.hass)},
        )

    def _voice(self) -> list[str]:
        return ["voice"] if unused_agent(self.hass) else []

    async def async_step_voice(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make an assistant that talks with our agent."""
        if user_input is not None and (agent := unused_agent(self.hass)):
            await async_create_pipeline(
                self.hass, agent, name=user_input[CONF_NAME].strip(), preferred=user_input[CONF_PREFERRED]
            )
            return await self.async_step_health()
        schema = {
            probatio.Required(CONF_NAME, default=PIPELINE_NAME): TEXT,
            probatio.Required(CONF_PREFERRED, default=True): BooleanSelector(),
        }
        return self.async_show_form(step_id="voice", data_schema=probatio.Schema(schema))

    async def async_step_finish(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End; everything was saved on the way."""
        return self.async_abort(reason="finished")
