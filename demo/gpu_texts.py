"""What three exporters say of one graphics card."""

from collections.abc import Mapping
from dataclasses import dataclass

GIBIBYTE = 1024**3
MEBIBYTE = 1024**2
MEGAHERTZ = 1e6
DEVICE = r"PCI\VEN_10DE&DEV_2704&SUBSYS_16F110DE&REV_A1"
LUID = "0x00000000_0x00010F8A"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the driver says: ratios of 1, bytes, degrees Celsius, watts, hertz; None where a card does not tell.

    `busy` are the seconds for which it has been computing since the start.
    """

    uuid: str = "0f6a2c1e-5b7d-4c3a-9e21-6d8f40b1a7c5"
    name: str = "NVIDIA GeForce RTX 4080"
    utilisation: float | None = 0.07
    memory_used: int | None = 6 * GIBIBYTE
    memory_total: int | None = 16 * GIBIBYTE
    temperature: float | None = 46.0
    fan: float | None = 0.3
    power: float | None = 38.25
    power_limit: float | None = 320.0
    clock: float | None = 2.505e9
    busy: float = 100.0

    @property
    def memory_free(self) -> int | None:
        """The rest."""
        return None if self.memory_total is None or self.memory_used is None else self.memory_total - self.memory_used


def nvidia(card: Card, exit_code: int) -> str:
    """nvidia_gpu_exporter; `exit_code` is how nvidia-smi ended."""
    lines = _metric("nvidia_smi_command_exit_code", {}, exit_code)
    lines += _metric("go_goroutines", {}, 9)
    if exit_code == 0:
        info = {"driver_version": "591.44", "name": card.name, "uuid": card.uuid}
        lines += _metric("nvidia_smi_gpu_info", info, 1)
        values = {
            "utilization_gpu_ratio": card.utilisation,
            "memory_total_bytes": card.memory_total,
            "memory_used_bytes": card.memory_used,
            "memory_free_bytes": card.memory_free,
            "temperature_gpu": card.temperature,
            "fan_speed_ratio": card.fan,
            "power_draw_watts": card.power,
            "power_limit_watts": card.power_limit,
            "clocks_current_sm_clock_hz": card.clock,
        }
        for name, value in values.items():
            lines += _metric(f"nvidia_smi_{name}", {"uuid": card.uuid}, value)
    return "\n".join([*lines, ""])


def dcgm(card: Card) -> str:
    """dcgm-exporter."""
    labels = {"gpu": "0", "UUID": f"GPU-{card.uuid}", "device": "nvidia0", "modelName": card.name, "Hostname": "hub"}
    values = {
        "SM_CLOCK": (card.clock, 1 / MEGAHERTZ),
        "GPU_TEMP": (card.temperature, 1),
        "POWER_USAGE": (card.power, 1),
        "GPU_UTIL": (card.utilisation, 100),
        "FB_FREE": (card.memory_free, 1 / MEBIBYTE),
        "FB_USED": (card.memory_used, 1 / MEBIBYTE),
        "FAN_SPEED": (card.fan, 100),
    }
    lines: list[str] = []
    for name, (value, factor) in values.items():
        lines += _metric(f"DCGM_FI_DEV_{name}", labels, None if value is None else value * factor)
    return "\n".join([*lines, ""])


def windows(card: Card) -> str:
    """windows_exporter with its gpu collector: two processes use the card, and there is a virtual one besides."""
    place = {"device_id": DEVICE, "luid": LUID}
    virtual = {"device_id": r"ROOT\BasicRender", "luid": "0x00000000_0x0000C3A1"}
    lines = _metric("windows_exporter_build_info", {"version": "0.31.3"}, 1)
    for name, labels in ((card.name, place), ("Microsoft Basic Render Driver", virtual)):
        lines += _metric("windows_gpu_info", {"bus_number": "1", **labels, "name": name, "phys": "0"}, 1)
    lines += _metric("windows_gpu_dedicated_video_memory_size_bytes", place, card.memory_total)
    lines += _metric("windows_gpu_dedicated_video_memory_size_bytes", virtual, 0)
    lines += _metric("windows_gpu_adapter_memory_dedicated_bytes", {**place, "phys": "0"}, card.memory_used)
    shares = (("0", "3D", "4", 0.01), ("1", "Compute_0", "4100", 0.75), ("1", "Compute_0", "4200", 0.25))
    for engine, kind, process, share in shares:
        labels = {**place, "phys": "0", "eng": engine, "engtype": kind, "process_id": process}
        lines += _metric("windows_gpu_engine_time_seconds", labels, card.busy * share, kind="counter")
    return "\n".join([*lines, ""])


def _metric(name: str, labels: Mapping[str, str], value: float | None, *, kind: str = "gauge") -> list[str]:
    if value is None:
        return []
    escaped = {key: text.replace("\\", r"\\").replace('"', r"\"") for key, text in labels.items()}
    within = ",".join(f'{key}="{text}"' for key, text in escaped.items())
    return [f"# HELP {name} Of a card.", f"# TYPE {name} {kind}", f"{name}{{{within}}} {value:.15g}"]
