"""A simulated exporter before one graphics card: nvidia_gpu_exporter, dcgm-exporter or windows_exporter.

Control port, below `/gpu/`: `GET|PATCH card` (see `Card`; null takes the series away), `PUT exit_code` (a JSON number:
how nvidia-smi ended; other than 0 there is no card), `PUT exporter` (a JSON string, see `Exporter`).
"""

from dataclasses import asdict, replace
from enum import StrEnum

from aiohttp import web

from .gpu_texts import Card, dcgm, nvidia, windows

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
CARD = Card()


class Exporter(StrEnum):
    """Whose text it is."""

    NVIDIA = "nvidia"
    DCGM = "dcgm"
    WINDOWS = "windows"


class GpuExporterSimulator:
    """One exporter."""

    name = "gpu"

    def __init__(self, card: Card = CARD, exporter: Exporter = Exporter.NVIDIA) -> None:
        self.card = card
        self.exporter = exporter
        self.exit_code = 0

    def text(self) -> str:
        """What a scrape gets."""
        match self.exporter:
            case Exporter.DCGM:
                return dcgm(self.card)
            case Exporter.WINDOWS:
                return windows(self.card)
            case Exporter.NVIDIA:
                return nvidia(self.card, self.exit_code)

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

        async def put_exporter(request: web.Request) -> web.Response:
            try:
                self.exporter = Exporter(await request.json())
            except ValueError as error:
                raise web.HTTPBadRequest(text=f"not an exporter: {error}") from error
            return web.Response(status=204)

        app = web.Application()
        app.add_routes(
            [
                web.get("/card", show),
                web.patch("/card", patch),
                web.put("/exit_code", put_exit_code),
                web.put("/exporter", put_exporter),
            ]
        )
        return app
