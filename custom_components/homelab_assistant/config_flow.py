"""Config flows: a menu of services to connect, each tested before it is saved."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_MODEL, CONF_NAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
import probatio

from .change_options import ChangeOptionsFlow
from .checks import Checked, CheckFailed, check_model, check_service
from .const import AGENT_NAME, CONF_KIND, DOMAIN, SUBENTRY_AI_TASK, SUBENTRY_CONVERSATION, Kind
from .forms import CREDENTIALS, FIELDS, KINDS, REQUIRED, SECRETS, SECTIONS, SUGGESTED, filled_in, form_of, nested
from .options_flow import HubOptionsFlow
from .subentry_flow import AITaskFlow, ConversationFlow, model_schema

OPTIONS: Mapping[str, type[OptionsFlow]] = {Kind.HUB: HubOptionsFlow, Kind.REPOSITORY: ChangeOptionsFlow}


class HomelabConfigFlow(ConfigFlow, domain=DOMAIN):
    """Connects the AI hub, a cluster or a GitOps repository."""

    _checked: Checked | None = None

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
        return self.async_show_menu(step_id="user", menu_options=list(Kind))

    async def async_step_cluster(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the cluster shall be reached."""
        return self.async_show_menu(step_id="cluster", menu_options=["kubeconfig", "server"])

    async def async_step_hub(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where Ollama and the GPU exporter are."""
        return await self._async_connect("hub", user_input)

    async def async_step_kubeconfig(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a kubeconfig."""
        return await self._async_connect("kubeconfig", user_input)

    async def async_step_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the API server and a token."""
        return await self._async_connect("server", user_input)

    async def async_step_repository(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the GitOps repository and a token."""
        return await self._async_connect("repository", user_input)

    async def async_step_reconfigure(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the form again; a secret that is left empty stays as it is."""
        return await self._async_connect(form_of(self._get_reconfigure_entry().data), None)

    async def async_step_reauth(self, _: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin when the service no longer accepts our credentials."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new credentials."""
        return await self._async_connect(form_of(self._get_reauth_entry().data), user_input, step_id="reauth_confirm")

    async def _async_connect(
        self, form: str, user_input: dict[str, Any] | None, *, step_id: str | None = None
    ) -> ConfigFlowResult:
        """Show a form until the service it describes passes the test, then save it."""
        entry = self._existing()
        known = dict(entry.data) if entry else {CONF_KIND: KINDS[form], **SUGGESTED.get(form, {})}
        fields = {name: field for name, field in FIELDS[form].items() if step_id is None or name in CREDENTIALS}
        sections = SECTIONS.get(form, {}) if step_id is None else {}
        required = REQUIRED[form] - (SECRETS if self.source == SOURCE_RECONFIGURE else set())
        errors: dict[str, str] = {}
        placeholders = {"name": entry.title if entry else ""}
        if user_input is not None:
            asked = {*fields, *(name for section in sections.values() for name in section)}
            kept = {name: value for name, value in known.items() if name not in asked or name in SECRETS}
            try:
                return await self._async_save(await check_service(self.hass, kept | filled_in(user_input)), entry)
            except CheckFailed as failure:
                errors = {failure.field if failure.field in fields else "base": failure.key}
                placeholders |= failure.placeholders
        marked: dict[probatio.Marker, Any] = {
            probatio.Required(name) if name in required else probatio.Optional(name): field
            for name, field in fields.items()
        }
        for name, inner in sections.items():
            schema = probatio.Schema({probatio.Optional(each): field for each, field in inner.items()})
            marked[probatio.Optional(name)] = section(schema, {"collapsed": True})
        shown = nested({name: value for name, value in known.items() if name not in SECRETS}, sections)
        return self.async_show_form(
            step_id=step_id or form,
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(marked), user_input or shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _existing(self) -> ConfigEntry | None:
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None

    async def _async_save(self, checked: Checked, entry: ConfigEntry | None) -> ConfigFlowResult:
        """Create or update the entry of a service that passed the test. Raises CheckFailed."""
        others = [other for other in self._async_current_entries(include_ignore=False) if other is not entry]
        if any(other.unique_id == checked.unique_id for other in others):
            return self.async_abort(reason="already_configured")
        if CONF_NAME in checked.data and checked.data[CONF_NAME] in {other.data.get(CONF_NAME) for other in others}:
            raise CheckFailed(CONF_NAME, "name_taken", {"cluster": checked.data[CONF_NAME]})
        if entry is not None:
            if entry.data == checked.data:  # no change, so no listener reloads it
                self.hass.config_entries.async_schedule_reload(entry.entry_id)
            return self.async_update_and_abort(entry, unique_id=checked.unique_id, data=checked.data)
        await self.async_set_unique_id(checked.unique_id)
        self._checked = checked
        return await self.async_step_model() if checked.models else self._create(())

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of the hub's models to talk with."""
        assert self._checked is not None  # noqa: S101 - the form of the hub comes first
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                await check_model(self.hass, self._checked.data, user_input[CONF_MODEL])
            except CheckFailed as failure:
                errors, placeholders = {failure.field: failure.key}, dict(failure.placeholders)
            else:
                agent = ConfigSubentryData(
                    subentry_type=SUBENTRY_CONVERSATION, title=AGENT_NAME, data=user_input, unique_id=None
                )
                return self._create([agent])
        return self.async_show_form(
            step_id="model",
            data_schema=self.add_suggested_values_to_schema(model_schema(self._checked.models), user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _create(self, subentries: Iterable[ConfigSubentryData]) -> ConfigFlowResult:
        checked = self._checked
        assert checked is not None  # noqa: S101 - a service was tested
        return self.async_create_entry(
            title=checked.title,
            data=checked.data,
            description=checked.note,
            description_placeholders=checked.placeholders,
            subentries=subentries,
        )
