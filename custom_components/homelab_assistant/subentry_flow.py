"""Config flows of what a hub offers: conversation agents and AI tasks, each with a model of its own."""

from collections.abc import Mapping
from typing import Any, ClassVar, override

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_LLM_HASS_API, CONF_MODEL, CONF_PROMPT
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio

from .checks import ANSWER, TALK, CheckFailed, check_model, list_models
from .const import AGENT_NAME, AI_TASK_NAME, DEFAULT_LLM_APIS


def model_selector(models: tuple[str, ...]) -> SelectSelector:
    """A choice among the models that the hub has."""
    return SelectSelector(SelectSelectorConfig(options=list(models), mode=SelectSelectorMode.DROPDOWN))


def model_schema(models: tuple[str, ...]) -> probatio.Schema:
    """The form that asks for a model only."""
    return probatio.Schema({probatio.Required(CONF_MODEL): model_selector(models)})


class ModelFlow(ConfigSubentryFlow):
    """Adds something that uses a model of the hub, or changes it."""

    name: ClassVar[str]
    needs: ClassVar[frozenset[str]] = ANSWER
    defaults: ClassVar[Mapping[str, Any]] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for what a new one needs."""
        return await self._async_choose("user", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for what shall be otherwise."""
        return await self._async_choose("reconfigure", user_input)

    def _schema(self, models: tuple[str, ...]) -> probatio.Schema:
        return model_schema(models)

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
                await check_model(self.hass, entry.data, user_input[CONF_MODEL], self.needs)
            except CheckFailed as failure:
                errors, placeholders = {failure.field: failure.key}, failure.placeholders
            else:
                if step_id == "user":
                    return self.async_create_entry(title=self.name, data=user_input)
                return self.async_update_and_abort(entry, self._get_reconfigure_subentry(), data=user_input)
        known = {**self.defaults, **({} if step_id == "user" else self._get_reconfigure_subentry().data)}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(self._schema(models), user_input or known),
            errors=errors,
            description_placeholders=placeholders,
        )


class ConversationFlow(ModelFlow):
    """A conversation agent: its model, what of the house it may use, and what the household wants it to know."""

    name = AGENT_NAME
    needs = TALK
    defaults = {CONF_LLM_HASS_API: DEFAULT_LLM_APIS}  # noqa: RUF012 - the base says that it is a ClassVar

    @override
    def _schema(self, models: tuple[str, ...]) -> probatio.Schema:
        apis = [SelectOptionDict(value=api.id, label=api.name) for api in llm.async_get_apis(self.hass)]
        return probatio.Schema(
            {
                probatio.Required(CONF_MODEL): model_selector(models),
                probatio.Optional(CONF_LLM_HASS_API, default=list): SelectSelector(
                    SelectSelectorConfig(options=apis, multiple=True)
                ),
                probatio.Optional(CONF_PROMPT): TextSelector(TextSelectorConfig(multiline=True)),
            }
        )


class AITaskFlow(ModelFlow):
    """An AI task: its model."""

    name = AI_TASK_NAME
