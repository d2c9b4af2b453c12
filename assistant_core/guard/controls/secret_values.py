"""No password, token or key stands in a setting: environment, arguments, ConfigMaps, Helm values."""

from collections.abc import Iterator
import re

from ...redaction.confidential import is_plaintext, is_secret_name, is_secret_shaped
from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..settings import settings
from ..shape import Place, written

_OWN_RULES = (
    "ClusterExternalSecret",
    "ClusterSecretStore",
    "CustomResourceDefinition",
    "ExternalSecret",
    "PushSecret",
    "SealedSecret",
    "Secret",
    "SecretProviderClass",
    "SecretStore",
)
"""Kinds that are about secrets and hold their names, or that another control judges."""


_PAIR = re.compile(
    r"""(?:export[ \t]+|-[ \t]+|[{,][ \t]*)?["']?(?P<name>[A-Za-z_][\w.-]{0,127})["']?[ \t]*[:=][ \t]*"""
    r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'()\[\]{},]+))(?:[ \t]*[,}])?(?:[ \t]*[#;].*)?"""
)
"""A setting on a line of its own, as INI, TOML, YAML, JSON and lists of variables write it; calls do not fit."""
_KEY = re.compile(r"(?<!PUBLIC)_KEY$")
"""What Flux fills in under such a name is a secret, whatever it is the key of."""
_FILLED_IN = ("%(", "__", "%%")


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind in _OWN_RULES:
        return
    for place, leaf in settings(found):
        if _is_named_secret(place, leaf) or (isinstance(leaf, str) and is_secret_shaped(leaf)):
            yield Breach(
                where=written(place),
                message="A secret stands here in plain text; refer to a Secret instead.",
                value=leaf,
            )
        elif isinstance(leaf, str) and ("\n" in leaf or found.kind == "ConfigMap"):
            yield from _within(place, leaf)


def _within(place: Place, text: str) -> Iterator[Breach]:
    """The secrets in a text that is itself a file of settings."""
    for line in text.splitlines():
        if not (pair := _PAIR.fullmatch(line.strip())):
            continue
        name, secret = pair["name"], pair["double"] or pair["single"] or pair["bare"] or ""
        if is_secret_name(name) and is_plaintext(name, secret) and not secret.startswith(_FILLED_IN):
            yield Breach(
                where=written((*place, name)),
                message="A secret stands here in plain text; refer to a Secret instead.",
                value=secret,
            )


def _is_named_secret(place: Place, leaf: object) -> bool:
    """Whether the place has the name of a secret: its key, the item whose `value` it is, or `--name=` before it."""
    last = place[-1] if place else ""
    if last == "value" and place[-2:-1] and place[-2].startswith("["):
        last = place[-2].strip("[]")
    if isinstance(leaf, str) and last.startswith("["):
        last, equals, leaf = leaf.lstrip("-").partition("=")
        return bool(equals) and ("secretGenerator" in place or is_secret_name(last)) and is_plaintext(last, leaf)
    is_filling = place[-2:-1] == ("substitute",) and _KEY.search(last) is not None
    return (is_secret_name(last) or is_filling) and is_plaintext(last, leaf)


CONTROL = ObjectControl(rule="secret-values", judge=_judge)
