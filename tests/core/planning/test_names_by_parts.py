"""People name things by parts: what it belongs to, and what it does."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, UnknownWorkload
from assistant_core.gitops import Index, apply
from assistant_core.models.repository import Snapshot

from .conftest import deployment, spoken

JOB = """apiVersion: batch/v1
kind: CronJob
metadata: {name: NAME, namespace: dns}
spec:
  schedule: 30 3 * * *
  jobTemplate:
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: restic, image: 'acme/restic:1.0'}]}}}
"""
CLUSTER = """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: postgres, namespace: databases}
spec: {instances: 2}
"""
FILES = {
    "dns.yaml": deployment("adguard", "dns"),
    "job.yaml": JOB.replace("NAME", "adguard-restic-backup"),
    "code.yaml": deployment("coder", "code"),
    "data.yaml": deployment("coder-postgres", "code"),
    "dump.yaml": deployment("coder-postgres-exporter", "code"),
    "voice.yaml": deployment("home-assistant-voice", "home"),
    "photos.yaml": deployment("server", "photos"),
    "cache.yaml": deployment("photos-redis", "photos"),
}


def _index(**more: str) -> Index:
    files = FILES | {f"{name}.yaml": text for name, text in more.items()}
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))


def _changed(words: str, language: str = "en", **more: str) -> str:
    index = _index(**more)
    plan = plan_by_sentences(words, index, [spoken("en"), spoken("de")] if language == "en" else [spoken(language)])
    target = apply(plan, index).target if plan else None
    return f"{target.namespace}/{target.name}" if target else ""


@pytest.mark.parametrize(
    ("words", "workload"),
    [
        ("suspend the adguard backup", "dns/adguard-restic-backup"),
        ("pause the backup of adguard", "dns/adguard-restic-backup"),
        ("suspend adguard's backup", "dns/adguard-restic-backup"),
        ("update the adguard backup to 1.1", "dns/adguard-restic-backup"),
        ("restart the coder database", "code/coder-postgres"),
        ("update the coder db to 10.9.7", "code/coder-postgres"),
        ("scale the database of coder to 0", "code/coder-postgres"),
        ("restart the photos cache", "photos/photos-redis"),
        ("restart coder", "code/coder"),
        ("restart the photos server", "photos/server"),
        ("scale the photos servers to 2", "photos/server"),
    ],
)
def test_a_workload_is_named_by_its_parts(words: str, workload: str) -> None:
    assert _changed(words) == workload


def test_so_it_is_in_german() -> None:
    assert _changed("starte die Coder-Datenbank neu", "de") == "code/coder-postgres"
    assert _changed("pausiere das Backup von adguard", "de") == "dns/adguard-restic-backup"


def test_what_several_are_called_by_parts_is_asked() -> None:
    with pytest.raises(AmbiguousWorkload) as raised:
        _changed("suspend the adguard backup", more=JOB.replace("NAME", "adguard-s3-backup"))
    assert raised.value.candidates == ("dns/adguard-restic-backup", "dns/adguard-s3-backup")


def test_what_is_called_only_alike_is_not_meant() -> None:
    with pytest.raises(UnknownWorkload, match="Did you mean home-assistant-voice"):
        _changed("restart home assistant")
    assert not _changed("restart the photos database")


def test_a_database_of_an_operator_is_meant_before_a_container_of_that_name() -> None:
    other = deployment("wiki-db", "wiki").replace("name: wiki-db\n", "name: postgres\n")
    assert _changed("scale postgres to 3", postgres=CLUSTER, other=other) == "databases/postgres"


def test_the_kind_at_the_end_of_a_name_is_no_part_of_it() -> None:
    files = {each: deployment(f"{each}-deployment", "wiki") for each in ("wiki", "mysql")}
    named = {each: text.replace("{name: ", "{labels: {app: wiki}, name: ", 1) for each, text in files.items()}
    assert _changed("update wiki to 10.9.7", **named) == "wiki/wiki-deployment"
    assert _changed("restart the wiki database", **named) == "wiki/mysql-deployment"


def test_a_container_names_what_has_the_volume() -> None:
    text = deployment("sky-radio", "sky").replace("- name: sky-radio", "- name: receiver")
    volumes = "      volumes: [{name: logs, persistentVolumeClaim: {claimName: sky-logs}}]\n      containers:"
    claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: sky-logs, namespace: sky}\n"
    text = text.replace("      containers:", volumes)
    text += f"{claim}spec: {{resources: {{requests: {{storage: 1Gi}}}}}}\n"
    assert _changed("grow the logs volume of receiver to 2Gi", sky=text) == "sky/sky-radio"


def test_what_kustomize_puts_before_a_name_need_not_be_said() -> None:
    files = {
        "live/kustomization.yaml": "resources: [shop.yaml]\nnamespace: production\nnamePrefix: p-\n",
        "live/shop.yaml": deployment("shop", "production"),
    }
    index = Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))
    plan = plan_by_sentences("scale the production shop to 3", index, [spoken("en")])
    assert plan
    assert apply(plan, index).target.name == "p-shop"
