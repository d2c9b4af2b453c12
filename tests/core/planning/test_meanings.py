"""Words that may mean two things of a workload: asked back, and answered by naming one of them."""

from functools import lru_cache
from typing import Any

import pytest

from assistant_core.assistant.choosing import chosen, narrowed
from assistant_core.change.planning import plan_by_sentences, plan_of
from assistant_core.change.planning.words import known_of
from assistant_core.errors import AmbiguousWorkload
from assistant_core.gitops import Index
from assistant_core.models.plan import SetChartVersion, SetEnv, SetImage, SetReplicas, SetResources, SetStorage
from assistant_core.models.repository import Snapshot
from assistant_core.models.wish import Wish

from .conftest import deployment, spoken

FILES = {
    "game.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: minecraft, namespace: games}
spec:
  replicas: 1
  selector: {matchLabels: {app: minecraft}}
  template:
    metadata: {labels: {app: minecraft}}
    spec:
      containers:
        - name: minecraft
          image: example/minecraft-server:2024.12.1
          resources: {limits: {memory: 5Gi}}
          env: [{name: VERSION, value: 1.21.1}, {name: MEMORY, value: 4G}, {name: REPLICAS, value: "1"},
                {name: STORAGE, value: 10Gi}]
      volumes: [{name: world, persistentVolumeClaim: {claimName: minecraft}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: minecraft, namespace: games}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
""",
    "media.yaml": deployment("jellyfin")
    + "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: jellyfin, namespace: media}\n"
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Gi}}}\n",
    "shows.yaml": deployment("sonarr"),
    "proxy.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: traefik, namespace: argocd}
spec:
  destination: {namespace: traefik}
  source:
    {chart: traefik, repoURL: https://c.example, targetRevision: 29.0.0, helm: {valuesObject: {image: {tag: v3.1.0}}}}
""",
}


@lru_cache
def _index() -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in FILES.items()}))


def _asked(words: str, language: str = "en") -> AmbiguousWorkload:
    with pytest.raises(AmbiguousWorkload) as raised:
        plan_by_sentences(words, _index(), [spoken(language)])
    return raised.value


@pytest.mark.parametrize(
    ("language", "words", "candidates"),
    [
        ("en", "set version of minecraft to 1.21.4", ("variable VERSION", "image tag")),
        ("en", "update minecraft to 1.21.4", ("variable VERSION", "image tag")),
        ("de", "setze die Version von minecraft auf 1.21.4", ("variable VERSION", "image tag")),
        ("en", "set the memory of minecraft to 6Gi", ("variable MEMORY", "memory limit")),
        ("en", "set replicas of minecraft to 2", ("variable REPLICAS", "pods")),
        ("en", "set storage of minecraft to 20Gi", ("variable STORAGE", "volume")),
        ("en", "update traefik to 30.1.0", ("image tag", "chart version")),
        ("en", "give jellyfin 30Gi", ("memory limit", "volume")),
        ("de", "vergrößere den Speicher von jellyfin auf 30Gi", ("memory limit", "volume")),
    ],
)
def test_what_may_mean_two_things_is_asked_back(language: str, words: str, candidates: tuple[str, ...]) -> None:
    assert _asked(words, language).candidates == candidates


def test_the_question_is_asked_in_german() -> None:
    said = spoken("de").phrases.say_error(_asked("setze die Version von minecraft auf 1.21.4", "de"))
    assert said == "Bei minecraft kann mehreres gemeint sein: variable VERSION, image tag. Sag, was davon."


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("update traefik to v3.2.0", SetImage(name="traefik", tag="v3.2.0")),
        ("set the chart version of traefik to 30.1.0", SetChartVersion(name="traefik", version="30.1.0")),
        ("set the image tag of minecraft to 2025.1.0", SetImage(name="minecraft", tag="2025.1.0")),
        (
            "set the variable VERSION of minecraft to 1.21.4",
            SetEnv(name="minecraft", variable="VERSION", value="1.21.4"),
        ),
        ("scale minecraft to 2 replicas", SetReplicas(name="minecraft", replicas=2)),
        ("give jellyfin 4 gigs", SetResources(name="jellyfin", memory_limit="4Gi")),
        ("give jellyfin 30Gi of memory", SetResources(name="jellyfin", memory_limit="30Gi")),
        ("set the memory of jellyfin to 30Gi", SetResources(name="jellyfin", memory_limit="30Gi")),
        ("give sonarr 30Gi", SetResources(name="sonarr", memory_limit="30Gi")),
    ],
)
def test_what_is_plain_is_not_asked_back(words: str, plan: object) -> None:
    assert plan_by_sentences(words, _index(), [spoken("en")]) == plan


@pytest.mark.parametrize(
    ("words", "answer", "plan"),
    [
        ("set version of minecraft to 1.21.4", "the variable",
         SetEnv(name="minecraft", variable="VERSION", value="1.21.4")),
        ("set version of minecraft to 2025.1.0", "the image tag", SetImage(name="minecraft", tag="2025.1.0")),
        ("set the memory of minecraft to 6Gi", "the limit", SetResources(name="minecraft", memory_limit="6Gi")),
        ("set storage of minecraft to 20Gi", "the second one", SetStorage(name="minecraft", size="20Gi")),
        ("give jellyfin 30Gi", "the volume", SetStorage(name="jellyfin", size="30Gi")),
        ("give jellyfin 30Gi", "memory", SetResources(name="jellyfin", memory_limit="30Gi")),
        ("update traefik to 30.1.0", "the chart", SetChartVersion(name="traefik", version="30.1.0")),
    ],
)  # fmt: skip
def test_the_answer_names_one_of_them(words: str, answer: str, plan: object) -> None:
    wish: Any = spoken("en").reader.read(words, known_of(_index()))
    assert isinstance(wish, Wish)
    error = _asked(words)
    candidate = chosen(answer, error.candidates, spoken("en").vocabulary)
    assert candidate
    assert plan_of(narrowed(wish, candidate, error.slot), _index()) == plan  # type: ignore[arg-type]
