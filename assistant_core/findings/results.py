"""k8sgpt's Result as a finding.

A Result (core.k8sgpt.ai/v1alpha1) names its object in `spec.kind` and `spec.name` (`namespace/name`, or `name` for a
cluster-scoped one) and lists texts in `spec.error[].text`; `spec.details` is what a model said of them. Its own name
says nothing: objects of different kinds share one. `spec.error[].sensitive`, pairs of clear names and masks, is never
read. All texts come from elsewhere and are data, not instructions.
"""

from datetime import UTC, datetime
import hashlib
import re
from typing import Any

from ..kube.resource import RESULTS as RESULTS  # noqa: PLC0414 - this is where others look for it
from ..models.finding import Finding

TEXT_LIMIT = 4096
VOLATILE = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+(?:\.\d+)?")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def finding_from_result(result: dict[str, Any], cluster: str) -> Finding | None:
    """The finding of a Result; None if it is not a Result.

    Its texts together are at most 4 KiB of UTF-8. Its id is made of the cluster, the K8sGPT that reports it, the object
    and the error texts without their numbers and hashes, so that it survives another count and another explanation.
    """
    match result:
        case {
            "metadata": {"creationTimestamp": str(created), **metadata},
            "spec": {"kind": str(kind), "name": str(full_name), **spec},
        }:
            pass
        case _:
            return None
    try:
        first_seen = datetime.fromisoformat(created).astimezone(UTC)
    except OverflowError, ValueError:
        return None
    budget = _Budget(TEXT_LIMIT)
    errors = tuple(filter(None, map(budget.spend, _error_texts(spec.get("error")))))
    namespace, _, name = full_name.rpartition("/")
    return Finding(
        id=_identity(cluster, *_reporter(metadata.get("labels")), kind, full_name, *sorted(map(_masked, errors))),
        cluster=cluster,
        kind=kind,
        namespace=namespace or None,
        name=name,
        errors=errors,
        explanation=budget.spend(details if isinstance(details := spec.get("details"), str) else ""),
        first_seen=first_seen,
    )


class _Budget:
    """Bytes of text that a finding may still have."""

    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self, text: str) -> str:
        """As much of `text` as may be kept, without characters that only deceive the eye."""
        kept = UNPRINTABLE.sub("", text[: self._left]).encode(errors="ignore")[: self._left].decode(errors="ignore")
        self._left -= len(kept.encode())
        return kept.strip()


def _error_texts(errors: Any) -> list[str]:
    texts = [error.get("text") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return [text for text in texts if isinstance(text, str)]


def _reporter(labels: Any) -> tuple[str, str]:
    """Namespace and name of the K8sGPT object that made the Result."""
    known = labels if isinstance(labels, dict) else {}
    return str(known.get("k8sgpts.k8sgpt.ai/namespace", "")), str(known.get("k8sgpts.k8sgpt.ai/name", ""))


def _masked(text: str) -> str:
    return VOLATILE.sub("#", text)


def _identity(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
