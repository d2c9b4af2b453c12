"""The options of a hub: how its models are loaded, who stands in for them, and how long we wait."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_URL
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from .assistant_core.errors import InputInvalid
from .assistant_core.ollama import Deadlines
from .checks import CheckFailed, list_models
from .clients import async_ollama_client
from .const import (
    CONF_CONTEXT_LENGTH,
    CONF_FALLBACK_MODEL,
    CONF_FALLBACK_URL,
    CONF_KEEP_ALIVE,
    CONF_MODELS,
    CONF_TIMEOUTS,
    CONF_WARM_UP_WHEN_HOME,
    CONF_WRITE_MODEL,
    DEFAULT_CONTEXT_LENGTH,
    DEFAULT_HUB_URL,
    DEFAULT_KEEP_ALIVE,
)
from .forms import URL, number

TIMEOUTS = ("connect", "first_byte", "first_byte_loading", "gap", "total")
LONGEST_TIMEOUT = 3600


class HubOptionsFlow(OptionsFlow):
    """Asks for the options of a hub; it is set up anew with them."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            loading = _loading(user_input[CONF_MODELS])
            try:
                if CONF_FALLBACK_URL in loading:  # it may be off; only what can never work is refused
                    await async_ollama_client(self.hass, {CONF_URL: loading[CONF_FALLBACK_URL]})
            except InputInvalid:
                errors["base"] = "fallback_url"
            else:
                return self.async_create_entry(data={**user_input, CONF_MODELS: loading})
        try:
            models = await list_models(self.hass, self.config_entry.data)
        except CheckFailed:
            models = ()  # a name can be typed while the hub is down
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_schema(models), user_input or self.config_entry.options),
            errors=errors,
            description_placeholders={"ollama_url": DEFAULT_HUB_URL},
        )


def _loading(typed: Mapping[str, Any]) -> dict[str, Any]:
    """How models are loaded, without the spaces around names; what was left empty is not there."""
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in typed.items()}
    return {name: value for name, value in stripped.items() if value != ""}


def _schema(models: tuple[str, ...]) -> probatio.Schema:
    model = SelectSelector(
        SelectSelectorConfig(options=list(models), mode=SelectSelectorMode.DROPDOWN, custom_value=True)
    )
    loading = probatio.Schema(
        {
            probatio.Required(CONF_CONTEXT_LENGTH, default=DEFAULT_CONTEXT_LENGTH): number(
                1024, 131072, "tokens", step=1024
            ),
            probatio.Required(CONF_KEEP_ALIVE, default=DEFAULT_KEEP_ALIVE): number(-1, 604800, "s"),
            probatio.Optional(CONF_WRITE_MODEL): model,
            probatio.Optional(CONF_FALLBACK_MODEL): model,
            probatio.Optional(CONF_FALLBACK_URL): URL,
        }
    )
    usual = Deadlines()._asdict()
    waiting = probatio.Schema(
        {probatio.Required(name, default=usual[name]): number(1, LONGEST_TIMEOUT, "s") for name in TIMEOUTS}
    )
    return probatio.Schema(
        {
            probatio.Required(CONF_WARM_UP_WHEN_HOME, default=False): BooleanSelector(),
            probatio.Required(CONF_MODELS): section(loading),
            probatio.Required(CONF_TIMEOUTS): section(waiting, {"collapsed": True}),
        }
    )
