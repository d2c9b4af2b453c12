"""Home Assistant's tools for models, whichever APIs an agent was given, as tools of a turn."""

from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any, NamedTuple, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio

from .assistant_core.errors import ServiceFailed
from .assistant_core.logs import EventLog
from .assistant_core.models.chat import ToolCall, ToolSpec
from .assistant_core.models.house import Entity
from .assistant_core.ports import House, ToolBox
from .const import DOMAIN

_EVENTS = EventLog(__name__)

LOOKED_AT_FOR = 60.0  # seconds
MOST_KNOWN = 32  # people and devices


class HomeTools(ToolBox):
    """The tools of the usable APIs in one turn; the APIs are put together again only when one of them is called."""

    def __init__(
        self, hass: HomeAssistant, usable: list[str], context: llm.LLMContext, specs: tuple[ToolSpec, ...]
    ) -> None:
        self._hass = hass
        self.usable = usable
        self.context = context
        self._specs = specs
        self._api: llm.APIInstance | None = None

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        return self._specs

    @override
    async def call(self, call: ToolCall) -> Mapping[str, Any]:
        tool_input = llm.ToolInput(tool_name=call.name, tool_args=dict(call.arguments), id=call.id)
        try:
            self._api = self._api or await llm.async_get_api(self._hass, self.usable, self.context)
            result = await self._api.async_call_tool(tool_input)
        except (HomeAssistantError, probatio.Invalid) as error:
            raise ServiceFailed(str(error) or type(error).__name__) from error
        except (LookupError, TypeError, ValueError) as error:  # tools take what a model wrote for granted
            _EVENTS.debug("tool-failed", "%s failed", call.name, defect=error)
            raise ServiceFailed(f"{call.name} cannot be used like this.") from error
        return result.data


class _Described(NamedTuple):
    """Tools as they were at a time, in a house with these entities."""

    specs: tuple[ToolSpec, ...]
    entities: tuple[Entity, ...]
    at: float


class HomeToolShelf:
    """The tools of the APIs that an agent was given, described before they are needed.

    To put an API together and describe its tools takes Home Assistant longer than all else takes us before the first
    word, and it hardly ever comes out differently. So a turn takes them as they were found for the same person and
    device before, unless the house has changed; after the turn they are looked at again, at most once a minute.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, api_ids: Iterable[str], house: House) -> None:
        self._hass = hass
        self._entry = entry
        self._wanted = frozenset(api_ids)
        self._house = house
        self._known: dict[tuple[Any, ...], _Described] = {}

    async def async_take(self, context: llm.LLMContext) -> tuple[HomeTools, ...]:
        """The tools for a turn; none of an API that is gone or that this person may not use."""
        usable = await self._async_usable(context)
        if not usable:
            return ()
        key = _key(usable, context)
        known = self._known.get(key)
        if known is None or known.entities is not self._house.entities():
            known = await self._async_describe(usable, context)
        return (HomeTools(self._hass, usable, context, known.specs),)

    @callback
    def async_look_again(self, tools: HomeTools) -> None:
        """Find out, after a turn that had these, whether they are still the same."""
        known = self._known.get(_key(tools.usable, tools.context))
        if known is None or monotonic() - known.at > LOOKED_AT_FOR:
            look = self._async_look_again(tools)
            self._entry.async_create_background_task(self._hass, look, f"{DOMAIN} tools", eager_start=False)

    async def _async_look_again(self, tools: HomeTools) -> None:
        try:
            await self._async_describe(tools.usable, tools.context)
        except HomeAssistantError as error:
            _EVENTS.debug("tools-unknown", "What tools there are is not known any more: %s", error)

    async def _async_describe(self, usable: list[str], context: llm.LLMContext) -> _Described:
        entities = self._house.entities()
        api = await llm.async_get_api(self._hass, usable, context)
        key = _key(usable, context)
        self._known.pop(key, None)
        self._known[key] = known = _Described(specs_of(api, but_of=DOMAIN), entities, monotonic())
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return known

    async def _async_usable(self, context: llm.LLMContext) -> list[str]:
        return [
            api.id
            for api in llm.async_get_apis(self._hass)
            if api.id in self._wanted and await _may_use(self._hass, api, context)
        ]


def _key(usable: list[str], context: llm.LLMContext) -> tuple[Any, ...]:
    """What tools depend on besides the house."""
    return (*usable, context.device_id, context.context.user_id if context.context else None)


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
