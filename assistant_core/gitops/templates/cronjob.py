"""A CronJob that runs a command."""

from typing import Any

from ...models.plan import AddApp
from .common import container, labels, metadata, pod_security, variables

_USER = 1000


def cronjob(plan: AddApp, namespace: str) -> list[dict[str, Any]]:
    """The object of a CronJob."""
    inner = container(plan.name, plan.image or "", command=list(plan.command), env=variables(plan.env))
    pod = {
        "metadata": {"labels": labels(plan.name)},
        "spec": {"restartPolicy": "Never", "securityContext": pod_security(_USER), "containers": [inner]},
    }
    spec = {
        "schedule": plan.schedule,
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {"spec": {"backoffLimit": 2, "template": pod}},
    }
    return [{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata(plan.name, namespace), "spec": spec}]
