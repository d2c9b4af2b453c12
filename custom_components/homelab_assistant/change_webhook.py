"""A webhook by which a forge says that something happened: then we look at once, and only look."""

from hashlib import sha256
import hmac

from aiohttp import web
from homeassistant.components import webhook
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .change_options import ChangeOptions, webhook_id
from .const import DOMAIN
from .data import HomelabConfigEntry, RepositoryData

_LARGEST = 1_000_000  # bytes
_SIGNATURES = ("X-Hub-Signature-256", "X-Gitea-Signature", "X-Forgejo-Signature")


@callback
def async_listen_to_forge(hass: HomeAssistant, entry: HomelabConfigEntry, data: RepositoryData) -> CALLBACK_TYPE | None:
    """Answer the forge's webhook if the household chose a secret for it; returns what ends that."""
    secret = ChangeOptions.of(entry.options).webhook_secret
    if not secret:
        return None
    key = secret.encode()

    async def called(_: HomeAssistant, _id: str, request: web.Request) -> web.Response:
        body = await _body(request)
        if body is None:
            return web.Response(status=web.HTTPRequestEntityTooLarge.status_code)
        if not _is_signed(request, body, key):
            return web.Response(status=web.HTTPForbidden.status_code)
        data.office.desk.look(data.repository.repository)
        return web.Response(status=web.HTTPNoContent.status_code)

    known = webhook_id(entry.entry_id)
    webhook.async_register(hass, DOMAIN, entry.title, known, called, allowed_methods=["POST"])
    return lambda: webhook.async_unregister(hass, known)


async def _body(request: web.Request) -> bytes | None:
    """All of the body, however many pieces it comes in; None when it is too large."""
    content, body = request.content, b""  # no more than a request that Home Assistant Cloud passes on has, too
    while piece := await content.read(_LARGEST):
        body += piece
        if len(body) > _LARGEST:
            return None
    return body


def _is_signed(request: web.Request, body: bytes, key: bytes) -> bool:
    """Whether the body carries our secret's HMAC-SHA256 (hex), as GitHub, Gitea and Forgejo send it."""
    expected = hmac.new(key, body, sha256).hexdigest()
    given = next((request.headers[name] for name in _SIGNATURES if name in request.headers), "")
    return hmac.compare_digest(given.removeprefix("sha256=").encode(), expected.encode())
