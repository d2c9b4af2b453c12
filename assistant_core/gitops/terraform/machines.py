"""The virtual machines of a repository and the places that decide about their hardware.

A resource may take a value from a variable, a local, an entry of its `for_each` or the module call around it: the place
is where the number stands, never where it is used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
import re

from ..model import Unread
from ..text import Unreadable
from .scope import Scope, scopes
from .syntax import Block, Expression, parse

_FIELDS: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "proxmox_virtual_environment_vm": {
        "cores": (("cpu", "cores"),),
        "memory": (("memory", "dedicated"),),
        "disk": (("disk", "size"),),
    },
    "proxmox_virtual_environment_container": {
        "cores": (("cpu", "cores"),),
        "memory": (("memory", "dedicated"),),
        "disk": (("disk", "size"),),
    },
    "proxmox_vm_qemu": {
        "cores": (("cores",), ("cpu", "cores")),
        "memory": (("memory",),),
        "disk": (
            ("disk", "size"),
            ("disks", "scsi", "scsi0", "disk", "size"),
            ("disks", "virtio", "virtio0", "disk", "size"),
        ),
    },
    "proxmox_lxc": {"cores": (("cores",),), "memory": (("memory",),), "disk": (("rootfs", "size"),)},
    "libvirt_domain": {"cores": (("vcpu",),), "memory": (("memory",),)},
}
"""By type of resource: the attribute of each part, by the blocks around it."""

_INTERPOLATION = re.compile(r"\$\{\s*([^{}]+?)\s*\}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its file, the part of the text, and the value as it is written."""

    path: str
    start: int
    end: int
    written: str
    field: str
    shared_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine; `problems` say why a part of it cannot be found, `counted` that there may be several."""

    name: str
    address: str
    path: str
    aliases: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    counted: bool = False


def machines(files: Mapping[str, bytes]) -> tuple[list[Machine], list[Unread]]:
    """Every machine that the Terraform files describe, and the files that cannot be read."""
    parsed: dict[str, Block] = {}
    unread: list[Unread] = []
    for path in sorted(files):
        if path.endswith((".tf.json", ".tfvars.json")):
            unread.append(Unread(path=path, reason="is Terraform written as JSON, which I do not edit"))
        elif path.endswith((".tf", ".tfvars")):
            try:
                parsed[path] = parse(files[path])[1]
            except Unreadable as error:
                unread.append(Unread(path=path, reason=str(error)))
    found = [machine for scope in scopes(parsed) for machine in _of_scope(scope)]
    return _with_sharing(found), unread


def _of_scope(scope: Scope) -> Iterator[Machine]:
    for path, block in scope.resources():
        fields = _FIELDS.get(block.labels[0]) if len(block.labels) > 1 else None
        if fields is not None:
            for key, entry in scope.instances(path, block):
                yield _machine(scope.with_each(key, entry), path, block, fields, key)


def _machine(
    scope: Scope, path: str, block: Block, fields: Mapping[str, tuple[tuple[str, ...], ...]], key: str
) -> Machine:
    places: dict[str, Place] = {}
    problems: dict[str, str] = {}
    for part, ways in fields.items():
        attribute = next((found for way in ways if (found := _attribute(block, way)) is not None), None)
        if attribute is None:
            problems[part] = "is not set in the files"
            continue
        if any(sum(each.kind == way[0] for each in block.blocks) > 1 for way in ways if len(way) > 1):
            problems[part] = "stands in several blocks, and I cannot tell which one is meant"
            continue
        place = scope.followed(path, attribute, f"{'.'.join(block.labels)}.{part}")
        if isinstance(place, str):
            problems[part] = place
        else:
            places[part] = Place(*place)
    label = block.labels[1]
    outer = scope.caller.each_key if scope.caller else ""
    name = _name(scope, block) or key or outer or label
    within = f"module.{scope.module}{_quoted(outer)}." if scope.module else ""
    address = f"{within}{'.'.join(block.labels)}{_quoted(key)}"
    aliases = tuple(dict.fromkeys(each for each in (key, outer, label, scope.module) if each and each != name))
    return Machine(name, address, path, aliases, places, problems, "count" in block.attributes)


def _quoted(key: str) -> str:
    return f'["{key}"]' if key else ""


def _attribute(block: Block, way: tuple[str, ...]) -> Expression | None:
    *outer, name = way
    inner: Block | None = block
    for kind in outer:
        inner = inner.first(kind) if inner else None
    return inner.attributes.get(name) if inner else None


def _name(scope: Scope, block: Block) -> str:
    """The machine's own name where it is a text, or one that the key or a variable makes."""
    expression = block.attributes.get("name") or block.attributes.get("hostname")
    if expression is None:
        return ""
    if "count.index" in expression.text:
        return ""
    if expression.text.startswith('"'):
        return _INTERPOLATION.sub(lambda match: scope.text(match[1]), expression.text.strip('"'))
    return scope.text(expression.text)


def _with_sharing(found: list[Machine]) -> list[Machine]:
    """A place that several machines take their value from says so."""
    users: dict[tuple[str, int], list[str]] = {}
    for machine in found:
        for place in machine.places.values():
            users.setdefault((place.path, place.start), []).append(machine.name)
    return [
        replace(each, places={part: _shared(place, each, users) for part, place in each.places.items()})
        for each in found
    ]


def _shared(place: Place, machine: Machine, users: Mapping[tuple[str, int], list[str]]) -> Place:
    others = dict.fromkeys(name for name in users[place.path, place.start] if name != machine.name)
    return replace(place, shared_by=tuple(others))
