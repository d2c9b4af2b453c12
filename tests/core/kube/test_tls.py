"""A real TLS server whose CA is as sparse as those of small clusters."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
import ipaddress
from pathlib import Path
import ssl

import aiohttp
from aiohttp import web
from cryptography import x509
import pytest
import yaml

from assistant_core.errors import ConnectionFailed
from assistant_core.kube import ClusterConfig, connect
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from tests.certificates import Pair, issue


@dataclass
class Secured:
    """A simulator behind TLS that wants a client certificate of its CA."""

    url: str
    ca: Pair
    client: Pair


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[Secured]:
    ca = issue("home-ca", None, x509.BasicConstraints(ca=True, path_length=None))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server = issue("apiserver", ca, x509.SubjectAlternativeName([address]))
    (tmp_path / "server.pem").write_text(server.pem + server.key_pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=ca.pem)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_cert_chain(tmp_path / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    runner = web.AppRunner(KubernetesSimulator(objects=()).app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    yield Secured(f"https://127.0.0.1:{runner.addresses[0][1]}", ca, issue("me", ca))
    await runner.cleanup()


def kubeconfig(secured: Secured, ca: Pair) -> str:
    def data(pem: str) -> str:
        return base64.b64encode(pem.encode()).decode()

    user = {
        "token": READER_TOKEN,
        "client-certificate-data": data(secured.client.pem),
        "client-key-data": data(secured.client.key_pem),
    }
    cluster = {"server": secured.url, "certificate-authority-data": data(ca.pem)}
    return yaml.safe_dump(
        {
            "clusters": [{"name": "home", "cluster": cluster}],
            "users": [{"name": "me", "user": user}],
            "contexts": [{"name": "home", "context": {"cluster": "home", "user": "me"}}],
            "current-context": "home",
        }
    )


async def test_a_kubeconfigs_ca_and_client_certificate_are_used(
    session: aiohttp.ClientSession, secured: Secured
) -> None:
    cluster = await connect(session, ClusterConfig(name="home", kubeconfig=kubeconfig(secured, secured.ca)))
    assert await cluster.version() == "v1.36.2"


async def test_a_certificate_of_another_ca_is_not_trusted(session: aiohttp.ClientSession, secured: Secured) -> None:
    other = issue("other-ca", None, x509.BasicConstraints(ca=True, path_length=None))
    for config in (
        ClusterConfig(name="home", kubeconfig=kubeconfig(secured, other)),
        ClusterConfig(name="home", server=secured.url, token=READER_TOKEN, ca=other.pem),
        ClusterConfig(name="home", server=secured.url, token=READER_TOKEN),
    ):
        cluster = await connect(session, config)
        with pytest.raises(ConnectionFailed, match="certificate that is not trusted"):
            await cluster.version()
