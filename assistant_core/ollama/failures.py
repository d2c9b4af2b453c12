"""What goes wrong with an Ollama server, each as one of our errors with one sentence for a person.

Ollama answers `{"error": "text"}`, and the text of its runner may be JSON again. A proxy before it answers what it
likes, so only text in that shape is ever quoted.
"""

from http import HTTPStatus
import math
import re
from typing import Any

import orjson

from ..errors import (
    AuthenticationFailed,
    Busy,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    NotFound,
    PermissionDenied,
    RateLimited,
    ResponseInvalid,
    ServiceFailed,
    connection_cause,
    connection_reason,
)

QUOTE_LIMIT = 200
NOTHING_TO_PULL = re.compile(r"^pull model manifest: file does not exist")
UNSUPPORTED = re.compile(r"does not support (\w+)")


class Failures:
    """The errors of the server at `address`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._server = f"The Ollama server at {address}"
        self._service = f"Ollama ({address})"

    def refused(self, status: int, body: bytes, *, model: str | None, retry_after: str | None) -> HomelabError:
        """An answer other than 200; `model` is the one that was asked for."""
        error: HomelabError
        text = _error_text(body)
        match status:
            case HTTPStatus.UNAUTHORIZED:
                error = AuthenticationFailed(
                    f"{self._server} does not accept our credentials; check the access token.",
                    service=self._service,
                    reason="credentials",
                )
            case HTTPStatus.FORBIDDEN if not body:  # how Ollama itself answers a Host header it does not know
                error = PermissionDenied(
                    f"{self._server} refuses requests under this name; use its IP address or let the proxy set the Host"
                    " header."
                )
            case HTTPStatus.FORBIDDEN:
                error = PermissionDenied(
                    f"{self._server} does not allow us this access.", service=self._service, reason="forbidden"
                )
            case HTTPStatus.NOT_FOUND if model and text:
                error = NotFound(f"{self._server} has no model {model}; pull it there first.", model=model)
            case HTTPStatus.TOO_MANY_REQUESTS:
                wait = float(retry_after) if retry_after and retry_after.isdecimal() else None
                error = RateLimited(
                    f"{self._server} asks us to wait.", retry_after=wait, service=self._service, reason="wait"
                )
            case HTTPStatus.SERVICE_UNAVAILABLE if text:
                error = Busy(
                    f"{self._server} has too much to do; try again in a moment.", service=self._service, reason="busy"
                )
            case HTTPStatus.SERVICE_UNAVAILABLE:
                error = self._by_status(Busy, status)
            case _ if text and status != HTTPStatus.NOT_FOUND:
                error = self.failed(text, model=model)
            case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                error = self._by_status(ServiceFailed, status)
            case _:
                error = self.not_ollama(f" (status {_named(status)})")
        return error

    def _by_status(self, kind: type[ServiceFailed], status: int) -> ServiceFailed:
        told = f"{self._server} failed with status {_named(status)}."
        return kind(told, service=self._service, reason="status", status=status)

    def failed(self, error: object, *, model: str | None) -> HomelabError:
        """The value of an `error` field, wherever it stood."""
        text = error if isinstance(error, str) else orjson.dumps(error).decode()
        details = _nested(text)
        if details.get("type") == "exceed_context_size_error":
            return InputInvalid(
                f"The conversation is too long for {model}: it has {_quoted(details.get('n_prompt_tokens'))} tokens and"
                f" the model's context holds {_quoted(details.get('n_ctx'))}.",
                reason="too_long",
            )
        if NOTHING_TO_PULL.search(text):
            return NotFound(f"There is no model {model} to pull; check how it is spelt.", model=model)
        if unsupported := UNSUPPORTED.search(text):
            return InputInvalid(
                f"The model {model} does not support {unsupported[1]}; choose another one.",
                reason="unsupported",
                model=model,
            )
        return ServiceFailed(f"{self._server} failed: {_quoted(details.get('message') or text)}.")

    def redirected(self, location: str) -> HomelabError:
        """A redirect; it may lead to a host nobody chose, so it is not followed."""
        target = _quoted(location.partition("?")[0])
        return ResponseInvalid(f"{self._server} redirects to {target}; if that is right, use that address.")

    def not_ollama(self, hint: str = "") -> HomelabError:
        """An answer outside the protocol."""
        told = f"What answers at {self._address} is not an Ollama server{hint}."
        return ResponseInvalid(told, service=self._service, reason="foreign")

    def unreachable(self, error: BaseException) -> HomelabError:
        """No connection, or one that broke before an answer."""
        return ConnectionFailed(
            f"{self._server} does not answer: {connection_cause(error)}.",
            service=self._service,
            reason=connection_reason(error),
        )

    def resting(self, cause: HomelabError | None, seconds: float) -> HomelabError:
        """No connection, because of `cause`, so that it is left alone for `seconds`; 0 while somebody asks it again."""
        cause = cause or ConnectionFailed(f"{self._server} does not answer.")
        wait = math.ceil(seconds)
        when = f"in {wait} second{'s' if wait > 1 else ''}" if wait else "just now"
        reason = cause.placeholders.get("reason", "")
        told = f"{str(cause).rstrip('.')}; it is asked again {when}."
        return ConnectionFailed(told, service=self._service, reason=reason)

    def unconnected(self, seconds: float) -> HomelabError:
        """No connection in time."""
        told = f"{self._server} does not answer: no connection within {seconds:g} seconds."
        return DeadlineExceeded(told, service=self._service, reason="silent")

    def silent(self, seconds: float) -> HomelabError:
        """No byte of an answer in time."""
        told = f"{self._server} does not answer: silent for {seconds:g} seconds."
        return DeadlineExceeded(told, service=self._service, reason="silent")

    def disconnected(self) -> HomelabError:
        """We left while it answered."""
        return ConnectionFailed(
            f"The connection to the Ollama server at {self._address} was closed from our side.", reason="disconnected"
        )

    def broken(self) -> HomelabError:
        """The connection broke within an answer."""
        return ConnectionFailed(
            f"The connection to the Ollama server at {self._address} broke while it answered.", reason="midway"
        )

    def stalled(self, seconds: float) -> HomelabError:
        """Silence within an answer."""
        return DeadlineExceeded(
            f"{self._server} fell silent for {seconds:g} seconds while it answered.", reason="stalled"
        )

    def endless(self, seconds: float) -> HomelabError:
        """An answer that takes too long as a whole."""
        return DeadlineExceeded(
            f"{self._server} did not finish its answer within {seconds:g} seconds.", reason="endless"
        )

    def unfinished(self) -> HomelabError:
        """An answer that ended without saying that it is done."""
        return ServiceFailed(f"{self._server} broke off before its answer was done.", reason="unfinished")


def _error_text(body: bytes) -> str | None:
    try:
        error = orjson.loads(body)["error"]
    except ValueError, TypeError, KeyError:
        return None
    return error if isinstance(error, str) and error else None


def _nested(text: str) -> dict[str, Any]:
    """The runner's own error, which Ollama passes on as JSON inside its text."""
    try:
        details = orjson.loads(text[text.index("{") :])
    except ValueError:
        return {}
    if isinstance(details, dict) and isinstance(details.get("error"), dict):
        details = details["error"]
    return details if isinstance(details, dict) else {}


def _quoted(text: object) -> str:
    """A stranger's text, made fit for one sentence of ours."""
    words = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split()).rstrip(".")
    return words if len(words) <= QUOTE_LIMIT else f"{words[:QUOTE_LIMIT]}..."


def _named(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}" if status in HTTPStatus else str(status)
