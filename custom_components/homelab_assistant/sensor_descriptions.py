"""What the sensors of a hub and of its graphics cards show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.components.sensor.const import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfFrequency,
    UnitOfInformation,
    UnitOfPower,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType

from .assistant_core.models.gpu import GpuHealth
from .assistant_core.models.hub import HubMetrics, HubStatus


@dataclass(frozen=True, kw_only=True)
class ValueDescription[T](SensorEntityDescription):
    """A value of what a service said; `attributes_fn` adds the details."""

    value_fn: Callable[[T], StateType]
    attributes_fn: Callable[[T], dict[str, Any]] | None = None


HUB_SENSORS = (
    ValueDescription[HubStatus](
        key="ollama_version",
        translation_key="ollama_version",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.version,
    ),
    ValueDescription[HubStatus](
        key="loaded_models",
        translation_key="loaded_models",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status: len(status.loaded),
        attributes_fn=lambda status: {
            "models": [
                {
                    "name": model.name,
                    "size": model.size,
                    "size_vram": model.size_vram,
                    "context_length": model.context_length,
                    "expires_at": model.expires_at and model.expires_at.isoformat(),
                }
                for model in status.loaded
            ]
        },
    ),
    ValueDescription[HubStatus](
        key="vram_used",
        translation_key="vram_used",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIBIBYTES,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status: sum(model.size_vram for model in status.loaded),
    ),
)


def _seconds(
    key: str, value_fn: Callable[[HubMetrics], StateType], *, usual: bool = False
) -> ValueDescription[HubMetrics]:
    return ValueDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=2,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=usual,
        value_fn=value_fn,
    )


def _share(key: str, value_fn: Callable[[HubMetrics], float | None]) -> ValueDescription[HubMetrics]:
    return ValueDescription(
        key=key,
        translation_key=key,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda metrics: _percent(value_fn(metrics)),
    )


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else ratio * 100


METRIC_SENSORS = (
    _seconds("first_token", lambda metrics: metrics.ttft, usual=True),
    _seconds("first_token_p50", lambda metrics: metrics.ttft_p50),
    _seconds("first_token_p95", lambda metrics: metrics.ttft_p95),
    _seconds("queue_wait", lambda metrics: metrics.queue_wait),
    ValueDescription[HubMetrics](
        key="tokens_per_second",
        translation_key="tokens_per_second",
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda metrics: metrics.tokens_per_second,
    ),
    ValueDescription[HubMetrics](
        key="prompt_tokens",
        translation_key="prompt_tokens",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda metrics: metrics.prompt_tokens,
    ),
    _share("cache_hit", lambda metrics: metrics.cache_hit),
    _share("context_used", lambda metrics: metrics.context_used),
)


GPU_SENSORS = (
    ValueDescription[GpuHealth](
        key="utilisation",
        translation_key="utilisation",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda card: _percent(card.utilisation),
    ),
    ValueDescription[GpuHealth](
        key="memory_used",
        translation_key="memory_used",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIBIBYTES,
        suggested_display_precision=1,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda card: card.memory_used,
        attributes_fn=lambda card: {"total_bytes": card.memory_total},
    ),
    ValueDescription[GpuHealth](
        key="temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda card: card.temperature,
    ),
    ValueDescription[GpuHealth](
        key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda card: card.power,
    ),
    ValueDescription[GpuHealth](
        key="fan",
        translation_key="fan",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda card: _percent(card.fan),
    ),
    ValueDescription[GpuHealth](
        key="clock",
        translation_key="clock",
        device_class=SensorDeviceClass.FREQUENCY,
        native_unit_of_measurement=UnitOfFrequency.HERTZ,
        suggested_unit_of_measurement=UnitOfFrequency.MEGAHERTZ,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=lambda card: card.clock,
    ),
)
