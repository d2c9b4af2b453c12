"""Charts and volumes that are asked for by their own names, and sentences that two languages can read."""

from functools import lru_cache

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, Incomplete, InputInvalid
from assistant_core.gitops import Index
from assistant_core.models.change import ChangePlan
from assistant_core.models.plan import SetChartVersion, SetImage, SetStorage
from assistant_core.models.repository import Snapshot

from .conftest import spoken

_FILES = {
    "charts/shelf/Chart.yaml": "name: shelf\ndependencies:\n"
    "- {name: app-template, alias: reading, version: 5.0.1, repository: 'https://one.example'}\n"
    "- {name: shelf, version: 1.2.0, repository: 'https://two.example'}\n",
    "charts/shelf/values.yaml": "reading:\n  fullnameOverride: reader\n  controllers:\n    reader:\n      containers:\n"
    "        app: {image: {repository: acme/reader, tag: 2.35.0}}\n"
    "        backup: {image: {repository: acme/backup, tag: 2.35.0}}\n"
    "  persistence:\n    tales: {size: 5Gi}\n"
    "shelf:\n  server: {replicaCount: 1}\n  worker: {replicaCount: 1}\n",
}


@lru_cache
def _index() -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in _FILES.items()}))


def _planned(words: str) -> ChangePlan | str | None:
    try:
        return plan_by_sentences(words, _index(), [spoken("en"), spoken("de")])
    except InputInvalid as error:
        return str(error)


def test_a_chart_is_called_by_its_name_beside_the_app() -> None:
    plan = _planned("upgrade app-template for reader to 5.1.0")
    assert isinstance(plan, SetChartVersion)
    assert (plan.name, plan.version) == ("reader", "5.1.0")


def test_of_several_charts_in_one_the_update_is_for_the_one_of_that_name() -> None:
    assert _planned("upgrade shelf to 1.3.0") == SetChartVersion(name="shelf", version="1.3.0")


@pytest.mark.parametrize("words", ["grow tales to 20Gi", "increase the tales volume to 20Gi"])
def test_a_volume_is_called_by_its_name_where_no_workload_is(words: str) -> None:
    assert _planned(words) == SetStorage(name="reader", volume="tales", size="20Gi")


def test_an_unknown_name_is_read_in_the_language_that_leaves_least_over() -> None:
    answer = _planned("aktualisiere novels auf 2.0.1")
    assert isinstance(answer, str)
    assert answer.startswith("No workload in the repository is called 'novels'.")


def test_two_that_are_joined_are_no_setting_of_each_other() -> None:
    assert _planned("update reader and its backup to 2.36.0") is None
    assert isinstance(_planned("update the backup container of reader to 2.36.0"), SetImage)


def test_a_version_for_one_part_is_its_chart_s_only_where_it_is_near() -> None:
    answer = _planned("update the shelf server to 2.4.0")
    assert isinstance(answer, str)
    assert "Say whether the chart or the image shall be 2.4.0." in answer
    assert _planned("update the shelf server to 1.3.0") == SetChartVersion(name="shelf-server", version="1.3.0")
    assert _planned("update shelf to 2.0.0") == SetChartVersion(name="shelf", version="2.0.0")


def test_a_version_of_what_tells_none_is_asked_for() -> None:
    config = "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: traefik, namespace: kube-system}\n"
    config += "spec:\n  valuesContent: |-\n    deployment:\n      replicas: 1\n"
    index = Index.of(Snapshot(commit="c" * 40, files={"traefik.yaml": config.encode()}))
    with pytest.raises(Incomplete, match="tell no version, neither of its chart nor of its image"):
        plan_by_sentences("update traefik to 32.0.0", index, [spoken("en")])
    plan = plan_by_sentences("set the image tag of traefik to v3.2.0", index, [spoken("en")])
    assert plan == SetImage(name="traefik", tag="v3.2.0")


def _of_bundled_chart(words: str) -> ChangePlan | None:
    config = "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: traefik, namespace: kube-system}\n"
    config += "spec:\n  valuesContent: |-\n    image:\n      tag: v3.1.4\n"
    index = Index.of(Snapshot(commit="c" * 40, files={"traefik.yaml": config.encode()}))
    return plan_by_sentences(words, index, [spoken("en")])


def test_a_version_far_beyond_the_tag_may_be_that_of_a_chart_whose_version_no_file_tells() -> None:
    with pytest.raises(AmbiguousWorkload, match="the image tag or the chart version can be meant"):
        _of_bundled_chart("update traefik to 32.1.0")
    assert _of_bundled_chart("update traefik to 4.0.0") == SetImage(name="traefik", tag="v4.0.0")


def test_a_version_far_beyond_the_tag_is_the_image_s_where_the_chart_lies_in_the_repository() -> None:
    files = {
        "charts/web/Chart.yaml": "name: web\nversion: 0.1.0\n",
        "charts/web/values.yaml": "image: {repository: acme/web, tag: 3.1.4}\n",
        "charts/web/templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  template: {spec: {containers: [{name: web, "
        "image: '{{ .Values.image.repository }}:{{ .Values.image.tag }}'}]}}\n",
    }
    index = Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))
    assert plan_by_sentences("update web to 32.1.0", index, [spoken("en")]) == SetImage(name="web", tag="32.1.0")
