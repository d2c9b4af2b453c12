"""The options of a cluster: when something is worth hearing, what nobody wants to hear of, what shall be a device."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)
import probatio

from .assistant_core.errors import HomelabError
from .assistant_core.models.episode import Patience, SilenceKind
from .quiet import CONF_QUIET_FROM, CONF_QUIET_TO, QuietHours

if TYPE_CHECKING:
    from .assistant_core.cluster import ClusterWatch

ALARMS = "alarms"
CONF_PERSISTENCE = "persistence"
CONF_REPAIR_AFTER = "repair_after"
CONF_MUTED = "muted_namespaces"

DEVICES = "devices"
CONF_KINDS = "kinds"
CONF_NAMESPACES = "namespaces"
CONF_LABELS = "labels"
WORKLOADS = "workloads"
APPLICATIONS = "applications"

PERSISTENCE = Patience().persistence
REPAIR_AFTER = timedelta(minutes=15)
LONGEST = 24 * 60  # minutes
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOptions:
    """What a household chose for a cluster.

    A finding alarms after `persistence` and becomes a repair after `repair_after`. Of the `devices` (`workloads`,
    `applications`) those in one of the `namespaces` (none: in any) that have all the `labels` (None: whatever the
    value) become devices.
    """

    persistence: timedelta = PERSISTENCE
    repair_after: timedelta = REPAIR_AFTER
    quiet: QuietHours = field(default_factory=QuietHours)
    devices: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    labels: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """As a config entry remembers them."""
        alarms, devices = options.get(ALARMS, {}), options.get(DEVICES, {})
        return cls(
            persistence=alarms.get(CONF_PERSISTENCE, PERSISTENCE / _MINUTE) * _MINUTE,
            repair_after=alarms.get(CONF_REPAIR_AFTER, REPAIR_AFTER / _MINUTE) * _MINUTE,
            quiet=QuietHours.of(alarms),
            devices=frozenset(devices.get(CONF_KINDS, ())),
            namespaces=frozenset(devices.get(CONF_NAMESPACES, ())),
            labels=tuple(map(_label, devices.get(CONF_LABELS, ()))),
        )

    @property
    def patience(self) -> Patience:
        """As the watch wants it."""
        return Patience(persistence=self.persistence)

    def chooses(self, namespace: str, labels: Iterable[tuple[str, str]]) -> bool:
        """Whether what lies there and is labelled so shall be a device."""
        known = dict(labels)
        return (not self.namespaces or namespace in self.namespaces) and all(
            key in known and value in {None, known[key]} for key, value in self.labels
        )


def _label(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    return key.strip(), value.strip() if equals else None


class ClusterOptionsFlow(OptionsFlow):
    """Asks for the options of a cluster; it is set up anew with them."""

    async def async_step_init(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin."""
        return await self.async_step_watching()

    async def async_step_watching(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options. What is muted is remembered with the findings, so that actions can change it too."""
        data = getattr(self.config_entry, "runtime_data", None)
        watch: ClusterWatch | None = data.cluster.watch if data else None
        failure = ""
        if user_input is not None:
            muted = user_input[ALARMS].pop(CONF_MUTED, [])
            try:
                if watch is not None:
                    await _mute(watch, {each.strip() for each in muted})
                return self.async_create_entry(data=user_input)
            except HomelabError as error:
                failure = str(error)
                user_input[ALARMS][CONF_MUTED] = muted
        options = self.config_entry.options
        shown = {**options, ALARMS: {**options.get(ALARMS, {}), CONF_MUTED: _muted(watch) if watch else []}}
        return self.async_show_form(
            step_id="watching",
            data_schema=self.add_suggested_values_to_schema(_schema(watched=watch is not None), user_input or shown),
            errors={"base": "journal_failed"} if failure else None,
            description_placeholders={"message": failure},
        )


def _muted(watch: ClusterWatch) -> list[str]:
    return sorted(each.about for each in watch.silences if each.kind is SilenceKind.MUTE and each.about)


async def _mute(watch: ClusterWatch, wanted: set[str]) -> None:
    """Mute these namespaces and no others. Raises JournalFailed."""
    muted = set(_muted(watch))
    for namespace in sorted(wanted - muted - {""}):
        await watch.mute(namespace)
    for namespace in sorted(muted - wanted):
        await watch.unsilence(SilenceKind.MUTE, namespace)


def _schema(*, watched: bool) -> probatio.Schema:
    """What can be chosen; what is muted is known only while the cluster is watched."""
    several = TextSelector(TextSelectorConfig(multiple=True))
    kinds = SelectSelector(
        SelectSelectorConfig(options=[WORKLOADS, APPLICATIONS], multiple=True, translation_key="device_kinds")
    )
    alarms: dict[probatio.Marker, Any] = {
        probatio.Required(CONF_PERSISTENCE, default=PERSISTENCE / _MINUTE): _minutes(),
        probatio.Required(CONF_REPAIR_AFTER, default=REPAIR_AFTER / _MINUTE): _minutes(),
        probatio.Optional(CONF_QUIET_FROM): TimeSelector(),
        probatio.Optional(CONF_QUIET_TO): TimeSelector(),
    }
    if watched:
        alarms[probatio.Optional(CONF_MUTED)] = several
    devices = {
        probatio.Optional(CONF_KINDS): kinds,
        probatio.Optional(CONF_NAMESPACES): several,
        probatio.Optional(CONF_LABELS): several,
    }
    return probatio.Schema(
        {
            probatio.Required(ALARMS): section(probatio.Schema(alarms)),
            probatio.Required(DEVICES): section(probatio.Schema(devices), {"collapsed": True}),
        }
    )


def _minutes() -> NumberSelector:
    config = NumberSelectorConfig(min=0, max=LONGEST, step=1, unit_of_measurement="min", mode=NumberSelectorMode.BOX)
    return NumberSelector(config)
