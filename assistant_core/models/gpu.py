"""How a graphics card is doing."""

from typing import NamedTuple


class GpuHealth(NamedTuple):
    """One card; a value its exporter does not serve is None, never zero.

    Ratios are 0 to 1, memory is in bytes, temperature in degrees Celsius, power in watts, clock in hertz.
    """

    uuid: str
    name: str
    utilisation: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    temperature: float | None = None
    power: float | None = None
    fan: float | None = None
    clock: float | None = None
