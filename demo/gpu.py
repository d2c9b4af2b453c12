"""A simulated nvidia_gpu_exporter before one graphics card.

Control port, below `/gpu/`: `GET|PATCH card` (see `Card`; null takes the series away), `PUT exit_code` (a JSON number:
how nvidia-smi ended; other than 0 there is no card).
"""

from dataclasses import asdict, dataclass, replace

from aiohttp import web

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
GIBIBYTE = 1024**3


@dataclass(frozen=True, kw_only=True)
class Card:
    """What nvidia-smi says: ratios of 1, bytes, degrees Celsius, watts, hertz; None where a card does not tell."""

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

    def series(self) -> dict[str, float | None]:
        """The value of each metric."""
        free = None if self.memory_total is None or self.memory_used is None else self.memory_total - self.memory_used
        return {
            "utilization_gpu_ratio": self.utilisation,
            "memory_total_bytes": self.memory_total,
            "memory_used_bytes": self.memory_used,
            "memory_free_bytes": free,
            "temperature_gpu": self.temperature,
            "fan_speed_ratio": self.fan,
            "power_draw_watts": self.power,
            "power_limit_watts": self.power_limit,
            "clocks_current_sm_clock_hz": self.clock,
        }


class GpuExporterSimulator:
    """One exporter."""

    name = "gpu"

    def __init__(self, card: Card = Card()) -> None:
        self.card = card
        self.exit_code = 0

    def text(self) -> str:
        """What a scrape gets."""
        lines = _metric("nvidia_smi_command_exit_code", "How the last nvidia-smi ended.", "", self.exit_code)
        lines += _metric("go_goroutines", "Goroutines of the exporter.", "", 9)
        if self.exit_code == 0:
            uuid, name = (value.replace("\\", r"\\").replace('"', r"\"") for value in (self.card.uuid, self.card.name))
            info = f'{{driver_version="591.44",name="{name}",uuid="{uuid}"}}'
            lines += _metric("nvidia_smi_gpu_info", "Facts of a card as labels.", info, 1)
            for metric, value in self.card.series().items():
                if value is not None:
                    lines += _metric(f"nvidia_smi_{metric}", f"{metric} of a card.", f'{{uuid="{uuid}"}}', value)
        return "\n".join([*lines, ""])

    def app(self) -> web.Application:
        """The server."""

        async def metrics(_: web.Request) -> web.Response:
            return web.Response(body=self.text().encode(), headers={"Content-Type": CONTENT_TYPE})

        async def landing(_: web.Request) -> web.Response:
            return web.Response(
                text='<html><body><a href="/metrics">Metrics</a></body></html>', content_type="text/html"
            )

        app = web.Application()
        app.add_routes([web.get("/metrics", metrics), web.get("/", landing)])
        return app

    def control(self) -> web.Application:
        """The routes that steer it."""

        async def show(_: web.Request) -> web.Response:
            return web.json_response(asdict(self.card))

        async def patch(request: web.Request) -> web.Response:
            try:
                self.card = replace(self.card, **await request.json())
            except (TypeError, ValueError) as error:
                raise web.HTTPBadRequest(text=f"not values of a card: {error}") from error
            return await show(request)

        async def put_exit_code(request: web.Request) -> web.Response:
            self.exit_code = int(await request.json())
            return web.Response(status=204)

        app = web.Application()
        app.add_routes([web.get("/card", show), web.patch("/card", patch), web.put("/exit_code", put_exit_code)])
        return app


def _metric(name: str, text: str, labels: str, value: float) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge", f"{name}{labels} {value:.15g}"]
