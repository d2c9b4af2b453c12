"""How the apps of a home are reached, so that a new one is reached alike."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..index import Index
from ..knobs.stack import merged
from ..layouts.files import entries, leaves, mapping, word

_CLASS = "kubernetes.io/ingress.class"
_ISSUER = "cert-manager.io/cluster-issuer"
_CLASSES = ("className", "ingressClassName")
_FILLED_IN = ("$", "{{")


def like_others(index: Index, objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The objects of a new app with its Ingress as most others are, or an HTTPRoute where most have one."""
    return [_alike(index, each, objects) if each["kind"] == "Ingress" else each for each in objects]


def _alike(index: Index, ingress: dict[str, Any], objects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ingresses, parents = list(_ingresses(index)), list(_parents(index))
    if len(parents) > len(ingresses) and (usual := _usual([repr(each) for each in parents])):
        return _route(ingress, objects, next(each for each in parents if repr(each) == usual))
    name = _usual([name for name, _ in ingresses])
    issuer = _usual([issuer for _, issuer in ingresses])
    host = ingress["spec"]["rules"][0]["host"]
    secret = f"{ingress['metadata']['name']}-tls"
    return {
        **ingress,
        "metadata": ingress["metadata"] | ({"annotations": {_ISSUER: issuer}} if issuer else {}),
        "spec": ({"ingressClassName": name} if name else {})
        | ingress["spec"]
        | ({"tls": [{"hosts": [host], "secretName": secret}]} if issuer else {}),
    }


def _route(ingress: dict[str, Any], objects: Sequence[dict[str, Any]], parents: list[Any]) -> dict[str, Any]:
    service = next(each for each in objects if each["kind"] == "Service")
    backend = {"name": service["metadata"]["name"], "port": service["spec"]["ports"][0]["port"]}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": ingress["metadata"],
        "spec": {
            "parentRefs": parents,
            "hostnames": [ingress["spec"]["rules"][0]["host"]],
            "rules": [{"backendRefs": [backend]}],
        },
    }


def _ingresses(index: Index) -> Iterator[tuple[str, str]]:
    """The class and the issuer of certificates of each Ingress, also of those that charts make."""
    for each in index.deployment.objects:
        if each.kind == "Ingress":
            annotations = mapping(each.data, "metadata", "annotations")
            yield word(each.data, "spec", "ingressClassName") or word(annotations, _CLASS), word(annotations, _ISSUER)
    for found in _in_values(index, "ingress"):
        if found.get("enabled") is not False and any(key in found for key in (*_CLASSES, "annotations", "hosts")):
            annotations = mapping(found, "annotations")
            name = next((word(found, key) for key in _CLASSES if word(found, key)), word(annotations, _CLASS))
            yield name, word(annotations, _ISSUER)


def _parents(index: Index) -> Iterator[list[Any]]:
    """The gateways of each HTTPRoute to an app, also of those that charts make; not those of one namespace alone."""
    routes = [mapping(each.data, "spec") for each in index.deployment.objects if each.kind == "HTTPRoute"]
    for each in (*routes, *_in_values(index, "route")):
        parents = entries(each, "parentRefs") if each.get("enabled") is not False else []
        redirects = any(value == "RequestRedirect" for _, value in leaves(each))
        if parents and not redirects and all(word(one, "namespace") for one in parents):
            yield parents


def _in_values(index: Index, section: str) -> Iterator[Mapping[str, Any]]:
    """The sections of that name in the values of all charts, and what stands by names in them."""
    todo: list[Any] = [merged(each) for each in index.deployment.releases]
    while todo:
        values = todo.pop()
        for key, below in values.items() if isinstance(values, Mapping) else ():
            if key == section and isinstance(below, Mapping):
                yield from (each for each in (below, *below.values()) if isinstance(each, Mapping))
            else:
                todo.append(below)


def _usual(found: Sequence[str]) -> str:
    """What more than half of them have, as it is written; "" where that is nothing, or filled in later."""
    most, count = max(Counter(found).items(), key=lambda each: each[1], default=("", 0))
    return most if 2 * count > len(found) and not any(each in most for each in _FILLED_IN) else ""
