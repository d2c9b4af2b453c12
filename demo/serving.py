"""Serves a simulator on loopback behind its fault proxy, and the control port through which tests and people steer it.

Control port, for every simulator NAME: `GET|PUT|DELETE /NAME/faults` (a JSON list of rules, see `Fault`), `GET
/NAME/requests`, `POST /NAME/drop` (reset open connections), and what the simulator itself offers below `/NAME/`.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, Protocol

from aiohttp import web

from .faults import Fault, FaultProxy, fault_proxy
from .ports import bound, stop_accepting


class Simulator(Protocol):
    """What stands for an outside service: an application that serves its protocol, and one that changes its state."""

    name: str

    def app(self) -> web.Application:
        """The service itself."""

    def control(self) -> web.Application:
        """Routes below `/NAME/` of the control port."""


@asynccontextmanager
async def listening(app: web.Application, *, port: int = 0) -> AsyncIterator[int]:
    """Serve `app` on 127.0.0.1; yields the port."""
    with bound(port) as listener:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            yield listener.getsockname()[1]
        finally:
            await stop_accepting(listener)
            await runner.cleanup()


@asynccontextmanager
async def serving(simulator: Simulator, *, port: int = 0) -> AsyncIterator[FaultProxy]:
    """Run a simulator; the proxy's `url` is where clients find it."""
    async with listening(simulator.app()) as inner, fault_proxy(inner, port=port) as proxy:
        yield proxy


@asynccontextmanager
async def controlling(services: Iterable[tuple[Simulator, FaultProxy]], *, port: int = 0) -> AsyncIterator[str]:
    """Run the control port of the given simulators; yields its base URL."""
    app = web.Application()
    for simulator, proxy in services:
        control = simulator.control()
        control.add_routes(_fault_routes(proxy))
        app.add_subapp(f"/{simulator.name}/", control)
    async with listening(app, port=port) as bound:
        yield f"http://127.0.0.1:{bound}"


def _fault_routes(proxy: FaultProxy) -> list[web.RouteDef]:
    async def show(_: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in proxy.faults])

    async def put(request: web.Request) -> web.Response:
        try:
            wanted: Any = await request.json()
            faults = [Fault.from_json(item) for item in wanted]
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"not a list of faults: {error}") from error
        await proxy.clear()
        for fault in faults:
            await proxy.inject(fault)
        return await show(request)

    async def clear(request: web.Request) -> web.Response:
        await proxy.clear()
        return await show(request)

    async def requests(_: web.Request) -> web.Response:
        return web.json_response([asdict(seen) for seen in proxy.seen])

    async def drop(_: web.Request) -> web.Response:
        await proxy.drop_connections()
        return web.Response(status=204)

    return [
        web.get("/faults", show),
        web.put("/faults", put),
        web.delete("/faults", clear),
        web.get("/requests", requests),
        web.post("/drop", drop),
    ]
