"""Results as k8sgpt's operator writes them: their names, labels, owner, managed fields and texts."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime
import hashlib

from .kubernetes_objects import Object

K8SGPT_NAME = "k8sgpt-ollama"
K8SGPT_NAMESPACE = "k8sgpt-operator-system"
K8SGPT_UID = "c2a967ab-0779-4a20-a018-2667d6c4eab5"


def result(kind: str, name: str, *errors: str, explanation: str = "", sensitive: Iterable[str] = ()) -> Object:
    """A Result about the object `name` (`namespace/name`, or `name` alone) of `kind`.

    `explanation` is what a model said, `sensitive` the names in `errors` for which k8sgpt keeps masks.
    """
    return {
        "apiVersion": "core.k8sgpt.ai/v1alpha1",
        "kind": "Result",
        "metadata": {
            "labels": {
                "k8sgpts.k8sgpt.ai/backend": "localai",
                "k8sgpts.k8sgpt.ai/name": K8SGPT_NAME,
                "k8sgpts.k8sgpt.ai/namespace": K8SGPT_NAMESPACE,
            },
            "managedFields": [{**_MANAGED_FIELDS, "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}],
            "name": result_name(name),
            "namespace": K8SGPT_NAMESPACE,
            "ownerReferences": [
                {
                    "apiVersion": "core.k8sgpt.ai/v1alpha1",
                    "blockOwnerDeletion": True,
                    "controller": True,
                    "kind": "K8sGPT",
                    "name": K8SGPT_NAME,
                    "uid": K8SGPT_UID,
                }
            ],
        },
        "spec": {
            "autoRemediationStatus": {},
            "backend": "localai",
            "details": explanation,
            "error": [_error(text, [word for word in sensitive if word in text]) for text in errors],
            "kind": kind,
            "name": name,
            "parentObject": "",
        },
    }


def result_name(name: str) -> str:
    """The name of the Result for an object: its own without `-` and `/`, so that some objects share one."""
    return name.replace("-", "").replace("/", "")


def k8sgpt() -> Object:
    """The K8sGPT object that asks for the analysis, with a model on the household's hub."""
    return {
        "apiVersion": "core.k8sgpt.ai/v1alpha1",
        "kind": "K8sGPT",
        "metadata": {"name": K8SGPT_NAME, "namespace": K8SGPT_NAMESPACE, "uid": K8SGPT_UID},
        "spec": {
            "ai": {
                "anonymized": True,
                "backend": "localai",
                "baseUrl": "http://192.168.1.94:11434/v1",
                "enabled": True,
                "model": "llama3.1:8b",
            },
            "analysis": {"interval": "30s"},
            "noCache": False,
            "version": "v0.4.36",
        },
        "status": {},
    }


_MANAGED_FIELDS: Object = {
    "apiVersion": "core.k8sgpt.ai/v1alpha1",
    "fieldsType": "FieldsV1",
    "fieldsV1": {
        "f:metadata": {
            "f:labels": {
                ".": {},
                "f:k8sgpts.k8sgpt.ai/backend": {},
                "f:k8sgpts.k8sgpt.ai/name": {},
                "f:k8sgpts.k8sgpt.ai/namespace": {},
            },
            "f:ownerReferences": {".": {}, f'k:{{"uid":"{K8SGPT_UID}"}}': {}},
        },
        "f:spec": {
            ".": {},
            "f:autoRemediationStatus": {},
            "f:backend": {},
            "f:details": {},
            "f:error": {},
            "f:kind": {},
            "f:name": {},
            "f:parentObject": {},
        },
    },
    "manager": "manager",
    "operation": "Update",
}


def _error(text: str, sensitive: list[str]) -> Object:
    if not sensitive:
        return {"text": text}
    return {"sensitive": [{"masked": _mask(word), "unmasked": word} for word in sensitive], "text": text}


def _mask(word: str) -> str:
    """As long as the word and as meaningless as k8sgpt's, but the same each time."""
    return base64.b64encode(hashlib.sha256(word.encode()).hexdigest()[: len(word)].encode()).decode()
