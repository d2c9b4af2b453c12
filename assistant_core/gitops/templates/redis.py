"""Redis: a Deployment and a Service; with a volume it keeps what it holds."""

from typing import Any

from ...models.plan import AddApp
from .common import claim, container, deployment, service

IMAGE = "redis:7.4.1-alpine"
_USER = 999
_PORT = 6379


def redis(plan: AddApp, namespace: str) -> list[dict[str, Any]]:
    """The objects of a Redis."""
    keeps = plan.storage is not None
    inner = container(
        "redis",
        plan.image or IMAGE,
        args=["--appendonly", "yes" if keeps else "no", "--save", ""],
        ports=[{"name": "redis", "containerPort": _PORT}],
        volumeMounts=[{"name": "data", "mountPath": "/data"}] if keeps else None,
    )
    objects = [
        deployment(plan.name, namespace, _USER, inner, volume=keeps),
        service(plan.name, namespace, _PORT, "redis"),
    ]
    return [*objects, claim(plan.name, namespace, plan.storage)] if plan.storage else objects
