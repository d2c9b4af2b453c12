"""From what a person gives us to what a connection needs.

The server's certificate is always verified; plain http is for this machine only. A kubeconfig must carry its
credentials in itself: nothing it names is run or read from the disk.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import ipaddress
import ssl
from typing import Any

import yaml
from yarl import URL

from ..errors import InputInvalid

FLATTEN = "paste the output of `kubectl config view --raw --flatten --minify`"
FILES = {
    "certificate-authority": "certificate-authority-data",
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
    "tokenFile": "token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """How to reach one cluster: the text of a kubeconfig, or the URL of its server with a token.

    `context` picks one of the kubeconfig's contexts (None: its current one). `ca` is the PEM text of the authority that
    signed the server's certificate (None: one that this machine trusts anyway).
    """

    name: str
    kubeconfig: str | None = field(default=None, repr=False)
    context: str | None = None
    server: str | None = None
    token: str | None = field(default=None, repr=False)
    ca: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a connection needs; `tls` is None for plain http, `authorization` is the header's value."""

    server: URL
    authorization: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    tls_server_name: str | None = None
    proxy: str | None = field(default=None, repr=False)


def resolve(config: ClusterConfig) -> Access:
    """Work out the access; reads files and imports much, so call it in an executor. Raises InputInvalid."""
    if config.kubeconfig is not None:
        return _from_kubeconfig(config.kubeconfig, config.context)
    if config.server is None:
        raise InputInvalid("A cluster needs a kubeconfig or the URL of its server.")
    server = _server(config.server)
    return Access(
        server=server,
        authorization=_header(f"Bearer {config.token.strip()}") if config.token else None,
        tls=_tls(server, ca=config.ca),
    )


def _from_kubeconfig(text: str, context: str | None) -> Access:
    document = _parse(text)
    context = context or document.get("current-context")
    chosen = _entry(document, "context", context)
    cluster, user = _entry(document, "cluster", chosen.get("cluster")), _entry(document, "user", chosen.get("user"))
    _refuse_what_we_do_not_follow(cluster, user)
    server = _server(str(cluster.get("server", "")))

    # Its import takes half a second and 50 MB: only for those who use a kubeconfig.
    from kubernetes_asyncio.client import Configuration  # noqa: PLC0415 - see above
    from kubernetes_asyncio.config import ConfigException, load_kube_config_from_dict  # noqa: PLC0415 - see above

    settings = Configuration()
    try:
        asyncio.run(load_kube_config_from_dict(document, context=context, client_configuration=settings))
        tls = _tls(server, ca_file=settings.ssl_ca_cert, certificate=settings.cert_file, key=settings.key_file)
    except (ConfigException, OSError, TypeError, ValueError) as error:
        raise InputInvalid("The certificates or keys in the kubeconfig are damaged; copy it again.") from error
    authorization = settings.api_key.get("BearerToken")
    return Access(
        server=server,
        authorization=_header(authorization) if authorization else None,
        tls=tls,
        tls_server_name=settings.tls_server_name,
        proxy=settings.proxy,
    )


def _parse(text: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("clusters"), list):
        raise InputInvalid(f"This is not a kubeconfig; {FLATTEN}.") from None  # the parser's words quote secrets
    return document


def _entry(document: Mapping[str, Any], kind: str, name: object) -> dict[str, Any]:
    """The part of a kubeconfig named `name`: lists of `{name: ..., <kind>: {...}}`."""
    entries = document.get(f"{kind}s")
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"name": found, **rest} if found == name and isinstance(part := rest.get(kind), dict):
                return part
    if name is None:
        raise InputInvalid(f"The kubeconfig does not say which {kind} to use; {FLATTEN}.")
    raise InputInvalid(f"The kubeconfig has no {kind} named {name}; {FLATTEN}.")


def _refuse_what_we_do_not_follow(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> None:
    if cluster.get("insecure-skip-tls-verify"):
        raise InputInvalid(
            "The kubeconfig switches the check of the server's certificate off (insecure-skip-tls-verify); "
            "give the cluster's CA in certificate-authority-data instead."
        )
    for plugin in ("exec", "auth-provider"):
        if plugin in user:
            raise InputInvalid(
                f"The kubeconfig signs in with a plugin ({plugin}), which is not run here; "
                "use one with the token of a service account."
            )
    for part in (cluster, user):
        for file, data in FILES.items():
            if file in part and data not in part:
                raise InputInvalid(f"The kubeconfig points to a file ({file}) instead of containing it; {FLATTEN}.")


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
