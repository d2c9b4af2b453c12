"""CPU, memory and storage are quantities that Kubernetes reads, requests no larger than limits."""

from collections.abc import Iterator

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..quantities import quantity
from ..shape import mapping, named, plain, shown, value


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    if (pod := found.pod) is not None:
        for container in pod.containers:
            yield from _resources(f"{container.path}.resources", mapping(container.spec, "resources"))
        for place, volume in named(pod.spec, "volumes"):
            limit = value(volume, "emptyDir", "sizeLimit")
            if limit is not None and quantity(limit) is None:
                yield _unreadable(f"{pod.path}.volumes{place}.emptyDir.sizeLimit", limit)
    if found.kind == "PersistentVolumeClaim":
        yield from _resources("spec.resources", mapping(found.content, "spec", "resources"))
    for place, claim in named(found.content, "spec", "volumeClaimTemplates"):
        path = f"spec.volumeClaimTemplates{place}.spec.resources"
        yield from _resources(path, mapping(claim, "spec", "resources"))


def _resources(path: str, resources: object) -> Iterator[Breach]:
    for group in ("limits", "requests"):
        for name, found in mapping(resources, group).items():
            number = quantity(found)
            if number is None:
                yield _unreadable(f"{path}.{group}.{plain(name)}", found)
            elif number < 0:
                yield Breach(where=f"{path}.{group}.{plain(name)}", message="A quantity is not negative.", value=found)
            elif name in ("memory", "storage") and 0 < number < 1:
                yield Breach(
                    where=f"{path}.{group}.{plain(name)}",
                    message=f"{shown(found)} is less than a byte: m means thousandths, Mi means mebibytes.",
                    value=found,
                )
    for name, found in mapping(resources, "requests").items():
        limit = mapping(resources, "limits").get(name)
        asked, most = quantity(found), quantity(limit)
        if asked is not None and most is not None and asked > most:
            yield Breach(
                where=f"{path}.requests.{plain(name)}",
                message=f"The request {shown(found)} is larger than the limit {shown(limit)}.",
                value=[found, limit],
            )


def _unreadable(where: str, found: object) -> Breach:
    return Breach(where=where, message=f"{shown(found)} is no quantity; write it like 500m or 2Gi.", value=found)


CONTROL = ObjectControl(rule="quantities", judge=_judge)
