"""NVIDIA's dcgm-exporter: percent, MiB and MHz, with the labels `UUID` and `modelName`."""

from ..models.gpu import GpuHealth
from .series import Series

PREFIX = "DCGM_FI_DEV_"
MEBIBYTE = 1024**2
MEGAHERTZ = 1e6
MEMORY = ("FB_USED", "FB_FREE", "FB_RESERVED")


def read(text: str) -> tuple[GpuHealth, ...] | None:
    """The cards; None when the text is not this exporter's; raises ValueError."""
    series = Series.read(text, prefix=PREFIX, card="UUID")
    return tuple(_health(series, uuid) for uuid in series.cards) or None


def _health(series: Series, uuid: str) -> GpuHealth:
    def value(name: str, factor: float = 1) -> float | None:
        found = series.value(f"{PREFIX}{name}", uuid)
        return None if found is None else found * factor

    used, free, reserved = (value(name, MEBIBYTE) for name in MEMORY)
    return GpuHealth(
        uuid=uuid,
        name=series.labels(uuid).get("modelName") or "NVIDIA GPU",
        utilisation=value("GPU_UTIL", 0.01),
        memory_used=None if used is None else int(used),
        memory_total=None if used is None or free is None else int(used + free + (reserved or 0)),
        temperature=value("GPU_TEMP"),
        power=value("POWER_USAGE"),
        fan=value("FAN_SPEED", 0.01),
        clock=value("SM_CLOCK", MEGAHERTZ),
    )
