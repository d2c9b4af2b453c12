"""A change lets kustomize fetch nothing from elsewhere, run no plugin and move nothing to another namespace."""

from collections.abc import Iterator

from ..control import Breach, ChangeControl, ObjectChange
from ..delivery import Trust, is_kustomization, is_remote, repository, routes
from ..policy import Policy

_PLUGINS = ("generators", "transformers", "validators", "openapi")


def _judge(change: ObjectChange, _policy: Policy, trust: Trust) -> Iterator[Breach]:
    if change.after is None or not is_kustomization(change.after):
        return
    before = routes(change.before) if change.before else {}
    known = {(_list_of(where), leaf) for where, leaf in before.items() if isinstance(leaf, str)}
    for where, leaf in routes(change.after).items():
        field = _list_of(where)
        if isinstance(leaf, str) and (field, leaf) in known:
            continue
        if field == "namespace" and change.before is not None:
            yield Breach(where=where, message="This moves everything here to another namespace; change it by hand.")
        elif field in _PLUGINS:
            yield Breach(where=where, message="This may run programs while building; add it by hand.")
        elif field == "helmCharts" and repository(leaf) not in trust.repositories:
            yield Breach(where=where, message="Nothing here gets a chart from that repository yet.")
        elif field != "helmCharts" and is_remote(leaf):
            yield Breach(where=where, message="This is fetched from elsewhere; add it by hand.")


def _list_of(where: str) -> str:
    return where.partition("[")[0].partition(".")[0]


CONTROL = ChangeControl(rule="kustomizations", judge=_judge)
