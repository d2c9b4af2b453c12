"""The HelmCharts of k3s and RKE2, and the HelmChartConfigs that set more values of them."""

from collections.abc import Iterator
import posixpath

from ..model import ChartVersion, Deployed, Layer, Release
from ..text import Spot, Unreadable, values
from .files import Files, get, mapping, word
from .kustomize import patches
from .selecting import selects

API = "helm.cattle.io"
_VALUES = ("spec", "valuesContent")


def helm_charts(files: Files, found: list[Deployed]) -> Iterator[Release]:
    """Every HelmChart with its values; a config without one is for a chart that k3s brings along, such as traefik.

    Of a chart with `set`, which wins over all values, only the version counts; what overlays patch is left out.
    """
    known = [each for each in found if each.api.startswith(f"{API}/") and not _is_patched(files, each)]
    charts = [each for each in known if each.kind == "HelmChart"]
    configs = [each for each in known if each.kind == "HelmChartConfig"]
    for each in charts:
        own = [one for one in configs if _name(one) == _name(each)]
        yield _release(each, [] if mapping(each.data, "spec", "set") else [*own, each])
    named = {_name(each) for each in charts}
    yield from (_release(each, [each]) for each in configs if _name(each) not in named)


def _release(found: Deployed, layered: list[Deployed]) -> Release:
    version = None
    if word(found.data, "spec", "version"):
        spot = Spot(found.document, (*found.keys, "spec", "version"))
        version = ChartVersion(path=found.path, spot=spot, value=word(found.data, "spec", "version"))
    return Release(
        kind=found.kind,
        name=found.name,
        namespace=word(found.data, "spec", "targetNamespace") or found.namespace,
        chart=posixpath.basename(word(found.data, "spec", "chart")) or found.name,
        path=found.path,
        document=found.document,
        layers=tuple(layer for each in layered for layer in _layers(each)),
        version=version,
        source=found,
        owner=found.owner,
    )


def _layers(found: Deployed) -> Iterator[Layer]:
    text = get(found.data, *_VALUES)
    if not isinstance(text, str):
        return
    try:
        documents = values(text.encode())
    except Unreadable:
        return
    if len(documents) == 1 and isinstance(documents[0], dict):
        spot = Spot(found.document, (*found.keys, *_VALUES), ())
        yield Layer(path=found.path, spot=spot, data=documents[0])


def _name(found: Deployed) -> tuple[str, str, str]:
    return found.owner.cluster if found.owner else "", found.namespace, found.name


def _is_patched(files: Files, found: Deployed) -> bool:
    return any(
        selects(target, content, found)
        for overlay in found.overlays
        for _, _, content, target in patches(files, overlay)
    )
