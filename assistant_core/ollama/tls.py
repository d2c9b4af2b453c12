"""Whom to trust and who we are, for a server behind a proxy that wants to know."""

import asyncio
from pathlib import Path
import ssl

from ..errors import InputInvalid


async def tls_context(
    *, ca_file: str | Path | None = None, certificate_file: str | Path | None = None, key_file: str | Path | None = None
) -> ssl.SSLContext:
    """A context that trusts `ca_file` besides what the system trusts, and shows our certificate where it is asked for.

    The files are PEM, the key unencrypted; it may stand in the certificate's file. They are read in the executor.
    Raises InputInvalid when one of them cannot serve.
    """
    return await asyncio.to_thread(_build, ca_file, certificate_file, key_file)


def _build(ca: str | Path | None, certificate: str | Path | None, key: str | Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except (OSError, ValueError) as error:  # what OpenSSL says is an OSError too
            raise InputInvalid(
                f"The CA file {ca} cannot be used: {_reason(error, 'it holds no certificate')}."
            ) from error
    if certificate is not None:
        try:
            context.load_cert_chain(certificate, key, password=_unencrypted)
        except (OSError, ValueError) as error:
            what = _reason(error, "it and its key do not fit together")
            raise InputInvalid(f"The client certificate {certificate} cannot be used: {what}.") from error
    elif key is not None:
        raise InputInvalid("A key without its client certificate is of no use; name the certificate too.")
    return context


def _unencrypted() -> str:
    """Stop OpenSSL from asking at the terminal."""
    return ""


def _reason(error: Exception, otherwise: str) -> str:
    match error:
        case FileNotFoundError():
            return "a file is missing"
        case PermissionError():
            return "we may not read it"
    return otherwise
