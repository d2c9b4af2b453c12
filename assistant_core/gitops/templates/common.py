"""What the templates share."""

from typing import Any


def metadata(name: str, namespace: str) -> dict[str, Any]:
    """Name, namespace and the label by which everything of an app is known."""
    return {"name": name, "namespace": namespace, "labels": labels(name)}


def labels(name: str) -> dict[str, str]:
    """The label that selects an app's pods."""
    return {"app.kubernetes.io/name": name}


def pod_security(user: int) -> dict[str, Any]:
    """The security context of a pod at the restricted level."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container(name: str, image: str, **more: Any) -> dict[str, Any]:
    """A container at the restricted level, with modest resources."""
    return {
        "name": name,
        "image": image,
        **{key: value for key, value in more.items() if value},
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }


def deployment(name: str, namespace: str, user: int, inner: dict[str, Any], *, volume: bool) -> dict[str, Any]:
    """A Deployment of one pod; one with a volume is replaced, not doubled, when it is renewed."""
    spec: dict[str, Any] = {"securityContext": pod_security(user), "containers": [inner]}
    if volume:
        spec["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, namespace),
        "spec": {
            "replicas": 1,
            **({"strategy": {"type": "Recreate"}} if volume else {}),
            "selector": {"matchLabels": labels(name)},
            "template": {"metadata": {"labels": labels(name)}, "spec": spec},
        },
    }


def service(name: str, namespace: str, port: int, port_name: str) -> dict[str, Any]:
    """A Service of one port."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, namespace),
        "spec": {"selector": labels(name), "ports": [{"name": port_name, "port": port, "targetPort": port_name}]},
    }


def claim(name: str, namespace: str, size: str) -> dict[str, Any]:
    """A volume for one node at a time."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(name, namespace),
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def variables(env: dict[str, str]) -> list[dict[str, str]]:
    """Environment variables as a container lists them."""
    return [{"name": name, "value": value} for name, value in env.items()]
