"""PostgreSQL: a Deployment, a Service and a volume; its password is in a Secret that a person makes."""

from typing import Any

from ...models.plan import AddApp
from .common import claim, container, deployment, service, variables

IMAGE = "postgres:17.2"
_USER = 999
_PORT = 5432
_SIZE = "10Gi"


def postgresql(plan: AddApp, namespace: str) -> list[dict[str, Any]]:
    """The objects of a PostgreSQL."""
    password = {"secretKeyRef": {"name": plan.name, "key": "password"}}
    inner = container(
        "postgresql",
        plan.image or IMAGE,
        ports=[{"name": "postgresql", "containerPort": _PORT}],
        env=[
            {"name": "POSTGRES_PASSWORD", "valueFrom": password},
            {"name": "PGDATA", "value": "/var/lib/postgresql/data/pgdata"},
            *variables(plan.env),
        ],
        volumeMounts=[{"name": "data", "mountPath": "/var/lib/postgresql/data"}],
    )
    return [
        deployment(plan.name, namespace, _USER, inner, volume=True),
        service(plan.name, namespace, _PORT, "postgresql"),
        claim(plan.name, namespace, plan.storage or _SIZE),
    ]
