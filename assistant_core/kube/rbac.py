"""The role that the account of this package needs: to read, never to write, and never secrets.

The manifest is made from the same table as the watches, so that it cannot ask for more than is used.
"""

from itertools import groupby
import re
from typing import override

import yaml

from ..errors import InputInvalid
from .resource import READ, READ_VERBS, Resource

NAME = "homelab-assistant"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
COMMENT = """\
# What Homelab Assistant may do in this cluster: read what it watches, and nothing else.
# The token of the account, once this is applied:
#   kubectl -n {namespace} get secret {name} -o jsonpath='{{.data.token}}' | base64 -d
"""


def manifest(*, name: str = NAME, namespace: str = NAME) -> str:
    """YAML of a namespace with an account and its token, and of the role it needs, to be applied by Git or kubectl.

    Raises InputInvalid for what can be no name in Kubernetes.
    """
    for each in (name, namespace):
        if not _LABEL.fullmatch(each):
            raise InputInvalid(f"{each} is no name in Kubernetes: up to 63 small letters, digits and hyphens.")
    about = {"name": name, "namespace": namespace}
    documents = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about},
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": about | {"annotations": {"kubernetes.io/service-account.name": name}},
            "type": "kubernetes.io/service-account-token",
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": _rules(),
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", **about}],
        },
    ]
    return COMMENT.format(namespace=namespace, name=name) + yaml.dump_all(
        documents, Dumper=_PlainDumper, sort_keys=False, explicit_start=True
    )


def _rules() -> list[dict[str, list[str]]]:
    def group(resource: Resource) -> str:
        return resource.group

    return [
        {"apiGroups": [name], "resources": [resource.plural for resource in resources], "verbs": list(READ_VERBS)}
        for name, resources in groupby(sorted(READ, key=group), key=group)
    ]


class _PlainDumper(yaml.SafeDumper):
    """Writes what is said twice twice: anchors are not for people."""

    @override
    def ignore_aliases(self, data: object) -> bool:
        return True
