"""The options of a hub: how its models are loaded, who stands in for them, and how long we wait."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from .assistant_core.ollama import Deadlines
from .checks import CheckFailed, list_models
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
    DEFAULT_KEEP_ALIVE,
)
from .forms import URL, number

TIMEOUTS = ("connect", "first_byte", "first_byte_loading", "gap", "total")
LONGEST_TIMEOUT = 3600


class HubOptionsFlow(OptionsFlow):
    """Asks for the options of a hub; it is set up anew with them."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        try:
            models = await list_models(self.hass, self.config_entry.data)
        except CheckFailed:
            models = ()  # a name can be typed while the hub is down
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_schema(models), self.config_entry.options),
        )


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
