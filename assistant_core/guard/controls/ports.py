"""Ports are numbers that exist, under names that Kubernetes takes."""

from collections.abc import Iterator
import re

from ..control import Breach, ObjectControl
from ..objects import KubernetesObject
from ..shape import named, shown, value

_MAX = 65_535
_NAME = re.compile(r"(?=[a-z0-9-]{1,15}$)(?=[0-9-]*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
"""A service name as RFC 6335 has it."""


def _judge(found: KubernetesObject) -> Iterator[Breach]:
    pod = found.pod
    for container in pod.containers if pod else ():
        for place, port in named(container.spec, "ports"):
            path = f"{container.path}.ports{place}"
            yield from _number(path, "containerPort", port)
            if (name := value(port, "name")) is not None and not _is_name(name):
                yield Breach(where=f"{path}.name", message=_name_message(name), value=name)
    if found.kind == "Service":
        for place, port in named(found.content, "spec", "ports"):
            path = f"spec.ports{place}"
            yield from _number(path, "port", port)
            yield from _number(path, "nodePort", port)
            target = value(port, "targetPort")
            if isinstance(target, str) and not _is_name(target):
                yield Breach(where=f"{path}.targetPort", message=_name_message(target), value=target)
            elif not isinstance(target, str):
                yield from _number(path, "targetPort", port)


def _number(path: str, field: str, port: object) -> Iterator[Breach]:
    found = value(port, field)
    if isinstance(found, int) and not isinstance(found, bool) and not 1 <= found <= _MAX:
        yield Breach(
            where=f"{path}.{field}", message=f"A port is a number from 1 to {_MAX}, not {shown(found)}.", value=found
        )


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _name_message(name: object) -> str:
    return f"{shown(name)} is no name of a port: up to 15 small letters, digits and single hyphens, with a letter."


CONTROL = ObjectControl(rule="ports", judge=_judge)
