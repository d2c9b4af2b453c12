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
    SubentryFlowResult,
)
from homeassistant.const import CONF_MODEL, CONF_NAME, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .checks import Checked, CheckFailed, check_model, check_service, list_models
from .const import (
    AGENT_NAME,
    CONF_API_URL,
    CONF_CA,
    CONF_CONTEXT,
    CONF_GPU_URL,
    CONF_KIND,
    CONF_KUBECONFIG,
    CONF_REPOSITORY,
    DEFAULT_CLUSTER_NAME,
    DEFAULT_HUB_URL,
    DOMAIN,
    SUBENTRY_CONVERSATION,
    Kind,
)

TEXT = TextSelector()
LONG_TEXT = TextSelector(TextSelectorConfig(multiline=True))
URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

FIELDS: dict[str, dict[str, TextSelector]] = {
    "hub": {CONF_URL: URL, CONF_TOKEN: SECRET, CONF_GPU_URL: URL},
    "kubeconfig": {CONF_KUBECONFIG: LONG_TEXT, CONF_CONTEXT: TEXT, CONF_NAME: TEXT},
    "server": {CONF_URL: URL, CONF_TOKEN: SECRET, CONF_CA: LONG_TEXT, CONF_NAME: TEXT},
    "repository": {CONF_REPOSITORY: TEXT, CONF_TOKEN: SECRET, CONF_API_URL: URL},
}
REQUIRED = {
    "hub": {CONF_URL},
    "kubeconfig": {CONF_KUBECONFIG},
    "server": {CONF_URL, CONF_TOKEN},
    "repository": {CONF_REPOSITORY, CONF_TOKEN},
}
KINDS = {"hub": Kind.HUB, "kubeconfig": Kind.CLUSTER, "server": Kind.CLUSTER, "repository": Kind.REPOSITORY}
SECRETS = {CONF_TOKEN, CONF_KUBECONFIG}
CREDENTIALS = {*SECRETS, CONF_CONTEXT}
SUGGESTED = {
    "hub": {CONF_URL: DEFAULT_HUB_URL},
    "kubeconfig": {CONF_NAME: DEFAULT_CLUSTER_NAME},
    "server": {CONF_NAME: DEFAULT_CLUSTER_NAME},
}


def form_of(data: Mapping[str, Any]) -> str:
    """The form that an entry was filled in with."""
    if data[CONF_KIND] == Kind.CLUSTER:
        return "kubeconfig" if CONF_KUBECONFIG in data else "server"
    return str(data[CONF_KIND])


class HomelabConfigFlow(ConfigFlow, domain=DOMAIN):
    """Connects the AI hub, a cluster or a GitOps repository."""

    _checked: Checked | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_CONVERSATION: ConversationFlow} if config_entry.data[CONF_KIND] == Kind.HUB else {}

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
        required = REQUIRED[form] - (SECRETS if self.source == SOURCE_RECONFIGURE else set())
        errors: dict[str, str] = {}
        placeholders = {"name": entry.title if entry else ""}
        if user_input is not None:
            kept = {name: value for name, value in known.items() if name not in fields or name in SECRETS}
            filled = {name: value for name, text in user_input.items() if (value := text.strip())}
            try:
                return await self._async_save(await check_service(self.hass, kept | filled), entry)
            except CheckFailed as failure:
                errors = {failure.field if failure.field in fields else "base": failure.key}
                placeholders |= failure.placeholders
        marked = {
            probatio.Required(name) if name in required else probatio.Optional(name): field
            for name, field in fields.items()
        }
        shown = {name: value for name, value in known.items() if name not in SECRETS}
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


def model_schema(models: tuple[str, ...]) -> probatio.Schema:
    """A choice among the models that the hub has."""
    config = SelectSelectorConfig(options=list(models), mode=SelectSelectorMode.DROPDOWN)
    return probatio.Schema({probatio.Required(CONF_MODEL): SelectSelector(config)})


class ConversationFlow(ConfigSubentryFlow):
    """Adds a conversation agent to a hub, or gives one another model."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the model of a new agent."""
        return await self._async_choose("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for another model."""
        return await self._async_choose("reconfigure", user_input)

    async def _async_choose(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        entry = self._get_entry()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        try:
            models = await list_models(self.hass, entry.data)
        except CheckFailed as failure:
            return self.async_abort(reason=failure.key, description_placeholders=failure.placeholders)
        if user_input is not None:
            try:
                await check_model(self.hass, entry.data, user_input[CONF_MODEL])
            except CheckFailed as failure:
                errors, placeholders = {failure.field: failure.key}, failure.placeholders
            else:
                if step_id == "user":
                    return self.async_create_entry(title=AGENT_NAME, data=user_input)
                return self.async_update_and_abort(entry, self._get_reconfigure_subentry(), data=user_input)
        known = {} if step_id == "user" else self._get_reconfigure_subentry().data
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(model_schema(models), user_input or known),
            errors=errors,
            description_placeholders=placeholders,
        )
