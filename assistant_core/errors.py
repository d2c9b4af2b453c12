"""Everything this package raises.

    HomelabError
    ├── ConnectionFailed        the service does not answer: refused, no such host, TLS, reset
    │   └── DeadlineExceeded    it was silent for too long
    ├── AuthenticationFailed    it does not accept our credentials (401)
    ├── PermissionDenied        it knows us and says no (403)
    │   └── RuleViolated        not for want of a permission: a rule of the place forbids it to everybody
    ├── NotFound                what we named is not there (404)
    ├── RateLimited             it asks us to wait (429 and GitHub's 403)
    ├── Conflict                the world moved: the thing exists already or has changed (409, 422)
    ├── ServiceFailed           it answered that it failed (5xx, an error inside a stream)
    │   └── Busy                it has too much to do right now (503, a long queue)
    ├── ResponseInvalid         it answered something that is not its protocol
    ├── InputInvalid            what a person asked for cannot be
    │   ├── Incomplete          it may be, but something was left open: the sentence asks for it
    │   │   ├── NotUnderstood   words in which we read no change
    │   │   └── SeveralChanges  words in which we read more than one, with a sentence for each
    │   ├── UnknownWorkload     no workload of that name, with the names that come near
    │   ├── AmbiguousWorkload   several, with the candidates to choose from
    │   └── Unchanged           it is so already
    ├── EditRefused             the engine cannot prove that its edit changes only what was planned
    ├── PolicyRefused           a rule of the house forbids the change, whoever asks for it
    ├── ApprovalRefused         this decision does not move this proposal: nothing pending, expired, changed, no right
    ├── JournalFailed           what must be remembered could not be saved
    └── Defect                  a part of this program stopped; it is started again and the log has the details

`str(error)` is one sentence for a person. `key` and `placeholders` name the same sentence for translation. For the
commonest causes, told with the `service` and the `reason`, `exact_key` names one that quotes no English.
"""

from datetime import UTC, datetime, timedelta
import errno
import socket
import ssl
from typing import ClassVar

import aiohttp


class HomelabError(Exception):
    """Base of the tree; raise one of its subclasses."""

    key: ClassVar[str] = "unexpected"

    def __init__(self, message: str, **placeholders: object) -> None:
        super().__init__(message)
        self.placeholders: dict[str, str] = {
            "message": message,
            **{name: str(value) for name, value in placeholders.items()},
        }

    @property
    def exact_key(self) -> str:
        """The key with the reason, `connection_failed_refused`, where that is one of EXACT_KEYS; else the key."""
        exact = f"{self.key}_{self.placeholders.get('reason')}"
        return exact if self.placeholders.get("service") and exact in EXACT_KEYS else self.key


class ConnectionFailed(HomelabError):
    """The service does not answer."""

    key = "connection_failed"


class DeadlineExceeded(ConnectionFailed):
    """The service was silent for longer than we wait."""

    key = "deadline_exceeded"


class AuthenticationFailed(HomelabError):
    """The service does not accept our credentials."""

    key = "authentication_failed"


class PermissionDenied(HomelabError):
    """The service knows us and does not allow it."""

    key = "permission_denied"


class RuleViolated(PermissionDenied):
    """A rule of the place, such as the protection of a branch, forbids it."""


class NotFound(HomelabError):
    """What we named is not there."""

    key = "not_found"


class RateLimited(HomelabError):
    """The service asks us to wait `retry_after` seconds, until `retry_at` (None: it did not say how long)."""

    key = "rate_limited"

    def __init__(self, message: str, *, retry_after: float | None = None, **placeholders: object) -> None:
        super().__init__(message, **placeholders)
        self.retry_after = retry_after
        self.retry_at = None if retry_after is None else datetime.now(UTC) + timedelta(seconds=retry_after)


class Conflict(HomelabError):
    """The thing exists already or has changed meanwhile."""

    key = "conflict"


class ServiceFailed(HomelabError):
    """The service answered that it failed."""

    key = "service_failed"


class Busy(ServiceFailed):
    """The service has too much to do right now."""


class ResponseInvalid(HomelabError):
    """The service answered something that is not its protocol."""

    key = "response_invalid"


class InputInvalid(HomelabError):
    """What a person asked for cannot be."""

    key = "input_invalid"


class Incomplete(InputInvalid):
    """What a person asked for leaves something open, which the sentence asks for."""


class NotUnderstood(Incomplete):
    """No change was read in what a person said."""

    key = "not_a_change"

    def __init__(self, words: str) -> None:
        super().__init__('This is no change I know; say for example "scale jellyfin to 3".', text=words)


class SeveralChanges(Incomplete):
    """More than one change was asked for at once; `candidates` are sentences that ask for one each."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        quoted = " or ".join(f"'{each}'" for each in sentences)
        super().__init__(
            f"One change at a time. Which first: {quoted}?", candidates=", ".join(sentences), reason="several_changes"
        )
        self.candidates = sentences


class UnknownWorkload(InputInvalid):
    """The repository has no such workload; `candidates` are the names that come near."""

    key = "unknown_workload"

    def __init__(self, message: str, *, candidates: tuple[str, ...] = (), **placeholders: object) -> None:
        super().__init__(message, candidates=", ".join(candidates), **placeholders)
        self.candidates = candidates


class AmbiguousWorkload(InputInvalid):
    """Several workloads answer to the name; `candidates` tells them apart (`namespace/name`).

    Or several of its parts do: `slot` is the field of the plan that one of the candidates belongs into.
    """

    key = "ambiguous_workload"

    def __init__(
        self, message: str, *, candidates: tuple[str, ...], slot: str = "name", **placeholders: object
    ) -> None:
        super().__init__(message, candidates=", ".join(candidates), reason=slot, **placeholders)
        self.candidates = candidates
        self.slot = slot


class Unchanged(InputInvalid):
    """It is so already: there is nothing to propose."""

    key = "unchanged"


class EditRefused(HomelabError):
    """The engine cannot prove that its edit changes only what was planned."""

    key = "edit_refused"


class PolicyRefused(HomelabError):
    """A rule of the house forbids the change."""

    key = "policy_refused"


class ApprovalRefused(HomelabError):
    """This decision does not move this proposal."""

    key = "approval_refused"


class JournalFailed(HomelabError):
    """What must be remembered could not be saved."""

    key = "journal_failed"


class Defect(HomelabError):
    """A part of this program stopped because of a mistake in it."""

    key = "defect"


_CAUSES = {
    "unknown_host": "no host of that name is known",
    "untrusted": "its certificate is not trusted",
    "tls": "the TLS handshake failed",
    "refused": "connection refused",
    "closed": "it closed the connection",
    "gone": "it stopped answering",
    "unroutable": "no route to it",
    "broke": "the connection broke",
}
EXACT_KEYS = frozenset(
    {
        *(f"{ConnectionFailed.key}_{cause}" for cause in _CAUSES),
        "connection_failed_silent",
        "deadline_exceeded_silent",
        "authentication_failed_credentials",
        "permission_denied_forbidden",
        "permission_denied_role",
        "not_found_repository",
        "rate_limited_wait",
        "response_invalid_foreign",
        "service_failed_busy",
        "service_failed_status",
    }
)
_BY_NUMBER = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "closed",
    errno.EPIPE: "closed",
    errno.ETIMEDOUT: "gone",
    errno.EHOSTUNREACH: "unroutable",
    errno.ENETUNREACH: "unroutable",
}


def connection_reason(error: BaseException) -> str:
    """Why a service could not be reached, from what a network library raised: the name of one of the causes."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case socket.gaierror() | aiohttp.ClientConnectorDNSError():
                return "unknown_host"
            case ssl.SSLCertVerificationError():
                return "untrusted"
            case ssl.SSLError():
                return "tls"
            case OSError() if cause.errno in _BY_NUMBER:
                return _BY_NUMBER[cause.errno]
        cause = cause.__cause__
    return "broke"


def connection_cause(error: BaseException) -> str:
    """Why a service could not be reached, in a few words."""
    return _CAUSES[connection_reason(error)]
