"""What is said when a server fails: one sentence each."""

from copy import replace

import pytest

from assistant_core.errors import (
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
)
from demo.faults import Fault, FaultKind
from demo.ollama_answer import Settings
from demo.ollama_rules import Turn

from .conftest import MODEL, Ollama


def limits_for(sentence: str) -> dict[str, float]:
    """Short deadlines for the silence that is expected, none for a busy machine."""
    if "fell silent" in sentence:
        return {"gap": 0.1}
    return {"first_byte": 0.1, "first_byte_loading": 0.1} if "silent" in sentence else {}


def status(status: int, body: str = "", **headers: str) -> Fault:
    return Fault(kind=FaultKind.STATUS, status=status, body=body, headers=headers)


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (
            Fault(kind=FaultKind.REFUSE),
            ConnectionFailed,
            "The Ollama server at URL does not answer: connection refused.",
        ),
        (
            Fault(kind=FaultKind.HANG),
            DeadlineExceeded,
            "The Ollama server at URL does not answer: silent for 0.1 seconds.",
        ),
        (
            Fault(kind=FaultKind.HANG, after=300),
            DeadlineExceeded,
            "The Ollama server at URL fell silent for 0.1 seconds while it answered.",
        ),
        (
            Fault(kind=FaultKind.CUT),
            ConnectionFailed,
            "The Ollama server at URL does not answer: it closed the connection.",
        ),
        (
            Fault(kind=FaultKind.CUT, after=300),
            ConnectionFailed,
            "The connection to the Ollama server at URL broke while it answered.",
        ),
        (Fault(kind=FaultKind.GARBAGE), ResponseInvalid, "What answers at URL is not an Ollama server."),
        (status(200, "<html>Welcome</html>"), ResponseInvalid, "What answers at URL is not an Ollama server."),
        (status(200, "[" * 100_000), ResponseInvalid, "What answers at URL is not an Ollama server."),
        (status(200, '{"message":7}'), ResponseInvalid, "What answers at URL is not an Ollama server."),
        (status(200, ""), ServiceFailed, "The Ollama server at URL broke off before its answer was done."),
        (
            status(401, "<html>Unauthorized</html>"),
            AuthenticationFailed,
            "The Ollama server at URL does not accept our credentials; check the access token.",
        ),
        (
            status(403),
            PermissionDenied,
            (
                "The Ollama server at URL refuses requests under this name;"
                " use its IP address or let the proxy set the Host header."
            ),
        ),
        (status(403, "no"), PermissionDenied, "The Ollama server at URL does not allow us this access."),
        (
            status(404, "404 page not found"),
            ResponseInvalid,
            "What answers at URL is not an Ollama server (status 404 Not Found).",
        ),
        (status(429, **{"Retry-After": "7"}), RateLimited, "The Ollama server at URL asks us to wait."),
        (
            status(500, '{"error":"llama runner\\nis \\u001b[1mdead."}'),
            ServiceFailed,
            "The Ollama server at URL failed: llama runner is [1mdead.",
        ),
        (
            status(502, "<html><h1>Bad Gateway</h1></html>"),
            ServiceFailed,
            "The Ollama server at URL failed with status 502 Bad Gateway.",
        ),
        (
            status(503, '{"error":"server busy, please try again."}'),
            Busy,
            "The Ollama server at URL has too much to do; try again in a moment.",
        ),
        (
            status(503, "<html>no upstream</html>"),
            Busy,
            "The Ollama server at URL failed with status 503 Service Unavailable.",
        ),
        (
            status(307, Location="http://evil.example/api/chat?secret=1"),
            ResponseInvalid,
            "The Ollama server at URL redirects to http://evil.example/api/chat; if that is right, use that address.",
        ),
        (status(418), ResponseInvalid, "What answers at URL is not an Ollama server (status 418 I'm a Teapot)."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_failed_chat_ends_in_one_sentence(
    ollama: Ollama, fault: Fault, kind: type[HomelabError], sentence: str
) -> None:
    ollama.simulator.script(Turn(content=("word ",) * 10))
    await ollama.proxy.inject(replace(fault, path="/api/chat"))
    error = await ollama.failure(**limits_for(sentence))
    assert (type(error), ollama.sentence(error)) == (kind, sentence)
    await ollama.proxy.clear()
    assert (await ollama.answer())[-1].done_reason == "stop"


@pytest.mark.parametrize(
    ("turn", "kind", "sentence"),
    [
        (
            Turn(content=("Well, ",), error="an error was encountered while running the model: unexpected EOF"),
            ServiceFailed,
            "The Ollama server at URL failed: an error was encountered while running the model: unexpected EOF.",
        ),
        (
            Turn(content=("Well, ",), done=False),
            ServiceFailed,
            "The Ollama server at URL broke off before its answer was done.",
        ),
        (
            Turn(content=("Well, ",), stall=True),
            DeadlineExceeded,
            "The Ollama server at URL fell silent for 0.1 seconds while it answered.",
        ),
        (Turn(stall=True), DeadlineExceeded, "The Ollama server at URL does not answer: silent for 0.1 seconds."),
        (Turn(content=("x" * 1024 * 1024,)), ResponseInvalid, "What answers at URL is not an Ollama server."),
        (
            Turn(status=400, error='"m" does not support thinking'),
            InputInvalid,
            f"The model {MODEL} does not support thinking; choose another one.",
        ),
        (
            Turn(
                status=400, error='{"error":{"type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}'
            ),
            InputInvalid,
            f"The conversation is too long for {MODEL}: it has 9000 tokens and the model's context holds 4096.",
        ),
        (
            Turn(status=500, error='runner: {"error":{"message":"out of memory"}}'),
            ServiceFailed,
            "The Ollama server at URL failed: out of memory.",
        ),
        (Turn(status=500, error="e" * 1000), ServiceFailed, f"The Ollama server at URL failed: {'e' * 200}...."),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
async def test_a_server_that_fails_is_quoted_in_one_sentence(
    ollama: Ollama, turn: Turn, kind: type[HomelabError], sentence: str
) -> None:
    ollama.simulator.script(turn)
    error = await ollama.failure(**limits_for(sentence))
    assert (type(error), ollama.sentence(error)) == (kind, sentence)


async def test_a_missing_model_is_named(ollama: Ollama) -> None:
    ollama.simulator.install([])
    error = await ollama.failure()
    assert isinstance(error, NotFound)
    assert ollama.sentence(error) == f"The Ollama server at URL has no model {MODEL}; pull it there first."
    assert error.placeholders["model"] == MODEL


async def test_an_answer_without_end_is_given_up(ollama: Ollama) -> None:
    ollama.simulator.script(Turn(content=("word ",) * 10_000))
    ollama.simulator.settings = Settings(token_delay=0.01)
    error = await ollama.failure(total=0.2)
    assert isinstance(error, DeadlineExceeded)
    assert ollama.sentence(error) == "The Ollama server at URL did not finish its answer within 0.2 seconds."
    assert await ollama.simulator.chats[0].ended == "cancelled"


@pytest.mark.parametrize("path", ["/api/version", "/api/tags", "/api/ps"])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(kind=FaultKind.REFUSE), ConnectionFailed),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded),
        (Fault(kind=FaultKind.HANG, after=120), DeadlineExceeded),
        (Fault(kind=FaultKind.CUT, after=120), ConnectionFailed),
        (Fault(kind=FaultKind.GARBAGE), ResponseInvalid),
        (status(200, "[]"), ResponseInvalid),
        (status(200, '{"models":[{"name":7}],"version":7}'), ResponseInvalid),
        (status(200, "x" * 9_000_000), ResponseInvalid),
        (status(401), AuthenticationFailed),
        (status(404), ResponseInvalid),
        (status(503), Busy),
    ],
)
async def test_a_status_of_which_one_part_fails_is_one_error(
    ollama: Ollama, path: str, fault: Fault, kind: type[HomelabError]
) -> None:
    await ollama.proxy.inject(replace(fault, path=path))
    with pytest.raises(HomelabError) as raised:
        await ollama.client(answer=0.3 if kind is DeadlineExceeded else 30).status()
    assert type(raised.value) is kind
