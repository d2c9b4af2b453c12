"""Nothing puts itself between the API and its users: webhooks, admission policies, extension API servers."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..verdict import Severity

_KINDS = (
    "APIService",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
)


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if found.kind in _KINDS:
        yield Breach(
            where="",
            message=f"A {found.kind} sees or changes what others send to the cluster; install it by hand.",
            value=found.content,
        )


CONTROL = ObjectControl(rule="webhooks", judge=_judge, severity=Severity.WARNING)
