from copy import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant_core.findings import Board, worst
from assistant_core.findings.categories import category_of, severity_of
from assistant_core.findings.merge import error_hashes
from assistant_core.findings.owners import guessed_owner
from assistant_core.findings.subject import subject_id
from assistant_core.models.finding import Category, Finding, Owner, Severity, Source

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def finding(kind: str, name: str, *errors: str, owner: Owner | None = None, source: Source = Source.K8SGPT) -> Finding:
    category, namespace = category_of(kind, errors), "" if kind == "Node" else "media"
    owner = owner or guessed_owner(kind, name)
    return Finding(
        id=subject_id("home", kind, namespace, name, owner),
        cluster="home",
        kind=kind,
        namespace=namespace or None,
        name=name,
        errors=errors,
        explanation="",
        first_seen=NOON,
        owner=owner,
        category=category,
        severity=severity_of(kind, category, errors),
        sources=(source,),
    )


@pytest.mark.parametrize(
    ("kind", "text", "category", "severity"),
    [
        ("Pod", 'Back-off pulling image "x"', Category.IMAGE, Severity.CRITICAL),
        ("Pod", "the last termination reason is Error container=c pod=p", Category.CRASH, Severity.CRITICAL),
        ("Pod", "0/3 nodes are available: 3 Insufficient memory.", Category.SCHEDULING, Severity.CRITICAL),
        ("Pod", "pod has unbound immediate PersistentVolumeClaims", Category.STORAGE, Severity.CRITICAL),
        ("Pod", 'secret "x" not found', Category.CONFIG, Severity.WARNING),
        (
            "PersistentVolumeClaim",
            'storageclass.storage.k8s.io "longhorn" not found',
            Category.STORAGE,
            Severity.CRITICAL,
        ),
        ("Storage/PersistentVolume", "released", Category.STORAGE, Severity.CRITICAL),
        ("Service", "Service has no endpoints, expected label app=x", Category.NETWORK, Severity.WARNING),
        ("Node", "n1 has condition of type DiskPressure, reason R: m", Category.NODE, Severity.WARNING),
        ("Node", "n1 has condition of type Ready, reason KubeletNotReady: m", Category.NODE, Severity.CRITICAL),
        ("Deployment", "Deployment a/b has 1 replicas but 0 are available", Category.OTHER, Severity.CRITICAL),
        ("Deployment", "Deployment a/b has 3 replicas but 2 are available", Category.OTHER, Severity.WARNING),
        ("CronJob", "text", Category.OTHER, Severity.WARNING),
    ],
)
def test_category_and_severity_follow_from_kind_and_text(
    kind: str, text: str, category: Category, severity: Severity
) -> None:
    assert category_of(kind, [text]) is category
    assert severity_of(kind, category, [text]) is severity


@pytest.mark.parametrize(
    ("kind", "name", "owner"),
    [
        ("Pod", "jellyfin-7d9c6b8f5d-x2k4q", Owner("Deployment", "jellyfin")),
        ("Pod", "mosquitto-0", Owner("StatefulSet", "mosquitto")),
        ("Pod", "node-exporter-x2k4q", Owner("DaemonSet", "node-exporter")),
        ("Pod", "backup-29384756-x2k4q", Owner("CronJob", "backup")),
        ("Job", "backup-29384756", Owner("CronJob", "backup")),
        ("ReplicaSet", "jellyfin-7d9c6b8f5d", Owner("Deployment", "jellyfin")),
        ("Pod", "debug", None),
        ("Pod", "home-assistant", None),
        ("Deployment", "app-0", None),
    ],
)
def test_names_tell_who_owns_an_object(kind: str, name: str, owner: Owner | None) -> None:
    assert guessed_owner(kind, name) == owner


def test_all_that_is_said_of_a_workload_is_one_finding() -> None:
    board = Board()
    board.put("1", finding("Deployment", "jellyfin", "0 of 2 pods are ready", source=Source.CHECK))
    board.put("2", finding("Pod", "jellyfin-7d9c6b8f5d-x2k4q", 'Back-off pulling image "x"'))
    board.put("3", finding("Pod", "jellyfin-7d9c6b8f5d-x2k4z", 'Back-off pulling image "x"'))
    [(identity, merged)] = board.drain()
    assert merged is not None
    assert (merged.id, merged.kind, merged.name, merged.namespace) == (identity, "Deployment", "jellyfin", "media")
    assert merged.owner == Owner("Deployment", "jellyfin")
    assert merged.errors == ('Back-off pulling image "x"', "0 of 2 pods are ready")
    assert (merged.category, merged.severity) == (Category.IMAGE, Severity.CRITICAL)
    assert merged.sources == (Source.K8SGPT, Source.CHECK)
    board.put("2", None)
    board.put("3", None)
    [(same, alone)] = board.drain()
    assert same == identity
    assert alone is not None
    assert alone.owner is None
    board.put("1", None)
    assert list(board.drain()) == [(identity, None)]
    assert not board.ids()


def test_another_kind_of_the_same_name_is_another_finding() -> None:
    board = Board()
    board.put("1", finding("Deployment", "jellyfin", "text"))
    board.put("1", finding("Service", "jellyfin", "text"))
    board.put("2", finding("Node", "jellyfin", "text"))
    found = dict(board.drain())
    assert sorted(each.kind for each in found.values() if each) == ["Node", "Service"]
    assert board.ids() == {each.id for each in found.values() if each}


def test_who_owns_a_pod_is_known_better_from_the_pod() -> None:
    board = Board(lambda namespace, pod: Owner("Job", "import") if (namespace, pod) == ("media", "p-0") else None)
    board.put("1", finding("Pod", "p-0", "text"))
    board.put("2", finding("Pod", "q-0", "text"))
    assert sorted((each.kind, each.name) for _, each in board.drain() if each) == [
        ("Job", "import"),
        ("StatefulSet", "q"),
    ]


def test_what_is_said_again_is_no_change() -> None:
    board = Board()
    board.put("1", finding("Node", "k3s-1", "text"))
    list(board.drain())
    board.put("1", finding("Node", "k3s-1", "text"))
    board.put("nobody", None)
    assert list(board.drain()) == []


def test_texts_together_stay_below_4_kib() -> None:
    board = Board()
    for number in range(10):
        board.put(str(number), replace(finding("Node", "k3s-1", f"{number}" + "x" * 4000), explanation="y" * 4000))
    [(_, merged)] = board.drain()
    assert merged is not None
    assert sum(len(text) for text in (*merged.errors, merged.explanation)) <= 4096


def test_the_hash_of_an_error_does_not_count_numbers_and_random_names() -> None:
    first = finding("Pod", "p", "back-off 10s restarting container=a pod=jellyfin-7d9c6b8f5d-x2k4q")
    second = finding("Pod", "p", "back-off 40s restarting container=a pod=jellyfin-55fd8c7b9f-zz2k4")
    third = finding("Pod", "p", "back-off 40s restarting container=b pod=jellyfin-55fd8c7b9f-zz2k4")
    assert error_hashes(first) == error_hashes(second) != error_hashes(third)


def test_the_worst_comes_first() -> None:
    network, image = finding("Service", "a", "no endpoints"), finding("Pod", "b", "ErrImagePull")
    later = replace(image, id="z", first_seen=NOON + timedelta(days=1))
    assert worst([network, later, image]) == [image, later, network]
