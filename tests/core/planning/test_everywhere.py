"""Wishes for several clusters or environments at once, and environments that are called like words."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import SeveralChanges
from assistant_core.gitops import Index
from assistant_core.models.plan import SetEnv, SetReplicas, SetResources
from assistant_core.models.repository import Snapshot

from .conftest import Planned, deployment, homelab, spoken


def _environments(*names: str) -> Index:
    files = {"base/kustomization.yaml": "resources: [dash.yaml]\n", "base/dash.yaml": deployment("dash", "web")}
    for each in names:
        files[f"clusters/{each}.yaml"] = (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata: {{name: apps-{each}, namespace: flux-system}}\nspec: {{path: ./apps/{each}}}\n"
        )
        files[f"apps/{each}/kustomization.yaml"] = "resources: [../../base]\n"
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))


@pytest.mark.parametrize(
    ("language", "words", "sentence"),
    [
        ("en", "scale dash to 3 in both clusters", "scale dash to 3 in {}"),
        ("en", "restart dash everywhere", "restart dash in {}"),
        ("en", "set dash to 3 replicas in every environment", "set dash to 3 replicas in {}"),
        ("en", "scale dash in a and b to 3", "scale dash in {} to 3"),
        ("de", "skaliere dash in beiden Clustern auf 3", "skaliere dash in {} auf 3"),
        ("de", "starte dash überall neu", "starte dash in {} neu"),
    ],
)
def test_each_place_is_one_change(language: str, words: str, sentence: str) -> None:
    with pytest.raises(SeveralChanges) as raised:
        plan_by_sentences(words, _environments("a", "b"), [spoken(language)])
    assert raised.value.candidates == (sentence.format("a"), sentence.format("b"))


def test_namespaces_are_places_too() -> None:
    with pytest.raises(SeveralChanges) as raised:
        plan_by_sentences("scale web to 3 in all namespaces", homelab(), [spoken("en")])
    assert raised.value.candidates == ("scale web to 3 in blue", "scale web to 3 in green")


def test_only_the_places_that_were_named_are_offered() -> None:
    with pytest.raises(SeveralChanges) as raised:
        plan_by_sentences("scale dash to 3 in lab and nas", _environments("lab", "nas", "pi"), [spoken("en")])
    assert raised.value.candidates == ("scale dash to 3 in lab", "scale dash to 3 in nas")


def test_an_environment_may_be_called_like_an_article() -> None:
    index = _environments("a", "b")
    given = SetResources(name="dash", namespace="a", memory_limit="1Gi")
    assert plan_by_sentences("give dash in a a gig of memory", index, [spoken("en")]) == given
    assert plan_by_sentences("scale dash in the a cluster to 3", index, [spoken("en")]) == SetReplicas(
        name="dash", namespace="a", replicas=3
    )


def test_one_environment_is_named_as_a_namespace_is(planned: Planned, geplant: Planned) -> None:
    plan = SetReplicas(name="web", namespace="blue", replicas=3)
    assert planned("scale web in the blue environment to 3") == plan
    assert geplant("skaliere web in der blue-Umgebung auf 3") == plan
    assert geplant("skaliere web in der Umgebung blue auf 3") == plan
    variable = planned("set the environment variable TZ of sonarr to Europe/Berlin")
    assert variable == SetEnv(name="sonarr", variable="TZ", value="Europe/Berlin")
