"""A hub behind a proxy that speaks TLS and wants to know who asks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import ipaddress
from pathlib import Path
import ssl

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
import pytest

from assistant_core.errors import ConnectionFailed, InputInvalid
from assistant_core.ollama import OllamaClient, tls_context
from demo.ollama import OllamaSimulator


@dataclass
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, folder: Path, name: str, encryption: KeySerializationEncryption | None = None) -> None:
        (folder / f"{name}.pem").write_bytes(self.certificate.public_bytes(Encoding.PEM))
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
        (folder / f"{name}.key").write_bytes(key)


def issue(name: str, issuer: Issued | None = None) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signing = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if issuer is None:
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "content_commitment", "encipher_only"), False
        )
        builder = builder.add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, decipher_only=False, **usage),
            critical=True,
        )
    return Issued(builder.sign(signing, hashes.SHA256()), key)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    ca = issue("home")
    ca.write(tmp_path, "ca")
    issue("proxy", ca).write(tmp_path, "proxy")
    issue("assistant", ca).write(tmp_path, "client")
    issue("elsewhere").write(tmp_path, "stranger")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca.pem")
    context.load_cert_chain(tmp_path / "proxy.pem", tmp_path / "proxy.key")
    context.verify_mode = ssl.CERT_REQUIRED
    runner = web.AppRunner(OllamaSimulator().app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_we_show_our_certificate_to_a_server_of_our_own_ca(
    url: str, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    tls = await tls_context(
        ca_file=tmp_path / "ca.pem", certificate_file=tmp_path / "client.pem", key_file=tmp_path / "client.key"
    )
    assert await OllamaClient(session, url, tls=tls).version()


async def test_a_key_may_stand_in_the_certificates_file(
    url: str, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes((tmp_path / "client.pem").read_bytes() + (tmp_path / "client.key").read_bytes())
    tls = await tls_context(ca_file=tmp_path / "ca.pem", certificate_file=both)
    assert await OllamaClient(session, url, tls=tls).version()


async def test_a_server_of_an_unknown_ca_is_not_trusted(url: str, session: aiohttp.ClientSession) -> None:
    with pytest.raises(ConnectionFailed, match=r"does not answer: its certificate is not trusted\.$"):
        await OllamaClient(session, url).version()


@pytest.mark.parametrize("name", [None, "stranger"])
async def test_a_server_that_does_not_know_us_ends_it(
    url: str, tmp_path: Path, session: aiohttp.ClientSession, name: str | None
) -> None:
    tls = await tls_context(
        ca_file=tmp_path / "ca.pem",
        certificate_file=tmp_path / f"{name}.pem" if name else None,
        key_file=tmp_path / f"{name}.key" if name else None,
    )
    with pytest.raises(ConnectionFailed, match="does not answer: "):
        await OllamaClient(session, url, tls=tls).version()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"ca_file": "nosuch.pem"}, r"^The CA file .*nosuch\.pem cannot be used: a file is missing\.$"),
        ({"ca_file": "empty.pem"}, r"^The CA file .* cannot be used: it holds no certificate\.$"),
        (
            {"certificate_file": "client.pem", "key_file": "stranger.key"},
            r"^The client certificate .*client\.pem cannot be used: it and its key do not fit together\.$",
        ),
        (
            {"certificate_file": "client.pem", "key_file": "nosuch.key"},
            r"^The client certificate .*client\.pem cannot be used: a file is missing\.$",
        ),
        ({"certificate_file": "client.pem"}, "it and its key do not fit together"),
        ({"certificate_file": "locked.pem", "key_file": "locked.key"}, "it and its key do not fit together"),
        ({"key_file": "client.key"}, "^A key without its client certificate is of no use"),
    ],
)
async def test_a_file_that_cannot_serve_is_named(
    url: str, tmp_path: Path, files: dict[str, str], sentence: str
) -> None:
    assert url
    (tmp_path / "empty.pem").write_text("")
    issue("locked").write(tmp_path, "locked", BestAvailableEncryption(b"made-up"))
    with pytest.raises(InputInvalid, match=sentence):
        await tls_context(**{name: tmp_path / file for name, file in files.items()})
