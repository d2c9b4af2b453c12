"""The parts of Helm charts: where in the values of a known chart each workload finds what it needs.

A chart that is not listed has its parts searched for by the names that most charts use.
"""

from dataclasses import dataclass

from ..model import Confidence, Form
from ..text import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One workload of a chart; all keys are below `at`. None: the chart has no such setting.

    `whole_image` are the keys of an image that stands at the top of the values, `tag` those of a tag apart from it;
    `volumes` and `sidecars` have names. `job` is where a CronJob has its schedule. `api` is that of a custom resource,
    which an operator runs.
    """

    name: str = ""
    at: Path = ()
    kind: str = "Deployment"
    replicas: Path | None = ("replicaCount",)
    image: Path | None = ("image",)
    whole_image: Path | None = None
    tag: Path | None = None
    resources: Path | None = ("resources",)
    env: Path | None = ("env",)
    env_form: Form = Form.ENV_LIST
    storage: Path | None = ("persistence", "size")
    volumes: tuple[tuple[str, Path], ...] = ()
    annotations: Path | None = ("podAnnotations",)
    sidecars: tuple[tuple[str, Path], ...] = ()
    job: Path | None = None
    api: str = ""
    confidence: Confidence = Confidence.KNOWN


CNPG, DATABASE = "postgresql.cnpg.io/v1", "Cluster"
"""A database of CloudNativePG."""
COMMON = Part(storage=None, confidence=Confidence.LIKELY)
_CLAIM: Path = ("volumeClaimTemplate", "spec", "resources", "requests", "storage")


def _grafana(name: str = "", at: Path = ()) -> Part:
    return Part(name=name, at=at, replicas=("replicas",), env_form=Form.ENV_MAP)


def _plain(name: str, *at: str, kind: str = "Deployment", replicas: str | None = "replicas") -> Part:
    return Part(
        name=name, at=at or (name,), kind=kind, replicas=(replicas,) if replicas else None, env=None, storage=None
    )


def _bitnami(name: str = "", at: str = "primary", replicas: str | None = None) -> Part:
    return Part(
        name=name,
        at=(at,),
        kind="StatefulSet",
        replicas=(replicas,) if replicas else None,
        image=None,
        whole_image=("image",),
        env=("extraEnvVars",),
    )


PARTS: dict[str, tuple[Part, ...]] = {
    "grafana": (_grafana(),),
    "kube-prometheus-stack": (
        Part(
            name="prometheus",
            at=("prometheus", "prometheusSpec"),
            kind="StatefulSet",
            replicas=("replicas",),
            env=None,
            storage=("storageSpec", *_CLAIM),
            annotations=("podMetadata", "annotations"),
        ),
        Part(
            name="alertmanager",
            at=("alertmanager", "alertmanagerSpec"),
            kind="StatefulSet",
            replicas=("replicas",),
            env=None,
            storage=("storage", *_CLAIM),
            annotations=("podMetadata", "annotations"),
        ),
        _grafana("grafana", ("grafana",)),
        _plain("operator", "prometheusOperator", replicas=None),
        _plain("kube-state-metrics"),
        _plain("node-exporter", "prometheus-node-exporter", kind="DaemonSet", replicas=None),
    ),
    "loki": (
        Part(
            at=("singleBinary",),
            kind="StatefulSet",
            replicas=("replicas",),
            image=None,
            env=("extraEnv",),
        ),
        *(
            Part(name=each, at=(each,), kind="StatefulSet", replicas=("replicas",), image=None, env=("extraEnv",))
            for each in ("write", "read", "backend")
        ),
        Part(name="gateway", at=("gateway",), replicas=("replicas",), env=("extraEnv",), storage=None),
    ),
    "loki-stack": (
        Part(at=("loki",), kind="StatefulSet", replicas=("replicas",)),
        _plain("promtail", kind="DaemonSet", replicas=None),
        _grafana("grafana", ("grafana",)),
    ),
    "traefik": (Part(replicas=("deployment", "replicas"), annotations=("deployment", "podAnnotations")),),
    "gitea": (
        Part(env=("deployment", "env"), annotations=("gitea", "podAnnotations")),
        Part(
            name="postgresql",
            at=("postgresql", "primary"),
            kind="StatefulSet",
            replicas=None,
            image=None,
            env=("extraEnvVars",),
        ),
    ),
    "open-webui": (
        Part(kind="StatefulSet", env=("extraEnvVars",)),
        Part(name="ollama", at=("ollama",), env=("extraEnv",), storage=("persistentVolume", "size")),
    ),
    "ollama": (Part(env=("extraEnv",), storage=("persistentVolume", "size")),),
    "cert-manager": (
        Part(env=("extraEnv",), storage=None),
        Part(name="webhook", at=("webhook",), env=("extraEnv",), storage=None),
        Part(name="cainjector", at=("cainjector",), env=("extraEnv",), storage=None),
    ),
    "argo-cd": tuple(
        Part(name=name, at=(key,), kind=kind, replicas=("replicas",), env=(env,), storage=None)
        for name, key, kind, env in (
            ("server", "server", "Deployment", "env"),
            ("application-controller", "controller", "StatefulSet", "env"),
            ("repo-server", "repoServer", "Deployment", "env"),
            ("applicationset-controller", "applicationSet", "Deployment", "extraEnv"),
            ("redis", "redis", "Deployment", "env"),
            ("dex-server", "dex", "Deployment", "env"),
            ("notifications-controller", "notifications", "Deployment", "extraEnv"),
        )
    ),
    "authelia": (
        Part(
            kind="DaemonSet",
            replicas=("pod", "replicas"),
            resources=("pod", "resources"),
            env=("pod", "env"),
            annotations=("pod", "annotations"),
        ),
    ),
    "authentik": tuple(
        Part(
            name=name,
            at=(name,),
            replicas=("replicas",),
            image=None,
            whole_image=("global", "image"),
            storage=None,
        )
        for name in ("server", "worker")
    ),
    "ingress-nginx": (Part(at=("controller",), env=("extraEnvs",), storage=None),),
    "postgresql": (_bitnami(),),
    "mariadb": (_bitnami(),),
    "mysql": (_bitnami(),),
    "redis": (
        _bitnami(at="master", replicas="count"),
        _bitnami("replicas", at="replica", replicas="replicaCount"),
    ),
    "cilium": (
        Part(kind="DaemonSet", replicas=None, env=("extraEnv",), storage=None),
        Part(name="operator", at=("operator",), replicas=("replicas",), env=("extraEnv",), storage=None),
    ),
    "cluster": (
        Part(
            at=("cluster",),
            kind=DATABASE,
            replicas=("instances",),
            image=None,
            whole_image=("cluster", "imageName"),
            storage=("storage", "size"),
            annotations=None,
            api=CNPG,
        ),
    ),
    "external-dns": (Part(storage=None, sidecars=(("webhook", ("provider", "webhook")),)),),
    "home-assistant": (Part(kind="StatefulSet"),),
    "immich": (  # before its version 0.10; the parts have controllers of their own since
        Part(replicas=None, image=None, resources=None, env_form=Form.ENV_MAP, storage=None, annotations=None),
        *(
            Part(name=name, at=(name,), replicas=("controller", "replicas"), env_form=Form.ENV_MAP, storage=storage)
            for name, storage in (("server", None), ("machine-learning", ("persistence", "cache", "size")))
        ),
    ),
    "jellyfin": (
        Part(
            env=("jellyfin", "env"),
            storage=None,
            volumes=(("config", ("persistence", "config", "size")), ("media", ("persistence", "media", "size"))),
        ),
    ),
    "longhorn": (
        _plain("ui", "longhornUI"),
        _plain("manager", "longhornManager", kind="DaemonSet", replicas=None),
    ),
    "metrics-server": (Part(replicas=("replicas",), env=None, storage=None),),
    "minio": (Part(replicas=("replicas",), env=("environment",), env_form=Form.ENV_MAP),),
    "nextcloud": (Part(env=("nextcloud", "extraEnv")),),
    "prometheus": (
        Part(name="server", at=("server",), storage=("persistentVolume", "size")),
        Part(name="alertmanager", at=("alertmanager",), kind="StatefulSet"),
        _plain("kube-state-metrics"),
        _plain("node-exporter", "prometheus-node-exporter", kind="DaemonSet", replicas=None),
    ),
    "velero": (
        Part(replicas=None, env=("configuration", "extraEnvVars"), storage=None),
        Part(
            name="node-agent",
            at=("nodeAgent",),
            kind="DaemonSet",
            replicas=None,
            image=None,
            env=("extraEnvVars",),
            storage=None,
        ),
    ),
    "promtail": (Part(kind="DaemonSet", replicas=None, env=("extraEnv",), storage=None),),
}
"""By the name of the chart."""

APP_TEMPLATES = ("app-template", "common")
"""bjw-s' charts, whose workloads are all in the values."""
