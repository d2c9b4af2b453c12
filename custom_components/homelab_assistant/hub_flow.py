"""The config flow of the AI hub: where Ollama is, and the model to talk with, which is fetched if it is missing."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult, ConfigSubentryData
from homeassistant.const import CONF_MODEL, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.selector import Selector, SelectSelector, SelectSelectorConfig, SelectSelectorMode
import probatio

from .assistant_core.models.hub import PullProgress
from .checks import CheckFailed, check_model, check_service
from .clients import async_ollama_client
from .const import AGENT_NAME, CONF_GPU_URL, SUBENTRY_CONVERSATION
from .forms import FIELDS, LINES, filled_in
from .looking import PLACES, async_look_for_hubs
from .pulling import Pull
from .service_flow import ServiceFlow

CONF_PLACES = "places"
RECOMMENDED = ("llama3.1:8b", "qwen2.5:7b", "llama3.2:3b")


class HubFlow(ServiceFlow):
    """Asks where the hub is and which of its models shall talk."""

    _seen: Mapping[str, str | None] = {}
    _model = ""
    _failure: CheckFailed | None = None
    _pull: Pull[ConfigFlowResult] | None = None

    async def async_step_hub(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where Ollama and the GPU exporter are."""
        return await self._async_connect("hub", user_input)

    async def async_step_find_hub(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where to look for an Ollama, and look there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            places = filled_in(user_input).get(CONF_PLACES, [])
            self._seen = await async_look_for_hubs(self.hass, places)
            if self._seen:
                return await self.async_step_hub()
            errors = {"base": "nothing_found"}
        schema = probatio.Schema({probatio.Required(CONF_PLACES): LINES})
        return self.async_show_form(
            step_id="find_hub",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or {CONF_PLACES: list(PLACES)}),
            errors=errors,
        )

    @override
    def _fields(self, form: str) -> Mapping[str, Selector[Any]]:
        if form != "hub" or not self._seen:
            return super()._fields(form)
        found = SelectSelectorConfig(options=list(self._seen), custom_value=True, mode=SelectSelectorMode.DROPDOWN)
        return {**FIELDS[form], CONF_URL: SelectSelector(found)}

    @override
    def _suggested(self, form: str) -> Mapping[str, Any]:
        if form != "hub" or not self._seen:
            return super()._suggested(form)
        url, gpu_url = next(iter(self._seen.items()))
        return {CONF_URL: url, **({CONF_GPU_URL: gpu_url} if gpu_url else {})}

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of the hub's models to talk with; one that it does not have is fetched."""
        return await self._async_choose_model("model", self._found.models, user_input)

    async def async_step_first_model(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which model a hub that has none shall fetch."""
        return await self._async_choose_model("first_model", RECOMMENDED, user_input)

    async def _async_choose_model(
        self, step_id: str, offered: tuple[str, ...], user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        failure, self._failure = self._failure, None
        if user_input is not None:
            self._model = user_input[CONF_MODEL].strip()
            if self._model not in self._found.models:
                return await self.async_step_pull()
            try:
                return await self._async_use_model()
            except CheckFailed as refused:
                failure = refused
        choice = SelectSelectorConfig(options=list(offered), mode=SelectSelectorMode.DROPDOWN, custom_value=True)
        suggested = {CONF_MODEL: self._model or offered[0]}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_MODEL): SelectSelector(choice)}), suggested
            ),
            errors={failure.field: failure.key} if failure else {},
            description_placeholders={**self._found.note.placeholders, **(failure.placeholders if failure else {})},
        )

    async def _async_use_model(self) -> ConfigFlowResult:
        """Save the hub with an agent that talks with the chosen model. Raises CheckFailed."""
        data = {CONF_MODEL: self._model}
        await check_model(self.hass, self._found.data, self._model)
        return self._create(
            [ConfigSubentryData(subentry_type=SUBENTRY_CONVERSATION, title=AGENT_NAME, data=data, unique_id=None)]
        )

    async def async_step_pull(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show how far the model is."""
        if self._pull is None:
            self._pull = Pull(self, self._model, self._async_reports())
        if progress := self._pull.async_progress():
            return progress
        if (error := self._pull.failure) is not None:
            self._failure = CheckFailed(CONF_MODEL, error.exact_key, error.placeholders)
        self._pull = None
        return self.async_show_progress_done(next_step_id="pulled")

    async def async_step_pulled(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Use the model, or say why it is not there and let a person choose again."""
        if self._failure is None:
            try:
                self._checked = await check_service(self.hass, self._found.data)
                return await self._async_use_model()
            except CheckFailed as failure:
                self._failure = CheckFailed(CONF_MODEL, failure.key, failure.placeholders)
        return await (self.async_step_model() if self._found.models else self.async_step_first_model())

    async def _async_reports(self) -> AsyncGenerator[PullProgress]:
        client = await async_ollama_client(self.hass, self._found.data)
        async with aclosing(client.pull(self._model)) as reports:
            async for report in reports:
                yield report

    @callback
    @override
    def async_remove(self) -> None:
        if self._pull is not None:
            self._pull.async_cancel()
