"""Home Assistant's tools for models, whichever APIs an agent was given, as tools of a turn."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio

from .assistant_core.errors import ServiceFailed
from .assistant_core.models.chat import ToolCall, ToolSpec
from .assistant_core.ports import ToolBox
from .const import DOMAIN, LOGGER


class HomeTools(ToolBox):
    """The tools of an API; ours are left out, since every turn has them anyway."""

    def __init__(self, api: llm.APIInstance) -> None:
        self._api = api
        self._specs = specs_of(api, but_of=DOMAIN)

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        return self._specs

    @override
    async def call(self, call: ToolCall) -> Mapping[str, Any]:
        tool_input = llm.ToolInput(tool_name=call.name, tool_args=dict(call.arguments), id=call.id)
        try:
            result = await self._api.async_call_tool(tool_input)
        except (HomeAssistantError, probatio.Invalid) as error:
            raise ServiceFailed(str(error) or type(error).__name__) from error
        except (LookupError, TypeError, ValueError) as error:  # tools take what a model wrote for granted
            LOGGER.debug("%s failed", call.name, exc_info=True)
            raise ServiceFailed(f"{call.name} cannot be used like this.") from error
        return result.data


async def async_home_tools(
    hass: HomeAssistant, api_ids: Iterable[str], context: llm.LLMContext
) -> tuple[HomeTools, ...]:
    """The tools of these APIs; none of an API that is gone or that this person may not use."""
    wanted = set(api_ids)
    usable = [api.id for api in llm.async_get_apis(hass) if api.id in wanted and await _may_use(hass, api, context)]
    return (HomeTools(await llm.async_get_api(hass, usable, context)),) if usable else ()


async def _may_use(hass: HomeAssistant, api: llm.API, context: llm.LLMContext) -> bool:
    if not getattr(api, "requires_admin", False):  # unknown before Home Assistant 2026.11
        return True
    user_id = context.context.user_id if context.context else None
    user = await hass.auth.async_get_user(user_id) if user_id else None
    return user is not None and user.is_admin


def specs_of(api: llm.APIInstance, *, but_of: str | None = None) -> tuple[ToolSpec, ...]:
    """The tools of an API as a model is told of them, but those of one integration."""
    return tuple(
        ToolSpec(
            name=tool.name,
            description=tool.description or "",
            parameters=probatio.to_openapi(
                tool.parameters, custom_serializer=api.custom_serializer, openapi_version="3.1.0"
            ),
        )
        for tool in api.tools
        if but_of is None or tool.integration != but_of
    )
