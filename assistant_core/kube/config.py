"""From what a person gives us to what a connection needs.

The server's certificate is always verified; plain http is for this machine only.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import ipaddress
import os
from pathlib import Path
import ssl

from yarl import URL

from ..errors import InputInvalid
from . import kubeconfig

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """How to reach one cluster; exactly one of four ways.

    The text of a `kubeconfig`; the path of a `kubeconfig_file` on this machine; the URL of a `server`, with a `token`
    or a `token_file`; or, in a pod of the cluster itself, `in_cluster`. `context` picks one of the kubeconfig's
    contexts (None: its current one). `ca` is the PEM text of the authority that signed the server's certificate (None:
    one that this machine trusts anyway).
    """

    name: str
    kubeconfig: str | None = field(default=None, repr=False)
    context: str | None = None
    server: str | None = None
    token: str | None = field(default=None, repr=False)
    ca: str | None = field(default=None, repr=False)
    kubeconfig_file: str | None = None
    token_file: str | None = None
    in_cluster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a connection needs; `tls` is None for plain http, `authorization` is the header's value.

    `renewable` if the same configuration may lead to other credentials later.
    """

    server: URL
    authorization: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    tls_server_name: str | None = None
    proxy: str | None = field(default=None, repr=False)
    renewable: bool = False


def resolve(config: ClusterConfig) -> Access:
    """Work out the access; reads files and imports much, so call it in an executor. Raises InputInvalid."""
    ways = [config.kubeconfig, config.kubeconfig_file, config.server, config.in_cluster or None]
    if sum(way is not None for way in ways) > 1:
        raise InputInvalid("A cluster needs a kubeconfig or the URL of its server, not both.")
    if config.kubeconfig is not None:
        return _from_kubeconfig(config.kubeconfig, config.context, directory=None)
    if config.kubeconfig_file is not None:
        path = Path(config.kubeconfig_file).expanduser()
        return _from_kubeconfig(kubeconfig.read(str(path)), config.context, directory=path.parent)
    if config.in_cluster:
        return from_service_account(os.environ, SERVICE_ACCOUNT)
    if config.server is None:
        raise InputInvalid("A cluster needs a kubeconfig or the URL of its server.")
    token = config.token if config.token_file is None else _read(Path(config.token_file).expanduser(), "token file")
    return _with_token(config.server, token, config.ca, renewable=config.token_file is not None)


def from_service_account(environment: Mapping[str, str], directory: Path) -> Access:
    """The access that a pod of the cluster finds in its surroundings. Raises InputInvalid."""
    host, port = environment.get("KUBERNETES_SERVICE_HOST"), environment.get("KUBERNETES_SERVICE_PORT")
    if not host or not port:
        raise InputInvalid("This does not run inside a cluster; give a kubeconfig or the URL of the server.")
    token, ca = _read(directory / "token", "service account's token"), _read(directory / "ca.crt", "cluster's CA")
    return _with_token(f"https://{f'[{host}]' if ':' in host else host}:{port}", token, ca, renewable=True)


def _with_token(server: str, token: str | None, ca: str | None, *, renewable: bool) -> Access:
    url = _server(server)
    return Access(
        server=url,
        authorization=_header(f"Bearer {token.strip()}") if token else None,
        tls=_tls(url, ca=ca),
        renewable=renewable,
    )


def _from_kubeconfig(text: str, context: str | None, *, directory: Path | None) -> Access:
    chosen = kubeconfig.choose(kubeconfig.parse(text), context, directory=directory)
    server = _server(str(chosen.cluster.get("server", "")))

    # Its import takes half a second and 50 MB: only for those who use a kubeconfig.
    from kubernetes_asyncio.client import Configuration  # noqa: PLC0415 - see above
    from kubernetes_asyncio.config import ConfigException, load_kube_config_from_dict  # noqa: PLC0415 - see above

    settings = Configuration()
    document = {
        "clusters": [{"name": "it", "cluster": chosen.cluster}],
        "users": [{"name": "it", "user": chosen.user}],
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "current-context": "it",
    }
    try:
        asyncio.run(load_kube_config_from_dict(document, client_configuration=settings))
        tls = _tls(server, ca_file=settings.ssl_ca_cert, certificate=settings.cert_file, key=settings.key_file)
    except (ConfigException, OSError, TypeError, ValueError) as error:
        raise InputInvalid("The certificates or keys in the kubeconfig are damaged; copy it again.") from error
    authorization = settings.api_key.get("BearerToken")
    return Access(
        server=server,
        authorization=_header(authorization.strip()) if authorization else None,
        tls=tls,
        tls_server_name=settings.tls_server_name,
        proxy=settings.proxy,
        renewable=chosen.renewable,
    )


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(f"The {what} {path} cannot be read.") from error


def _server(text: str) -> URL:
    try:
        url = URL(text.strip().rstrip("/"))
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password or url.query_string:
        raise InputInvalid("The server must be a URL such as https://192.168.1.10:6443, without user or password.")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise InputInvalid("Plain http would send the token through the network for everyone to read; use https.")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _header(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise InputInvalid("The token contains characters that no token has; copy it again.")
    return value


def _tls(
    server: URL,
    *,
    ca: str | None = None,
    ca_file: str | None = None,
    certificate: str | None = None,
    key: str | None = None,
) -> ssl.SSLContext | None:
    if server.scheme == "http":
        return None
    try:
        context = ssl.create_default_context(cafile=ca_file, cadata=ca)
    except (ValueError, ssl.SSLError) as error:
        raise InputInvalid(
            "The CA is not a certificate in PEM text; it begins with -----BEGIN CERTIFICATE-----."
        ) from error
    if ca or ca_file:
        # Python 3.13 began to demand extensions that CAs made by microk8s, EKS and others lack (kubernetes_asyncio
        # issue 349). Chain, dates and host name are verified all the same.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if certificate:
        context.load_cert_chain(certificate, keyfile=key)
    return context
