"""The custom resources of common operators that are asked for as workloads are, and what their fields decide."""

from typing import NamedTuple

from ..text import Path


class Custom(NamedTuple):
    """The keys of what such an object decides; () where it does not. Fields as the operators document them.

    `fewest` are the replicas that its schema asks for at least, `has_tag` says that its image is a mapping with a tag.
    """

    replicas: Path = ("spec", "replicas")
    image: Path = ()
    resources: Path = ("spec", "resources")
    storage: Path = ()
    fewest: int = 0
    has_tag: bool = False


_MONITORED = Custom(
    image=("spec", "image"),
    storage=("spec", "storage", "volumeClaimTemplate", "spec", "resources", "requests", "storage"),
)
_COUNTED = Custom(replicas=("spec", "replicaCount"), image=("spec", "image"), has_tag=True)
_SINGLE = Custom(
    replicas=(), image=("spec", "image"), storage=("spec", "storage", "resources", "requests", "storage"), has_tag=True
)
_KINDS = {
    ("postgresql.cnpg.io", "Cluster"): Custom(
        replicas=("spec", "instances"), image=("spec", "imageName"), storage=("spec", "storage", "size"), fewest=1
    ),
    ("postgresql.cnpg.io", "Pooler"): Custom(replicas=("spec", "instances"), resources=()),
    ("acid.zalan.do", "postgresql"): Custom(
        replicas=("spec", "numberOfInstances"), image=("spec", "dockerImage"), storage=("spec", "volume", "size")
    ),
    ("monitoring.coreos.com", "Prometheus"): _MONITORED,
    ("monitoring.coreos.com", "Alertmanager"): _MONITORED,
    ("monitoring.coreos.com", "ThanosRuler"): _MONITORED,
    ("operator.victoriametrics.com", "VMAgent"): _COUNTED,
    ("operator.victoriametrics.com", "VMAlert"): _COUNTED,
    ("operator.victoriametrics.com", "VMAlertmanager"): _COUNTED,
    **{("operator.victoriametrics.com", each): _SINGLE for each in ("VMSingle", "VLSingle", "VTSingle", "VLogs")},
    ("opentelemetry.io", "OpenTelemetryCollector"): Custom(image=("spec", "image")),
    ("kafka.strimzi.io", "KafkaNodePool"): Custom(storage=("spec", "storage", "size")),
    ("k8s.mariadb.com", "MariaDB"): Custom(image=("spec", "image"), storage=("spec", "storage", "size")),
    ("dragonflydb.io", "Dragonfly"): Custom(image=("spec", "image")),
    ("databases.spotahome.com", "RedisFailover"): Custom(
        replicas=("spec", "redis", "replicas"),
        image=("spec", "redis", "image"),
        resources=("spec", "redis", "resources"),
    ),
    ("redis.redis.opstreelabs.in", "RedisReplication"): Custom(
        replicas=("spec", "clusterSize"),
        image=("spec", "kubernetesConfig", "image"),
        resources=("spec", "kubernetesConfig", "resources"),
    ),
    ("rabbitmq.com", "RabbitmqCluster"): Custom(image=("spec", "image"), storage=("spec", "persistence", "storage")),
}


def custom(kind: str, api: str) -> Custom | None:
    """What is known of a kind; None for one that nobody told us about."""
    return _KINDS.get((api.partition("/")[0], kind))
