from pathlib import Path
import ssl
from typing import Any

import aiohttp
import pytest
import yaml

from assistant_core.errors import InputInvalid
from assistant_core.kube import ClusterConfig, connect
from assistant_core.kube.config import resolve


def kubeconfig(*, cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None, **more: Any) -> str:
    """A good kubeconfig, but for what is given."""
    return yaml.safe_dump(
        {
            "clusters": [{"name": "home", "cluster": cluster or {"server": "https://192.168.1.10:6443"}}],
            "users": [{"name": "me", "user": {"token": "secret-token"} if user is None else user}],
            "contexts": [
                {"name": "home", "context": {"cluster": "home", "user": "me"}},
                {"name": "away", "context": {"cluster": "elsewhere", "user": "me"}},
            ],
            "current-context": "home",
            **more,
        }
    )


UNUSABLE = [
    ("", "This is not a kubeconfig"),
    ("secret: [", "This is not a kubeconfig"),
    ("just words", "This is not a kubeconfig"),
    (kubeconfig(**{"current-context": None}), "does not say which context to use"),
    (kubeconfig(**{"current-context": "gone"}), "no context named gone"),
    (kubeconfig(users=None), "no user named me"),
    (kubeconfig(cluster={"server": "https://k", "insecure-skip-tls-verify": True}), "insecure-skip-tls-verify"),
    (kubeconfig(user={"exec": {"command": "aws"}}), "signs in with a plugin (exec)"),
    (kubeconfig(user={"auth-provider": {"name": "oidc"}}), "signs in with a plugin (auth-provider)"),
    (kubeconfig(user={"tokenFile": "/etc/shadow"}), "points to a file (tokenFile)"),
    (kubeconfig(cluster={"server": "https://k", "certificate-authority": "ca.crt"}), "(certificate-authority)"),
    (kubeconfig(user={"client-key": "me.key"}), "points to a file (client-key)"),
    (kubeconfig(cluster={"certificate-authority-data": "x"}), "The server must be a URL"),
    (kubeconfig(cluster={"server": "http://192.168.1.10:8080"}), "Plain http"),
    (kubeconfig(cluster={"server": "https://k", "certificate-authority-data": "c2VjcmV0"}), "is not a certificate"),
    (kubeconfig(user={"client-certificate-data": "c2VjcmV0", "client-key-data": "c2VjcmV0"}), "are damaged"),
    (kubeconfig(user={"client-certificate-data": "not base64"}), "are damaged"),
    (kubeconfig(user={"token": "secret\nX-Injected: yes"}), "characters that no token has"),
]


def refusal(config: ClusterConfig) -> str:
    with pytest.raises(InputInvalid) as raised:
        resolve(config)
    assert "secret" not in str(raised.value)
    return str(raised.value)


def test_a_kubeconfig_gives_server_token_and_verified_tls() -> None:
    access = resolve(ClusterConfig(name="home", kubeconfig=kubeconfig()))
    assert str(access.server) == "https://192.168.1.10:6443"
    assert access.authorization == "Bearer secret-token"
    assert access.tls is not None
    assert access.tls.verify_mode is ssl.CERT_REQUIRED
    assert access.tls.check_hostname


def test_a_context_can_be_chosen() -> None:
    config = ClusterConfig(name="home", kubeconfig=kubeconfig(), context="away")
    assert "no cluster named elsewhere" in refusal(config)


def test_user_and_password_become_basic_authentication() -> None:
    text = kubeconfig(user={"username": "me", "password": "secret"})
    assert resolve(ClusterConfig(name="home", kubeconfig=text)).authorization == "Basic bWU6c2VjcmV0"


@pytest.mark.parametrize(("text", "sentence"), UNUSABLE, ids=[sentence for _, sentence in UNUSABLE])
def test_a_kubeconfig_that_cannot_be_used_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    assert sentence in refusal(ClusterConfig(name="home", kubeconfig=text))


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("192.168.1.10:6443", "The server must be a URL"),
        ("https://", "The server must be a URL"),
        ("https://[::1", "The server must be a URL"),
        ("ftp://192.168.1.10", "The server must be a URL"),
        ("https://me:secret@192.168.1.10:6443", "without user or password"),
        ("http://192.168.1.10:6443", "Plain http would send the token"),
    ],
)
def test_a_server_that_is_no_https_url_is_refused(server: str, sentence: str) -> None:
    assert sentence in refusal(ClusterConfig(name="home", server=server, token="secret"))


@pytest.mark.parametrize("server", ["http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001"])
def test_plain_http_is_for_this_machine(server: str) -> None:
    assert resolve(ClusterConfig(name="home", server=server)).tls is None


def test_nothing_to_connect_to_is_refused() -> None:
    assert "needs a kubeconfig or the URL" in refusal(ClusterConfig(name="home"))


def test_a_ca_that_is_none_is_refused() -> None:
    assert "not a certificate" in refusal(ClusterConfig(name="home", server="https://k", ca="secret"))


def test_representations_hide_secrets() -> None:
    config = ClusterConfig(name="home", server="https://k", token="secret-token", kubeconfig=None, ca="secret-ca")
    assert "secret" not in repr(config)
    assert "secret" not in repr(resolve(ClusterConfig(name="home", server="https://k", token="secret-token")))
    assert "secret" not in repr(ClusterConfig(name="home", kubeconfig=kubeconfig()))


async def test_connecting_refuses_like_reading(session: aiohttp.ClientSession) -> None:
    with pytest.raises(InputInvalid):
        await connect(session, ClusterConfig(name="home", kubeconfig=str(Path(__file__))))
