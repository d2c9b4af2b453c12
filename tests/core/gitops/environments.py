"""What Flux builds for an environment: the folder of that name below `apps`."""


def applied(name: str) -> str:
    """The Kustomization that applies it."""
    return f"""apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: apps, namespace: flux-system}}
spec: {{path: ./apps/{name}}}
"""
