"""How risky a change is said to be, and why."""

import pytest

from assistant_core.guard import Risk, judge_change
from assistant_core.models.repository import FileChange

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: media}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {note: a}}
    spec:
      serviceAccountName: web
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
      containers:
        - name: app
          image: ghcr.io/example/app:1.2
          resources: {limits: {memory: 1Gi}}
"""
VALUES = "web:\n  replicaCount: 1\n  image: {repository: a, tag: 1.2.3}\n  ingress: {host: a.example.com}\n"


def _assessed(before: str | None, after: str | None, path: str = "apps/web.yaml") -> tuple[Risk, tuple[str, ...]]:
    change = FileChange(path=path, before=before.encode() if before else None, after=after.encode() if after else None)
    verdict = judge_change([change])
    return verdict.risk, tuple(reason.sentence for reason in verdict.reasons)


@pytest.mark.parametrize(
    ("old", "new", "risk", "reason"),
    [
        ("replicas: 2", "replicas: 3", Risk.LOW, "It changes nothing but how much a workload gets."),
        ("memory: 1Gi", "memory: 2Gi", Risk.LOW, "It changes nothing but how much a workload gets."),
        ("replicas: 2", "replicas: 0", Risk.MEDIUM, "It stops Deployment media/web."),
        ("replicas: 2", "replicas: 30", Risk.MEDIUM, "It starts many pods of Deployment media/web."),
        ("app:1.2", "app:1.3", Risk.MEDIUM, "It runs another version of Deployment media/web."),
        ("claimName: data", "claimName: more", Risk.MEDIUM, "It changes the storage of Deployment media/web."),
        (
            "note: a",
            "note: b",
            Risk.MEDIUM,
            "It changes spec.template.metadata.annotations.note of Deployment media/web.",
        ),
        (
            "serviceAccountName: web",
            "serviceAccountName: admin",
            Risk.HIGH,
            "It changes the rights of Deployment media/web.",
        ),
    ],
)
def test_what_changes_decides(old: str, new: str, risk: Risk, reason: str) -> None:
    assert _assessed(WEB, WEB.replace(old, new)) == (risk, (reason,))


def test_where_it_changes_decides() -> None:
    traefik = WEB.replace("namespace: media", "namespace: traefik")

    assert _assessed(traefik, traefik.replace("replicas: 2", "replicas: 3")) == (
        Risk.HIGH,
        ("Other things stand on what runs in traefik.",),
    )


def test_taking_something_away_is_high_and_says_what() -> None:
    risk, reasons = _assessed(WEB, None)

    assert risk is Risk.HIGH
    assert reasons == ("It deletes apps/web.yaml.", "It removes Deployment media/web.")


def test_something_new_is_medium() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"

    assert _assessed(None, service) == (Risk.MEDIUM, ("It adds Service web.",))


def test_what_reaches_beyond_one_application_is_high() -> None:
    policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n"

    assert _assessed(None, policy)[0] is Risk.HIGH


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        ("replicaCount: 1", "replicaCount: 2", Risk.LOW),
        ("tag: 1.2.3", "tag: 1.2.4", Risk.MEDIUM),
        ("host: a", "host: b", Risk.MEDIUM),
    ],
)
def test_helm_values_are_weighed_by_their_names(old: str, new: str, risk: Risk) -> None:
    assert _assessed(VALUES, VALUES.replace(old, new), "apps/web/values.yaml")[0] is risk


def test_the_gravest_reason_comes_first() -> None:
    after = WEB.replace("app:1.2", "app:1.3").replace("serviceAccountName: web", "serviceAccountName: admin")

    assert _assessed(WEB, after) == (
        Risk.HIGH,
        (
            "It changes the rights of Deployment media/web.",
            "It runs another version of Deployment media/web.",
        ),
    )


def test_a_volume_that_grows_is_no_small_thing_wherever_its_size_stands() -> None:
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: media}\n"
    claim += "spec: {resources: {requests: {storage: 1Gi}}}\n"
    assert _assessed(claim, claim.replace("1Gi", "2Gi")) == (
        Risk.MEDIUM,
        ("It changes the storage of PersistentVolumeClaim media/data.",),
    )
