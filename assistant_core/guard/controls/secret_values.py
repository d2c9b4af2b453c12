"""No password, token or key stands in a setting: environment, arguments, ConfigMaps, Helm values."""

from collections.abc import Iterator

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


def _is_named_secret(place: Place, leaf: object) -> bool:
    """Whether the place has the name of a secret: its key, the item whose `value` it is, or `--name=` before it."""
    last = place[-1] if place else ""
    if last == "value" and place[-2:-1] and place[-2].startswith("["):
        last = place[-2].strip("[]")
    if isinstance(leaf, str) and last.startswith("["):
        last, equals, leaf = leaf.lstrip("-").partition("=")
        return bool(equals) and ("secretGenerator" in place or is_secret_name(last)) and is_plaintext(last, leaf)
    return is_secret_name(last) and is_plaintext(last, leaf)


CONTROL = ObjectControl(rule="secret-values", judge=_judge)
