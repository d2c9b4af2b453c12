"""The options of a repository: how its changes are approved, who is told, and what they leave alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any, Self

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
import probatio

from .assistant_core.change import EXPIRY, VOICE_EXPIRY, Limits
from .assistant_core.models.left_alone import LeftAlone, is_glob, is_namespace
from .forms import LINES, SECRET, number
from .quiet import CONF_QUIET_FROM, CONF_QUIET_TO, QuietHours

APPROVAL = "approval"
CONF_VOICE_EXPIRY = "voice_expiry"
CONF_EXPIRY = "expiry"
CONF_TRUSTED = "trusted_satellites"
CONF_CLOSED_WHILE = "closed_while"

TELLING = "telling"
CONF_NOTIFY = "notify"

FOLLOWING = "following"
CONF_SIGNED_WITH = "webhook_secret"

LEFT_ALONE = "left_alone"
CONF_NAMESPACES = "namespaces"
CONF_PATHS = "paths"

LIMITS = "limits"
CONF_PENDING = "pending"
CONF_HOURLY = "hourly"
CONF_HOURLY_EACH = "hourly_each"

SATELLITE = "assist_satellite"
NOTIFY = "notify"
BUSY_DOMAINS = ["binary_sensor", "calendar", "input_boolean", "media_player", "schedule", "switch"]
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


def webhook_id(entry_id: str) -> str:
    """The webhook by which the forge of a repository's entry may say that something happened."""
    return f"homelab-assistant-{entry_id.lower()}"  # narrow forms break it at the hyphens


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOptions:
    """What a household chose for the changes of a repository.

    `trusted` are satellites that approve what is of low risk by its spoken code, `closed_while` entities while which
    are active nothing is approved, `notify` the actions that reach the administrators' phones. Nobody is told aloud
    during `quiet`, which may span midnight. What is `left_alone` no change touches. The forge signs its calls with the
    `webhook_secret`.
    """

    voice_expiry: timedelta = VOICE_EXPIRY
    expiry: timedelta = EXPIRY
    trusted: frozenset[str] = frozenset()
    closed_while: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    quiet: QuietHours = field(default_factory=QuietHours)
    left_alone: LeftAlone = field(default_factory=LeftAlone)
    limits: Limits = field(default_factory=Limits)
    webhook_secret: str = field(default="", repr=False)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """As a config entry remembers them."""
        approval, telling, alone = (options.get(name, {}) for name in (APPROVAL, TELLING, LEFT_ALONE))
        usual = Limits()
        limits = {name: int(options.get(LIMITS, {}).get(name, getattr(usual, name))) for name in _MOST}
        return cls(
            voice_expiry=approval.get(CONF_VOICE_EXPIRY, VOICE_EXPIRY / _MINUTE) * _MINUTE,
            expiry=approval.get(CONF_EXPIRY, EXPIRY / _HOUR) * _HOUR,
            trusted=frozenset(approval.get(CONF_TRUSTED, ())),
            closed_while=tuple(approval.get(CONF_CLOSED_WHILE, ())),
            notify=tuple(telling.get(CONF_NOTIFY, ())),
            quiet=QuietHours.of(telling),
            left_alone=LeftAlone(
                namespaces=frozenset(alone.get(CONF_NAMESPACES, ())), paths=tuple(alone.get(CONF_PATHS, ()))
            ),
            limits=Limits(**limits),
            webhook_secret=options.get(FOLLOWING, {}).get(CONF_SIGNED_WITH, ""),
        )

    def is_quiet(self, now: time) -> bool:
        """Whether nobody wants to hear of a change at that local time."""
        return self.quiet.hold(now)


_MOST = {CONF_PENDING: 50, CONF_HOURLY: 500, CONF_HOURLY_EACH: 500}


class ChangeOptionsFlow(OptionsFlow):
    """Asks for the options of a repository; it is set up anew with them."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin."""
        return await self.async_step_changes()

    async def async_step_changes(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options."""
        placeholders = {"webhook": webhook.async_generate_path(webhook_id(self.config_entry.entry_id))}
        errors: dict[str, str] = {}
        if user_input is not None:
            alone = _stripped(user_input.get(LEFT_ALONE, {}))
            wrong = next(_wrong(alone), None)
            if wrong is None:
                return self.async_create_entry(data={**user_input, LEFT_ALONE: alone})
            errors["base"], placeholders["text"] = wrong
        return self.async_show_form(
            step_id="changes",
            description_placeholders=placeholders,
            data_schema=self.add_suggested_values_to_schema(
                _schema(phones(self.hass)), user_input or self.config_entry.options
            ),
            errors=errors,
        )


def _stripped(typed: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Lists without the spaces around what was typed; lines that were left empty are not there."""
    return {name: [text for line in lines if (text := line.strip())] for name, lines in typed.items()}


def _wrong(alone: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """What can be no namespace or no path, after the error it is."""
    yield from (("no_namespace", each) for each in alone.get(CONF_NAMESPACES, ()) if not is_namespace(each))
    yield from (("no_path", each) for each in alone.get(CONF_PATHS, ()) if not is_glob(each))


def phones(hass: HomeAssistant) -> list[str]:
    """The actions that notify a phone with buttons below the message."""
    services = hass.services.async_services_for_domain(NOTIFY)
    return sorted(f"{NOTIFY}.{name}" for name in services if name.startswith("mobile_app_"))


def _schema(notify: Iterable[str]) -> probatio.Schema:
    targets = SelectSelectorConfig(
        options=list(notify), multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
    )
    satellites = EntitySelectorConfig(filter={"domain": SATELLITE}, multiple=True)
    busy = EntitySelectorConfig(filter={"domain": BUSY_DOMAINS}, multiple=True)
    approval = probatio.Schema(
        {
            probatio.Required(CONF_VOICE_EXPIRY, default=VOICE_EXPIRY // _MINUTE): number(1, 240, "min"),
            probatio.Required(CONF_EXPIRY, default=EXPIRY // _HOUR): number(1, 168, "h"),
            probatio.Optional(CONF_TRUSTED): EntitySelector(satellites),
            probatio.Optional(CONF_CLOSED_WHILE): EntitySelector(busy),
        }
    )
    telling = probatio.Schema(
        {
            probatio.Optional(CONF_NOTIFY): SelectSelector(targets),
            probatio.Optional(CONF_QUIET_FROM): TimeSelector(),
            probatio.Optional(CONF_QUIET_TO): TimeSelector(),
        }
    )
    following = probatio.Schema({probatio.Optional(CONF_SIGNED_WITH): SECRET})
    alone = probatio.Schema({probatio.Optional(CONF_NAMESPACES): LINES, probatio.Optional(CONF_PATHS): LINES})
    usual = Limits()
    limits = probatio.Schema(
        {probatio.Required(name, default=getattr(usual, name)): number(1, most) for name, most in _MOST.items()}
    )
    return probatio.Schema(
        {
            probatio.Required(APPROVAL): section(approval),
            probatio.Required(TELLING): section(telling),
            probatio.Optional(FOLLOWING): section(following, {"collapsed": True}),
            probatio.Optional(LEFT_ALONE): section(alone, {"collapsed": True}),
            probatio.Required(LIMITS): section(limits, {"collapsed": True}),
        }
    )
