"""How to reach a cluster, from what its config entry remembers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME, CONF_TOKEN, CONF_URL

from .assistant_core.kube import ClusterConfig
from .const import (
    CONF_CA,
    CONF_CONTEXT,
    CONF_IN_CLUSTER,
    CONF_KUBECONFIG,
    CONF_KUBECONFIG_FILE,
    CONF_TOKEN_FILE,
)


def cluster_config(data: Mapping[str, Any]) -> ClusterConfig:
    """How to reach the cluster. Raises InputInvalid when that cannot be."""
    return ClusterConfig(
        name=data[CONF_NAME],
        kubeconfig=data.get(CONF_KUBECONFIG),
        context=data.get(CONF_CONTEXT),
        server=data.get(CONF_URL),
        token=data.get(CONF_TOKEN),
        ca=data.get(CONF_CA),
        kubeconfig_file=data.get(CONF_KUBECONFIG_FILE),
        token_file=data.get(CONF_TOKEN_FILE),
        in_cluster=data.get(CONF_IN_CLUSTER, False),
    )
