"""Credentials that lie on this machine: files that are rewritten, and programs that make new ones."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import ipaddress
from pathlib import Path
from typing import Any

import aiohttp
from cryptography import x509
import pytest
import yaml

from assistant_core.errors import AuthenticationFailed, ConnectionFailed, InputInvalid
from assistant_core.kube import Cluster, ClusterConfig, config, connect, contexts
from assistant_core.kube.config import from_service_account, resolve
from demo.faults import FaultProxy
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from tests.certificates import issue
from tests.faults.tls import tls_context, tls_front

PLUGIN = """#!/bin/sh
printf x >> "$(dirname "$0")/runs"
{}
"""
ANSWER = '{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {}}}'


def plugin(directory: Path, body: str) -> dict[str, Any]:
    """A sign-in program in the kubeconfig's directory; how a kubeconfig names it."""
    path = directory / "sign-in"
    path.write_text(PLUGIN.format(body))
    path.chmod(0o755)
    return {"command": "./sign-in", "apiVersion": "client.authentication.k8s.io/v1", "args": ["x"], "env": None}


def runs(directory: Path) -> int:
    return len((directory / "runs").read_text())


@pytest.fixture
def write(tmp_path: Path, proxy: FaultProxy, kubernetes: KubernetesSimulator) -> Any:
    def write(user: dict[str, Any]) -> ClusterConfig:
        document = yaml.safe_load(kubernetes.kubeconfig(proxy.url))
        document["users"][0]["user"] = user
        path = tmp_path / "config"
        path.write_text(yaml.safe_dump(document))
        return ClusterConfig(name="home", kubeconfig_file=str(path))

    return write


@pytest.fixture
async def connected(session: aiohttp.ClientSession) -> Callable[[ClusterConfig], Awaitable[Cluster]]:
    return partial(connect, session)


async def test_a_token_file_is_read_again_when_its_token_is_refused(
    tmp_path: Path, proxy: FaultProxy, connected: Any
) -> None:
    token = tmp_path / "token"
    token.write_text("old\n")
    cluster = await connected(ClusterConfig(name="home", server=proxy.url, token_file=str(token)))
    token.write_text(f"{READER_TOKEN}\n")
    assert await cluster.version() == "v1.36.2"
    assert await cluster.version() == "v1.36.2"
    assert len(proxy.seen) == 3


async def test_a_token_refused_twice_is_not_tried_a_third_time(
    tmp_path: Path, proxy: FaultProxy, connected: Any
) -> None:
    token = tmp_path / "token"
    token.write_text("old")
    cluster = await connected(ClusterConfig(name="home", server=proxy.url, token_file=str(token)))
    with pytest.raises(AuthenticationFailed):
        await cluster.version()
    assert len(proxy.seen) == 2
    token.unlink()
    with pytest.raises(AuthenticationFailed, match=r"any more\. The token file .* cannot be read"):
        await cluster.version()


async def test_a_fixed_token_is_not_tried_twice(proxy: FaultProxy, connected: Any) -> None:
    cluster = await connected(ClusterConfig(name="home", server=proxy.url, token="old"))
    with pytest.raises(AuthenticationFailed):
        await cluster.version()
    assert len(proxy.seen) == 1


async def test_a_kubeconfigs_token_file_lies_beside_it(tmp_path: Path, write: Any, connected: Any) -> None:
    (tmp_path / "token").write_text(f"{READER_TOKEN}\n")
    cluster = await connected(write({"tokenFile": "token"}))
    assert await cluster.version() == "v1.36.2"


async def test_a_sign_in_program_runs_again_once_for_all_who_were_refused(
    tmp_path: Path, write: Any, connected: Any, kubernetes: KubernetesSimulator
) -> None:
    body = f"cat <<END\n{ANSWER.format('{"token": "' + READER_TOKEN + '"}')}\nEND"
    cluster = await connected(write({"exec": plugin(tmp_path, body)}))
    assert await cluster.version() == "v1.36.2"
    assert runs(tmp_path) == 1
    kubernetes.server.accounts = {"new": kubernetes.server.accounts[READER_TOKEN]}
    plugin(tmp_path, body.replace(READER_TOKEN, "new"))
    assert set(await asyncio.gather(*(cluster.version() for _ in range(5)))) == {"v1.36.2"}
    assert runs(tmp_path) == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("echo secret >&2; exit 1", "The sign-in program ./sign-in failed"),
        ("echo secret", "The sign-in program ./sign-in failed"),
        ("echo {}", "gave neither a token nor a certificate"),
        (f"echo '{ANSWER.format('{"clientCertificateData": "secret"}')}'", "gave neither a token nor a certificate"),
    ],
)
async def test_a_sign_in_program_that_fails_is_said_without_its_words(
    tmp_path: Path, write: Any, connected: Any, body: str, sentence: str
) -> None:
    with pytest.raises(InputInvalid, match=sentence) as raised:
        await connected(write({"exec": plugin(tmp_path, body)}))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ({"exec": {"command": "no-such-program", "apiVersion": "v1"}}, "no-such-program, which is not installed"),
        ({"exec": {"command": "x"}}, "lacks its command or apiVersion"),
        ({"exec": "x"}, "lacks its command or apiVersion"),
        ({"tokenFile": "gone"}, r"a file \(tokenFile\) that cannot be read"),
    ],
)
async def test_a_kubeconfig_that_names_what_is_not_there_is_said(
    write: Any, connected: Any, user: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputInvalid, match=sentence):
        await connected(write(user))


def test_a_kubeconfig_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="cannot be read"):
        resolve(ClusterConfig(name="home", kubeconfig_file=str(tmp_path / "gone")))


def test_two_ways_to_one_cluster_are_one_too_many() -> None:
    with pytest.raises(InputInvalid, match="not both"):
        resolve(ClusterConfig(name="home", kubeconfig="x", server="https://k"))


def test_the_contexts_of_a_kubeconfig_begin_with_its_current_one() -> None:
    document = {
        "clusters": [],
        "contexts": [{"name": "away"}, {"name": "home"}, {"nonsense": 1}],
        "current-context": "home",
    }
    assert contexts(yaml.safe_dump(document)) == ("home", "away")
    assert contexts("clusters: []") == ()
    with pytest.raises(InputInvalid):
        contexts("nonsense")


def test_a_pod_finds_its_own_cluster(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret-token\n")
    (tmp_path / "ca.crt").write_text("secret")
    here = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    with pytest.raises(InputInvalid, match="The CA is not a certificate"):
        from_service_account(here, tmp_path)
    with pytest.raises(InputInvalid, match="does not run inside a cluster"):
        from_service_account({}, tmp_path)
    (tmp_path / "token").unlink()
    with pytest.raises(InputInvalid, match=r"token .* cannot be read"):
        from_service_account(here, tmp_path)
    with pytest.raises(InputInvalid, match="does not run inside a cluster"):
        resolve(ClusterConfig(name="home", in_cluster=True))


async def test_a_pod_reads_its_service_account_again_when_its_token_is_refused(
    tmp_path: Path, proxy: FaultProxy, connected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    server = issue("apiserver", None, address, x509.BasicConstraints(ca=True, path_length=None))
    account = tmp_path / "serviceaccount"
    account.mkdir()
    (account / "ca.crt").write_text(server.pem)
    (account / "token").write_text("expired\n")
    async with tls_front(proxy.port, tls_context(server, tmp_path)) as front:
        monkeypatch.setattr(config, "SERVICE_ACCOUNT", account)
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(front.port))
        cluster = await connected(ClusterConfig(name="home", in_cluster=True))
        assert cluster.server == f"https://127.0.0.1:{front.port}"
        (account / "token").write_text(f"{READER_TOKEN}\n")  # as the kubelet does each hour
        assert await cluster.version() == "v1.36.2"
        assert len(proxy.seen) == 2, "the old token once, then the new one"
        await front.use(tls_context(issue("another", None, address), tmp_path))
        with pytest.raises(ConnectionFailed, match="certificate that is not trusted"):
            await cluster.version()
