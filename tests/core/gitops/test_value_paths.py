"""Paths of values as people write them: quotes, brackets, dots that belong to a name."""

from collections.abc import Callable, Mapping
import time

import pytest

from assistant_core.errors import Incomplete, InputInvalid
from assistant_core.models.plan import ChangePlan, SetValue

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]

FILES = {
    "web.yaml": """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  source:
    repoURL: https://charts.example
    chart: strange
    targetRevision: 1.0.0
    helm:
      valuesObject:
        podAnnotations:
          metrics.example/scrape: "false"
          other: "no"
        ingress: {main: {host: a.example}}
        ports: {"8080": web}
  destination: {namespace: home}
"""
}
OLD = '          metrics.example/scrape: "false"'


@pytest.mark.parametrize(
    "path",
    [
        "podAnnotations.metrics.example/scrape",
        "podAnnotations[metrics.example/scrape]",
        "podAnnotations['metrics.example/scrape']",
        'podAnnotations."metrics.example/scrape"',
        r"podAnnotations.metrics\.example/scrape",
        "$.podAnnotations.metrics.example/scrape",
        ".podAnnotations.metrics.example/scrape",
        "values.podAnnotations.metrics.example/scrape",
        "spec.source.helm.valuesObject.podAnnotations.metrics.example/scrape",
    ],
)
def test_a_name_with_dots_is_found_however_it_is_written(path: str, changed: Changed) -> None:
    assert changed(FILES, SetValue(name="web", path=path, value="true")) == [
        "web.yaml",
        f"-{OLD}",
        f"+{OLD.replace('false', 'true')}",
    ]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("podAnnotations.dns.example/name", '+          dns.example/name: "1"'),
        ("podAnnotations[dns.example/name]", '+          dns.example/name: "1"'),
        ("podAnnotations.'dns.example/name'", '+          dns.example/name: "1"'),
        (r"podAnnotations.dns\.example/name", '+          dns.example/name: "1"'),
        ("podAnnotations.app/name", '+          app/name: "1"'),
        ("ingress.main.annotations.dns.example/name",
         '+        ingress: {main: {host: a.example, annotations: {dns.example/name: "1"}}}'),
        ("ports.'9090'", '+        ports: {"8080": web, "9090": "1"}'),
    ],
)  # fmt: skip
def test_a_new_name_with_dots_is_one_key(path: str, line: str, changed: Changed) -> None:
    assert changed(FILES, SetValue(name="web", path=path, value="1"))[-1] == line


@pytest.mark.parametrize(
    "path",
    ["podAnnotations/other", "ingress.main.dns.example/name", "a.", "a[", "a..b", "'a", "'a'..'b'", "a[']", "..."],
)
def test_what_may_mean_several_keys_is_no_path(path: str, changed: Changed) -> None:
    with pytest.raises(InputInvalid, match="is no path of keys"):
        changed(FILES, SetValue(name="web", path=path, value="1"))


@pytest.mark.parametrize("path", ["metadata.annotations.app/name", "spec.source.helm.skipCrds", "kind"])
def test_what_objects_have_is_no_value_of_a_chart(path: str, changed: Changed) -> None:
    with pytest.raises(Incomplete, match="in the values of its chart, where paths begin"):
        changed(FILES, SetValue(name="web", path=path, value="1"))


@pytest.mark.parametrize("path", ["'a'." * 49 + "..", "['a']" * 39 + "x[", "\\." * 99 + "["])
def test_no_path_takes_long_to_be_refused(path: str, changed: Changed) -> None:
    began = time.monotonic()
    with pytest.raises(InputInvalid):
        changed(FILES, SetValue(name="web", path=path, value="1"))
    assert time.monotonic() - began < 1
