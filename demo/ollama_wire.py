"""How Ollama writes and reads: Go's JSON, times and durations, and the errors of each kind of bad request."""

from datetime import UTC, datetime, timedelta
import json
import re
import time
from typing import Any

from aiohttp import web

JSON = "application/json; charset=utf-8"
NDJSON = "application/x-ndjson"

# Kinds of /api/chat's options; Ollama ignores those it does not know.
OPTION_KINDS = {
    **dict.fromkeys(
        ("num_ctx", "num_batch", "num_gpu", "num_thread", "num_predict", "num_keep", "seed", "top_k", "repeat_last_n"),
        "integer",
    ),
    **dict.fromkeys(
        ("temperature", "top_p", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty"), "float32"
    ),
}
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = re.compile(r"[+-]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+")
FOR_EVER = timedelta(microseconds=(2**63 - 1) // 1000)  # Go's longest duration


class Refusal(Exception):
    """An answer with an error instead of what was asked for."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status

    def response(self) -> web.Response:
        """The answer on the wire."""
        return whole({"error": str(self)}, status=self.status)


def encode(value: Any) -> bytes:
    """JSON as Go writes it: compact, with the characters of HTML escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()


def whole(value: Any, *, status: int = 200) -> web.Response:
    """A whole answer."""
    return web.Response(status=status, body=encode(value), headers={"Content-Type": JSON})


def plain(text: str, *, status: int = 200, content_type: str = "text/plain") -> web.Response:
    """An answer of gin itself."""
    return web.Response(status=status, body=text.encode(), headers={"Content-Type": content_type})


async def streaming(request: web.Request) -> web.StreamResponse:
    """The head of an answer in lines."""
    response = web.StreamResponse(headers={"Content-Type": NDJSON})
    response.enable_chunked_encoding()
    await response.prepare(request)
    return response


async def decode(request: web.Request) -> dict[str, Any]:
    """The request's JSON; raises Refusal with Go's words."""
    text = (await request.read()).decode(errors="replace")
    if not text.strip():
        raise Refusal(400, "missing request body")
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text):
            raise Refusal(400, "unexpected EOF") from error
        wrong = text[error.pos]
        raise Refusal(400, f"invalid character '{wrong}' looking for beginning of value") from error
    if not isinstance(body, dict):
        raise Refusal(400, f"json: cannot unmarshal {_go_kind(body)} into Go value of type api.ChatRequest")
    return body


def keep_alive(body: dict[str, Any]) -> float | None:
    """Seconds from a request's `keep_alive`, None when it does not say; negative is for ever."""
    value = body.get("keep_alive")
    if isinstance(value, str):
        return parse_duration(value)
    return None if value is None else float(value)


def parse_duration(text: str) -> float:
    """A Go duration such as `5m` or `1h30m` in seconds; raises Refusal."""
    if not DURATION.fullmatch(text):
        problem = "missing unit in" if re.fullmatch(r"[+-]?\d+(\.\d*)?", text) else "invalid"
        raise Refusal(400, f"time: {problem} duration {json.dumps(text)}")
    parts = re.findall(r"(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)", text)
    seconds = sum(float(number) * UNITS[unit] for number, unit in parts)
    return -seconds if text.startswith("-") else seconds


def check_options(options: dict[str, Any]) -> None:
    """Raise Refusal for an option of the wrong type."""
    for name, value in options.items():
        kind = OPTION_KINDS.get(name)
        if kind and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Refusal(500, f"option {json.dumps(name)} must be of type {kind}")


def check_format(wanted: Any) -> None:
    """Raise Refusal for a `format` that is neither `json` nor a schema."""
    if wanted not in (None, "", "json") and not isinstance(wanted, dict):
        quoted = json.dumps(json.dumps(wanted))
        raise Refusal(500, f'invalid format: {quoted}; expected "json" or a valid JSON Schema object')


def context_exceeded(tokens: int, context: int) -> Refusal:
    """The runner's own error, passed on as JSON within a text."""
    error = {
        "code": 400,
        "message": f"request ({tokens} tokens) exceeds the available context size ({context} tokens)",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": tokens,
        "n_ctx": context,
    }
    return Refusal(400, encode({"error": error}).decode())


def now() -> str:
    """The time as Go writes it: UTC, nanoseconds, no trailing zeros."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    fraction = f".{nanoseconds:09}".rstrip("0").rstrip(".")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def timestamp(moment: datetime) -> str:
    """A moment as Go writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def _go_kind(value: Any) -> str:
    kinds = {list: "array", str: "string", bool: "bool"}
    return kinds.get(type(value), "number")
