"""A new app is reached as the others of the home are: the class of its Ingress, its certificate, or a gateway."""

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from assistant_core.gitops.operations import Edit
from assistant_core.models.plan import AddApp, ChangePlan

type Apply = Callable[[Mapping[str, str], ChangePlan], Edit]

NEW = AddApp(name="new", template="web", namespace="home", image="x/new:v2", port=9000, host="new.home.arpa")


def _app(name: str, more: str = "") -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: home}}\nspec:\n"
        f"  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec: {{containers: [{{name: {name}, image: '{name}:1'}}]}}\n{more}"
    )


def _ingress(name: str, more: str = "ingressClassName: inner", issuer: str = "letters") -> str:
    return (
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata: {{name: {name}, namespace: home, annotations: {{cert-manager.io/cluster-issuer: {issuer}}}}}\n"
        f"spec: {{{more}}}\n"
    )


def _route(name: str, namespace: str = ", namespace: net") -> str:
    return (
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
        f"metadata: {{name: {name}, namespace: home}}\nspec: {{parentRefs: [{{name: door{namespace}}}]}}\n"
    )


def _release(name: str, values: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\nspec:\n  destination: {{namespace: home}}\n"
        "  source:\n    repoURL: https://charts.example.com\n    chart: some\n    targetRevision: 1.0.0\n"
        f"    helm: {{valuesObject: {{{values}}}}}\n"
    )


def _made(edit: Apply, *apps: str) -> dict[str, Any]:
    """What leads to a new app beside these."""
    files = {f"apps/{number}/{number}.yaml": text for number, text in enumerate((_app("a"), _app("b"), *apps))}
    (made,) = edit(files, NEW).files
    *_, found = yaml.safe_load_all(made.after or b"")
    return {"kind": found["kind"], "annotations": found["metadata"].get("annotations"), **found["spec"]}


def test_an_ingress_has_the_class_and_the_certificate_of_most_others(edit: Apply) -> None:
    made = _made(edit, _app("c", _ingress("c")), _app("d", _ingress("d")), _app("e", _ingress("e", "", "own")))
    assert made["ingressClassName"] == "inner"
    assert made["annotations"] == {"cert-manager.io/cluster-issuer": "letters"}
    assert made["tls"] == [{"hosts": ["new.home.arpa"], "secretName": "new-tls"}]


def test_what_is_not_usual_is_left_open(edit: Apply) -> None:
    for apps in ([], [_app("c", _ingress("c")), _app("d", _ingress("d", "", "own"))]):
        made = _made(edit, *apps)
        assert made["kind"] == "Ingress"
        assert made["annotations"] is None
        assert made.keys().isdisjoint({"ingressClassName", "tls"})


def test_an_ingress_of_a_chart_counts_and_one_that_is_filled_in_later_is_not_taken_over(edit: Apply) -> None:
    values = "ingress: {main: {className: inner, annotations: {cert-manager.io/cluster-issuer: '${ISSUER}'}}}"
    made = _made(edit, _release("c", values), _release("d", "ingress: {enabled: false, className: outer}"))
    assert made["ingressClassName"] == "inner"
    assert made["annotations"] is None


def test_where_the_others_have_routes_to_a_gateway_a_new_app_has_one(edit: Apply) -> None:
    route = "route: {main: {hostnames: [c.home.arpa], parentRefs: [{name: door, namespace: net}]}}"
    for apps in ([_app("c", _route("c"))], [_release("c", route)]):
        made = _made(edit, *apps)
        assert made["kind"] == "HTTPRoute"
        assert made["parentRefs"] == [{"name": "door", "namespace": "net"}]
        assert made["hostnames"] == ["new.home.arpa"]
        assert made["rules"] == [{"backendRefs": [{"name": "new", "port": 9000}]}]
    assert _made(edit, _app("c", _route("c", "")))["kind"] == "Ingress"


def test_a_route_that_only_redirects_does_not_count(edit: Apply) -> None:
    redirect = (
        _route("c-plain")
        .replace("name: door", "name: hall")
        .replace("}]}\n", "}], rules: [{filters: [{type: RequestRedirect}]}]}\n")
    )
    assert _made(edit, _app("c", _route("c") + redirect))["parentRefs"] == [{"name": "door", "namespace": "net"}]
