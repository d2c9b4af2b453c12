"""A homelab written for the tests, and the plan that words come to in it."""

from collections.abc import Callable
from functools import lru_cache

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import InputInvalid
from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.repository import Snapshot
from assistant_core.speech import Speech

type Planned = Callable[[str], ChangePlan | str | None]

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: SPACE}
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
        - name: NAME
          image: registry.example/NAME:10.9.6
          env: [{name: TZ, value: UTC}, {name: LOG_LEVEL, value: info}]
          resources:
            requests: {cpu: 100m, memory: 512Mi}
            limits: {memory: 1Gi}
"""


def deployment(name: str, namespace: str = "media", replicas: int = 2) -> str:
    text = _DEPLOYMENT.replace("REPLICAS", str(replicas)).replace("NAME", name)
    return text.replace("SPACE", namespace)


FILES = {
    "apps/media/jellyfin.yaml": deployment("jellyfin", replicas=1)
    + "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: jellyfin, namespace: media}\n"
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}\n",
    "apps/media/sonarr.yaml": deployment("sonarr"),
    "apps/media/radarr.yaml": deployment("radarr", replicas=3),
    "apps/home/home-assistant.yaml": deployment("home-assistant", "home"),
    "apps/blue/web.yaml": deployment("web", "blue"),
    "apps/green/web.yaml": deployment("web", "green"),
    "apps/home/backup.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: backup, namespace: home}\n"
    "spec:\n  schedule: 0 3 * * *\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: "
    "[{name: backup, image: 'registry.example/backup:1.0'}]}}}}\n",
    "argocd/traefik.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
    "metadata: {name: traefik, namespace: argocd}\nspec:\n  destination: {namespace: traefik}\n  source:\n"
    "    repoURL: https://charts.example\n    chart: traefik\n    targetRevision: 29.0.0\n"
    "    helm:\n      valuesObject:\n        deployment: {replicas: 2}\n",
    "terraform/vms.tf": 'resource "proxmox_virtual_environment_vm" "ai_hub" {\n  name = "ai-hub"\n'
    "  cpu {\n    cores = 4\n  }\n  memory {\n    dedicated = 8192\n  }\n  disk {\n    size = 64\n  }\n}\n",
}


@lru_cache
def homelab() -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in FILES.items()}))


@lru_cache
def spoken(language: str) -> Speech:
    return Speech.load(language)


def _planned(language: str) -> Planned:
    def planned(words: str) -> ChangePlan | str | None:
        try:
            return plan_by_sentences(words, homelab(), [spoken(language)])
        except InputInvalid as error:
            return str(error) if language == "en" else spoken(language).phrases.say_error(error)

    return planned


@pytest.fixture
def planned() -> Planned:
    """The plan, or what is answered; None for words that are not understood."""
    return _planned("en")


@pytest.fixture
def geplant() -> Planned:
    """The same in German."""
    return _planned("de")
