"""Of several images, the one that an update is for: by the container that is named, or by what may follow its tag."""

from functools import lru_cache

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import InputInvalid
from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetChartVersion, SetImage
from assistant_core.models.repository import Snapshot

from .conftest import spoken

_FILES = {
    "apps/dns.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: dns, namespace: net}
spec:
  selector: {matchLabels: {app: dns}}
  template:
    metadata: {labels: {app: dns}}
    spec:
      initContainers:
        - {name: dns-init, image: 'busybox:1.37.0'}
      containers:
        - {name: dns-home, image: 'acme/dns:v0.107.73'}
        - {name: dns-exporter, image: 'acme/exporter:v2.0.8'}
""",
    "argocd/records.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: records, namespace: argocd}
spec:
  destination: {namespace: net}
  source:
    repoURL: https://charts.example
    chart: external-dns
    targetRevision: 1.21.1
    helm:
      valuesObject:
        provider: {name: webhook, webhook: {image: {repository: acme/hook, tag: 906a956337f4}}}
""",
}


@lru_cache
def _index() -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in _FILES.items()}))


def _planned(words: str) -> ChangePlan | str | None:
    try:
        return plan_by_sentences(words, _index(), [spoken("en")])
    except InputInvalid as error:
        return str(error)


@pytest.mark.parametrize(
    ("words", "plan"),
    [
        ("update dns to 0.107.74", SetImage(name="dns", container="dns-home", tag="v0.107.74")),
        ("update dns to v2.1.0", SetImage(name="dns", container="dns-exporter", tag="v2.1.0")),
        ("update dns to v3.0.0", SetImage(name="dns", tag="v3.0.0")),
        ("update the dns exporter to 2.0.9", SetImage(name="dns-exporter", tag="v2.0.9")),
        ("update dns-init to 1.38.0", SetImage(name="dns-init", tag="1.38.0")),
        ("bump records to 1.22.0", SetChartVersion(name="records", version="1.22.0")),
        ("update the webhook of records to 123abc456", SetImage(name="records", container="webhook", tag="123abc456")),
    ],
)
def test_an_update_is_for_the_image_that_it_fits(words: str, plan: ChangePlan) -> None:
    assert _planned(words) == plan


def test_the_version_of_a_chart_is_no_tag_of_what_it_runs() -> None:
    files = {
        "shop/Chart.yaml": "name: shop\ndependencies:\n- {name: pgsql, version: 1.4.0, repository: 'oci://charts'}\n"
        "- {name: cart, version: 2.0.0, repository: 'oci://charts'}\n",
        "shop/values.yaml": "pgsql: {instances: 2, imageName: 'acme/postgresql:17.6'}\n",
    }
    index = Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))
    plan = plan_by_sentences("update pgsql to 1.5.0", index, [spoken("en")])
    assert plan == SetChartVersion(name="pgsql", version="1.5.0")
    plan = plan_by_sentences("update pgsql to 17.7", index, [spoken("en")])
    assert plan == SetImage(name="pgsql", tag="17.7")


def test_what_runs_before_the_app_has_no_version_of_it() -> None:
    release = _FILES["argocd/records.yaml"].replace("external-dns", "saver")
    values = "initContainers: [{name: plugin, image: 'acme/plugin:v1.12.2'}]"
    release = release.replace(release[release.index("provider:") :], f"{values}\n").replace("1.21.1", "v1.21.1")
    index = Index.of(Snapshot(commit="c" * 40, files={"argocd/records.yaml": release.encode()}))
    for words in ("upgrade records to 1.22.0", "upgrade records to v1.22.0"):
        plan = plan_by_sentences(words, index, [spoken("en")])
        assert plan == SetChartVersion(name="records", version="v1.22.0")
    plan = plan_by_sentences("update plugin to 1.13.0", index, [spoken("en")])
    assert plan == SetImage(name="plugin", tag="v1.13.0")
