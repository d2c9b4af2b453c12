"""A kubeconfig: its contexts, and the cluster and user of one of them.

One that lies on this machine is followed as kubectl does: its files are read and its sign-in program is run. One that
was pasted must carry everything in itself: its files are on another machine, and text from elsewhere runs nothing here.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputInvalid
from .exec_plugin import sign_in

FLATTEN = "paste the output of `kubectl config view --raw --flatten --minify`"
FILES = {
    "certificate-authority": "certificate-authority-data",
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
    "tokenFile": "token",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The parts of one context, whole in themselves; `renewable` if reading them again may give other credentials."""

    cluster: dict[str, Any]
    user: dict[str, Any]
    renewable: bool


def contexts(text: str) -> tuple[str, ...]:
    """The names of the contexts that a kubeconfig offers, its current one first. Raises InputInvalid."""
    document = parse(text)
    entries = document.get("contexts")
    found = entries if isinstance(entries, list) else []
    names = [entry["name"] for entry in found if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    current = document.get("current-context")
    return tuple(sorted(names, key=lambda name: name != current))


def read(path: str) -> str:
    """The text of a kubeconfig on this machine. Raises InputInvalid."""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(f"The kubeconfig {path} cannot be read.") from error


def parse(text: str) -> dict[str, Any]:
    """The document. Raises InputInvalid."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("clusters"), list):
        raise InputInvalid(f"This is not a kubeconfig; {FLATTEN}.") from None  # the parser's words quote secrets
    return document


def choose(document: Mapping[str, Any], context: str | None, *, directory: Path | None) -> Chosen:
    """The parts of `context` (None: the current one); `directory` is where the file lies, None for pasted text.

    Raises InputInvalid. Blocks while a sign-in program runs.
    """
    context = context or document.get("current-context")
    chosen = _entry(document, "context", context)
    cluster, user = _entry(document, "cluster", chosen.get("cluster")), _entry(document, "user", chosen.get("user"))
    _refuse_what_nobody_follows(cluster, user)
    if directory is None:
        _refuse_what_points_elsewhere(cluster, user)
        return Chosen(cluster, user, renewable=False)
    user = sign_in(user["exec"], directory=str(directory)) if "exec" in user else user
    return Chosen(_filled(cluster, directory), _filled(user, directory), renewable=True)


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


def _refuse_what_nobody_follows(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> None:
    if cluster.get("insecure-skip-tls-verify"):
        raise InputInvalid(
            "The kubeconfig switches the check of the server's certificate off (insecure-skip-tls-verify); "
            "give the cluster's CA in certificate-authority-data instead."
        )
    if "auth-provider" in user:
        raise InputInvalid(
            "The kubeconfig signs in with a plugin (auth-provider), which Kubernetes removed; "
            "use one with the token of a service account."
        )


def _refuse_what_points_elsewhere(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> None:
    if "exec" in user:
        raise InputInvalid(
            "The kubeconfig signs in with a plugin (exec), which pasted text may not run here; "
            "use one with the token of a service account, or give the file's path."
        )
    for part in (cluster, user):
        for file, data in FILES.items():
            if file in part and data not in part:
                raise InputInvalid(f"The kubeconfig points to a file ({file}) instead of containing it; {FLATTEN}.")


def _filled(part: Mapping[str, Any], directory: Path) -> dict[str, Any]:
    """The part with the files it names read."""
    filled = dict(part)
    for file, data in FILES.items():
        if file in part and data not in part:
            try:
                content = (directory / str(part[file])).read_bytes()
            except OSError as error:
                raise InputInvalid(f"The kubeconfig points to a file ({file}) that cannot be read.") from error
            filled[data] = content.decode(errors="replace") if data == "token" else base64.b64encode(content).decode()
        filled.pop(file, None)
    return filled
