"""No Secret stands in the repository in plain text or base64, which is the same."""

from collections.abc import Iterator

from ...redaction.confidential import is_plaintext
from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import mapping, plain


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind != "Secret":
        return
    for field in ("data", "stringData"):
        for key, secret in mapping(found.content, field).items():
            if is_plaintext("password", secret):
                yield Breach(
                    where=f"{field}.{plain(key)}",
                    message="The value stands in plain text; use SOPS, a SealedSecret or an ExternalSecret.",
                    value=secret,
                )


CONTROL = ObjectControl(rule="plaintext-secrets", judge=_judge)
