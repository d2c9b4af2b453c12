"""A simulated Ollama 0.32: its wire protocol to the byte, its memory, its queue and its errors; its models are rules.

Control port, below `/ollama/`: `POST script` (a list of turns, see `Turn`, said instead of what the rules would say),
`GET|PATCH settings` (see `Settings`), `PUT models` (the names on the disk), `DELETE memory` (no model stays loaded),
`GET chats` (the requests so far).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
import ipaddress
import time
from typing import Any

from aiohttp import web
from yarl import URL

from .ollama_answer import Answer, Settings, Wire, chat_line, generate_line, said
from .ollama_memory import Memory
from .ollama_models import DEFAULT_MODELS, Model
from .ollama_pull import Registry
from .ollama_rules import Turn
from .ollama_wire import (
    Refusal,
    check_format,
    check_options,
    decode,
    encode,
    keep_alive,
    plain,
    streaming,
    whole,
)

VERSION = "0.32.15"
BODY_LIMIT = 64 * 1024 * 1024
LOCAL_NAMES = {"localhost", "127.0.0.1", "0.0.0.0"}  # noqa: S104 - a name, nothing binds to it
LOCAL_ENDINGS = (".localhost", ".local", ".internal")

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Chat:
    """A chat request, and how it ended: done, failed or cancelled."""

    body: dict[str, Any]
    ended: asyncio.Future[str]


class OllamaSimulator:
    """One Ollama server with `models` on its disk; `registry` are more names that a pull finds."""

    name = "ollama"

    def __init__(
        self,
        *,
        models: Iterable[str] = DEFAULT_MODELS,
        registry: Iterable[str] = (),
        settings: Settings = Settings(),  # noqa: B008 - frozen
    ) -> None:
        self.settings = settings
        self.chats: list[Chat] = []
        self._memory = Memory()
        self._script: deque[Turn] = deque()
        self._models: dict[str, Model] = {}
        self.install(models)
        self._registry = Registry((*self._models, *registry))

    def install(self, names: Iterable[str]) -> None:
        """Have exactly these models on the disk."""
        for name in self._models:
            self._memory.forget(name)
        self._models = {name: Model.named(name) for name in names}

    def evict(self) -> None:
        """Have no model in memory, as after another consumer needed the whole card."""
        self._memory.forget_all()

    def script(self, *turns: Turn) -> None:
        """Say these turns next, instead of what the rules would say."""
        self._script.extend(turns)

    def app(self) -> web.Application:
        """The server."""
        app = web.Application(middlewares=[self._gate], client_max_size=BODY_LIMIT)
        app.on_response_prepare.append(_without_server_header)
        app.add_routes(
            [
                web.get("/", _root),
                web.get("/api/version", _version),
                web.get("/api/status", _status),
                web.get("/api/tags", self._tags),
                web.get("/api/ps", self._ps),
                web.post("/api/show", self._show),
                web.post("/api/chat", self._chat),
                web.post("/api/generate", self._generate),
                web.post("/api/embed", self._embed),
                web.post("/api/pull", self._pull),
            ]
        )
        return app

    def control(self) -> web.Application:
        """The routes that steer it."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/script", self._put_script),
                web.get("/settings", self._get_settings),
                web.patch("/settings", self._patch_settings),
                web.put("/models", self._put_models),
                web.delete("/memory", self._delete_memory),
                web.get("/chats", self._get_chats),
            ]
        )
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        token = self.settings.token
        if token and request.headers.get("Authorization") != f"Bearer {token}":
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        if not _is_allowed(request):
            return web.Response(status=403)
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.response()
        except web.HTTPNotFound:
            return plain("404 page not found", status=404)
        except web.HTTPMethodNotAllowed:
            return plain("405 method not allowed", status=405)

    def _found(self, name: str, *, shown: str | None = None) -> Model:
        model = self._models.get(name) or self._models.get(f"{name}:latest")
        if not name:
            raise Refusal(400, "model is required")
        if model is None:
            raise Refusal(404, f"model '{shown or name}' not found")
        return model

    async def _tags(self, _: web.Request) -> web.Response:
        return whole({"models": [model.listing() for model in self._models.values()]})

    async def _ps(self, _: web.Request) -> web.Response:
        return whole({"models": self._memory.listing(on_gpu=self.settings.on_gpu)})

    async def _show(self, request: web.Request) -> web.Response:
        body = await decode(request)
        name = body.get("model") or body.get("name") or ""
        return whole(self._found(name, shown=name if ":" in name else f"{name}:latest").show())

    async def _embed(self, request: web.Request) -> web.Response:
        self._found((await decode(request)).get("model") or "")
        raise Refusal(501, "This server does not support embeddings. Start it with `--embeddings`")

    async def _pull(self, request: web.Request) -> web.StreamResponse:
        name = (await decode(request)).get("model") or ""
        response = await streaming(request)
        async with aclosing(self._registry.pull(name, self.settings.token_delay)) as lines:
            async for line in lines:
                if line.get("status") == "success":
                    self._models[name] = Model.named(name)
                await response.write(encode(line) + b"\n")
        return response

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        body = await decode(request)
        messages = [{"role": "user", "content": body["prompt"]}] if body.get("prompt") else []
        if messages and body.get("system"):
            messages.insert(0, {"role": "system", "content": body["system"]})
        return await self._complete(request, {**body, "messages": messages}, generate_line)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await decode(request)
        chat = Chat(body, asyncio.get_running_loop().create_future())
        self.chats.append(chat)
        outcome = "failed"
        try:
            response = await self._complete(request, body, chat_line)
            outcome = "done"
        except asyncio.CancelledError, ConnectionResetError:
            outcome = "cancelled"
            raise
        finally:
            chat.ended.set_result(outcome)
        return response

    async def _complete(self, request: web.Request, body: dict[str, Any], wire: Wire) -> web.StreamResponse:
        """Check, wait for the model, load it and let it say its turn."""
        begun = time.perf_counter()
        patience = keep_alive(body)
        model = self._found(body.get("model") or "")
        _check_capabilities(model, body)
        options = body.get("options") or {}
        check_options(options)
        context = min(
            int(options.get("num_ctx", self.settings.context)), self.settings.most_context, model.family.context
        )
        if not body.get("messages") and patience == 0:
            self._memory.forget(model.name)
            return whole(wire(model.name, said(), {"done": True, "done_reason": "unload"}))
        async with self._memory.using(model, context, patience, self.settings.load_delay) as loaded:
            if not body.get("messages"):
                return whole(wire(model.name, said(), {"done": True, "done_reason": "load"}))
            check_format(body.get("format"))
            answer = Answer(self.settings, loaded, body, wire, begun)
            await answer.read_prompt()
            turn = self._script.popleft() if self._script else answer.turn()
            if turn.status is not None:
                raise Refusal(turn.status, turn.error or "")
            return await (answer.stream(request, turn) if body.get("stream", True) else answer.whole(turn))

    async def _put_script(self, request: web.Request) -> web.Response:
        try:
            turns = [Turn.from_json(turn) for turn in await request.json()]
        except (AttributeError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"not a list of turns: {error}") from error
        self.script(*turns)
        return web.Response(status=204)

    async def _get_settings(self, _: web.Request) -> web.Response:
        return web.json_response(asdict(self.settings))

    async def _patch_settings(self, request: web.Request) -> web.Response:
        try:
            self.settings = replace(self.settings, **await request.json())
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"not settings: {error}") from error
        return await self._get_settings(request)

    async def _put_models(self, request: web.Request) -> web.Response:
        self.install(await request.json())
        return web.json_response(list(self._models))

    async def _delete_memory(self, _: web.Request) -> web.Response:
        self.evict()
        return web.Response(status=204)

    async def _get_chats(self, _: web.Request) -> web.Response:
        ended = [chat.ended.result() if chat.ended.done() else "running" for chat in self.chats]
        return web.json_response([{"body": c.body, "ended": e} for c, e in zip(self.chats, ended, strict=True)])


async def _root(_: web.Request) -> web.Response:
    return plain("Ollama is running", content_type="text/plain; charset=utf-8")


async def _version(_: web.Request) -> web.Response:
    return whole({"version": VERSION})


async def _status(_: web.Request) -> web.Response:
    return whole({"cloud": {"disabled": True, "source": "env"}})


async def _without_server_header(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.popall("Server", None)


def _check_capabilities(model: Model, body: dict[str, Any]) -> None:
    able = model.family.capabilities
    if body.get("tools") and "tools" not in able:
        raise Refusal(400, f"registry.ollama.ai/library/{model.name} does not support tools")
    if body.get("think") and "thinking" not in able:
        raise Refusal(400, f'"{model.name}" does not support thinking')


def _is_allowed(request: web.Request) -> bool:
    """Ollama's guard against rebinding (Host) and foreign pages (Origin)."""
    host = URL(f"http://{request.host}").host or ""
    origin = URL(request.headers.get("Origin", "http://localhost")).host
    return origin in LOCAL_NAMES and (host in LOCAL_NAMES or host.endswith(LOCAL_ENDINGS) or _is_private(host))


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
