"""A web app: a Deployment and a Service, with an Ingress for a host and a volume for a size."""

from typing import Any

from ...models.plan import AddApp
from .common import claim, container, deployment, metadata, service, variables

_USER = 1000


def web(plan: AddApp, namespace: str) -> list[dict[str, Any]]:
    """The objects of a web app."""
    inner = container(
        plan.name,
        plan.image or "",
        command=list(plan.command),
        ports=[{"name": "http", "containerPort": plan.port}],
        env=variables(plan.env),
        volumeMounts=[{"name": "data", "mountPath": plan.mount or "/data"}] if plan.storage else None,
    )
    objects = [deployment(plan.name, namespace, _USER, inner, volume=plan.storage is not None)]
    objects.append(service(plan.name, namespace, plan.port or 80, "http"))
    if plan.storage:
        objects.append(claim(plan.name, namespace, plan.storage))
    if plan.host:
        objects.append(_ingress(plan.name, namespace, plan.host))
    return objects


def _ingress(name: str, namespace: str, host: str) -> dict[str, Any]:
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata(name, namespace),
        "spec": {
            "rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
        },
    }
