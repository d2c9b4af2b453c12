"""Asks an exporter for its text, within bounds of time and size."""

import asyncio
from http import HTTPStatus

import aiohttp
from yarl import URL

from ..errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    PermissionDenied,
    ResponseInvalid,
    ServiceFailed,
    connection_cause,
    connection_reason,
)
from ..models.gpu import GpuHealth
from ..web import read_all, service_url
from .text import parse
from .windows import EngineLoad

TEXT_LIMIT = 2 * 1024 * 1024


class GpuExporter:
    """The exporter at `url`, which may leave out `/metrics`; `deadline` (seconds) is for a whole answer."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, *, connect_deadline: float = 3, deadline: float = 10
    ) -> None:
        """Build a client; raises InputInvalid when `url` cannot be one."""
        self._session = session
        self._url = _checked(url)
        self._connect_deadline = connect_deadline
        self._deadline = deadline
        self._load = EngineLoad()

    async def read(self) -> tuple[GpuHealth, ...]:
        """How every card is doing; raises HomelabError. A windows_exporter tells the utilisation from the second on."""
        text = await self._request()
        at = asyncio.get_running_loop().time()
        return await asyncio.to_thread(self._understand, text, at)  # a Windows host may have thousands of lines

    def _understand(self, text: str, at: float) -> tuple[GpuHealth, ...]:
        return self._load.complete(parse(text, source=f"What {self._url} answers"), text, at)

    async def _request(self) -> str:
        server = f"The GPU exporter at {self._url}"
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._session.get(
                    self._url,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=self._connect_deadline),
                ) as response,
            ):
                if response.status != HTTPStatus.OK:
                    raise self._refused(server, response.status)
                return (await read_all(response.content, TEXT_LIMIT)).decode(errors="replace")
        except aiohttp.ServerTimeoutError as error:
            raise DeadlineExceeded(
                f"{server} does not answer: no connection within {self._connect_deadline:g} seconds.",
                service=self._url,
                reason="silent",
            ) from error
        except TimeoutError as error:
            told = f"{server} did not answer within {self._deadline:g} seconds."
            raise DeadlineExceeded(told, service=self._url, reason="silent") from error
        except aiohttp.ClientPayloadError as error:
            raise ConnectionFailed(f"{server} broke off in the middle of its answer.") from error
        except (aiohttp.ClientResponseError, ValueError) as error:
            told = f"What answers at {self._url} is not a GPU exporter."
            raise ResponseInvalid(told, service=self._url, reason="foreign") from error
        except (aiohttp.ClientError, OSError) as error:
            cause, reason = connection_cause(error), connection_reason(error)
            raise ConnectionFailed(f"{server} does not answer: {cause}.", service=self._url, reason=reason) from error

    def _refused(self, server: str, status: int) -> HomelabError:
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return AuthenticationFailed(f"{server} asks for credentials.", service=self._url, reason="credentials")
            case HTTPStatus.FORBIDDEN:
                return PermissionDenied(
                    f"{server} does not allow us this access.", service=self._url, reason="forbidden"
                )
            case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                told = f"{server} failed with status {status}."
                return ServiceFailed(told, service=self._url, reason="status", status=status)
        told = f"{server} serves no metrics there (status {status})."
        return ResponseInvalid(told, service=self._url, reason="foreign")


def _checked(url: str) -> URL:
    parsed = service_url(url, service="the GPU exporter", example="http://192.168.1.94:9835/metrics")
    return parsed if parsed.path.strip("/") else parsed.with_path("/metrics")
