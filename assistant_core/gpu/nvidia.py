"""utkuozdemir/nvidia_gpu_exporter: what `nvidia-smi --query-gpu` says, in base units, with the label `uuid`."""

from ..models.gpu import GpuHealth
from .series import Series

PREFIX = "nvidia_smi_"


def read(text: str) -> tuple[GpuHealth, ...] | None:
    """The cards; none when nvidia-smi itself failed, None when the text is not this exporter's; raises ValueError."""
    series = Series.read(text, prefix=PREFIX, card="uuid")
    if not series.cards and series.value("nvidia_smi_command_exit_code") is None:
        return None
    return tuple(_health(series, uuid) for uuid in series.cards)


def _health(series: Series, uuid: str) -> GpuHealth:
    return GpuHealth(
        uuid=uuid,
        name=series.labels(uuid, "nvidia_smi_gpu_info").get("name") or "NVIDIA GPU",
        utilisation=series.value("nvidia_smi_utilization_gpu_ratio", uuid),
        memory_used=series.count("nvidia_smi_memory_used_bytes", uuid),
        memory_total=series.count("nvidia_smi_memory_total_bytes", uuid),
        temperature=series.value("nvidia_smi_temperature_gpu", uuid),
        power=series.value("nvidia_smi_power_draw_watts", uuid),
        fan=series.value("nvidia_smi_fan_speed_ratio", uuid),
        clock=series.value("nvidia_smi_clocks_current_sm_clock_hz", uuid),
    )
