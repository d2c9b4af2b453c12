"""What dulwich and urllib3 raise, in sentences for a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
import ssl
import zlib

from dulwich.client import HTTPProxyUnauthorized, HTTPUnauthorized
from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    HangupException,
    NotGitRepository,
    SendPackError,
)
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as SilenceError

from ..errors import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    NotFound,
    PermissionDenied,
    ResponseInvalid,
    RuleViolated,
    ServiceFailed,
)
from .git_address import GitAddress
from .pause import asked_to_wait

_MISREAD = (
    ApplyDeltaError,
    AssertionError,
    AttributeError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
    zlib.error,
)
"""How dulwich fails on an answer that is not git's."""


@contextmanager
def translated(address: GitAddress) -> Iterator[None]:
    """Raise HomelabErrors instead of what dulwich and its transports raise."""
    try:
        yield
    except (HTTPUnauthorized, HTTPProxyUnauthorized) as error:
        raise refusal(HTTPStatus.UNAUTHORIZED, None, address) from error
    except NotGitRepository as error:
        raise refusal(HTTPStatus.NOT_FOUND, None, address) from error
    except HTTPError as error:
        raise _silence(error, address) from error
    except HangupException as error:
        raise _hung_up(error, address) from error
    except SendPackError as error:
        raise ServiceFailed(
            f"{address.url} could not save the branch: {_words(error)}", service=address.url, reason="unsaved"
        ) from error
    except _MISREAD as error:
        if (cause := _http_error(error)) is not None:
            raise _silence(cause, address) from error
        told = f"What answers at {address.url} does not speak git; check the address."
        raise ResponseInvalid(told, service=address.url, reason="foreign") from error
    except FileNotFoundError as error:
        raise ConnectionFailed(f"There is no ssh on this machine; use an https address for {address.url}.") from error
    except OSError as error:
        raise ConnectionFailed(f"{address.url} cannot be reached: {_words(error)}") from error


def refusal(status: int, retry_after: str | None, address: GitAddress) -> HomelabError:
    """An HTTP answer with an error status."""
    match status:
        case HTTPStatus.UNAUTHORIZED:
            asks = "does not accept the login; enter a new token." if address.password else "asks for a login."
            return AuthenticationFailed(f"{address.url} {asks}", service=address.url, reason="credentials")
        case HTTPStatus.FORBIDDEN:
            told = f"The login may not do this at {address.url}; it needs to read and to write."
            return PermissionDenied(told, service=address.url, reason="forbidden")
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return NotFound(f"There is no git repository at {address.url}, or the login may not see it.")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return asked_to_wait(address.url, retry_after)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            told = f"{address.url} failed with status {status}; try again in a few minutes."
            return ServiceFailed(told, service=address.url, reason="status", status=status)
    return ResponseInvalid(f"{address.url} answered with status {status}, which was not expected here.")


def rejected(reason: str, branch: str, address: GitAddress) -> HomelabError:
    """The server took the commit and refused the branch; `reason` is its own word for it."""
    said = " ".join(reason.split())[:200]
    if any(word in said.lower() for word in ("hook", "protected", "rule", "prohibited", "deny")):
        return RuleViolated(
            f'A rule at {address.url} forbids the branch "{branch}": {said}.',
            service=address.url,
            said=said,
            reason="ruled",
        )
    return Conflict(
        f'{address.url} refuses the branch "{branch}": {said}.', service=address.url, said=said, reason="refused"
    )


def _silence(error: HTTPError, address: GitAddress) -> HomelabError:
    """No answer, or half of one."""
    cause: BaseException | None = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(cause, SilenceError) and not isinstance(cause, NewConnectionError):  # refused is one, too
        return DeadlineExceeded(
            f"{address.url} was silent for more than {address.timeout} seconds; see whether it is up and try again.",
            service=address.url,
            reason="silent",
        )
    if isinstance(cause, SSLError | ssl.SSLError):
        told = f"The certificate of {address.url} cannot be trusted; nothing was sent."
        return ConnectionFailed(told, service=address.url, reason="untrusted")
    if isinstance(cause, NewConnectionError):
        told = f"Nothing answers at {address.url}; check the network and the address."
        return ConnectionFailed(told, service=address.url, reason="gone")
    told = f"The connection to {address.url} broke off; try again."
    return ConnectionFailed(told, service=address.url, reason="broke")


def _http_error(error: BaseException) -> HTTPError | None:
    """The urllib3 error that dulwich made its own of."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, HTTPError):
        cause = cause.__cause__
    return cause


def _hung_up(error: HangupException, address: GitAddress) -> HomelabError:
    """The other side, or the ssh between, ended before it answered; its last line says why."""
    lines = [line.decode(errors="replace").strip() for line in error.stderr_lines or () if line.strip()]
    said = lines[-1][:200] if lines else "it does not say why"
    lowered = " ".join(lines).lower()
    if "permission denied" in lowered:
        return AuthenticationFailed(f"{address.url} does not accept our ssh key.")
    if "host key verification failed" in lowered:
        return ConnectionFailed(f"ssh does not know the host of {address.url} yet; connect to it once by hand.")
    if "timed out" in lowered or "not responding" in lowered:
        return DeadlineExceeded(
            f"{address.url} was silent for more than {address.timeout} seconds; see whether it is up."
        )
    if "not appear to be a git repository" in lowered or "not found" in lowered:
        return NotFound(f"There is no git repository at {address.url}, or the login may not see it.")
    return ConnectionFailed(f"{address.url} ended the connection: {said}.")


def _words(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else " ".join(map(str, error.args))
    return (" ".join(text.split())[:200] or "it does not say why").rstrip(".") + "."
