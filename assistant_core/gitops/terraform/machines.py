"""The virtual machines of a repository and the places that decide about their hardware.

A resource may take a value from a variable, a local, an entry of its `for_each` or the module call around it: the place
is where the number stands, never where it is used.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
import posixpath
import re

from ..model import Unread
from ..text import Unreadable
from .modules import scopes
from .scope import EXAMPLES, Scope
from .syntax import Block, Expression, parse
from .terragrunt import is_of_terragrunt

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

_KINDS = tuple(kind.encode() for kind in _FIELDS)
_HOSTNAME = ("initialization", "hostname")
_FLOATING: dict[str, tuple[str, ...]] = {
    "proxmox_virtual_environment_vm": ("memory", "floating"),
    "proxmox_vm_qemu": ("balloon",),
}
"""By type of resource: the memory that a machine keeps when it gives some back, never more than all it has."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its file, the part of the text, and the value as it is written.

    `key`: it is not there yet, but could be set after the last entry of an object, which is that part of the text;
    `written` is what counts until then.
    """

    path: str
    start: int
    end: int
    written: str
    field: str
    shared_by: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine; `problems` say why a part of it cannot be found, `counted` that there may be several.

    `root` is the directory of the module that nobody calls, or of the file that Terragrunt runs.
    """

    name: str
    address: str
    path: str
    aliases: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    counted: bool = False
    root: str = ""


def has_machines(files: Mapping[str, bytes]) -> bool:
    """Whether the Terraform files speak of a machine at all: to read them takes its time."""
    return any(kind in data for path, data in files.items() if path.endswith(".tf") for kind in _KINDS)


def machines(files: Mapping[str, bytes]) -> tuple[list[Machine], list[Unread]]:
    """Every machine that the Terraform files describe, and the files that cannot be read."""
    parsed: dict[str, Block] = {}
    unread: list[Unread] = []
    has_units = any(posixpath.basename(path) == "terragrunt.hcl" for path in files)
    for path in sorted(files):
        if path.endswith((".tf.json", ".tfvars.json")):
            unread.append(Unread(path=path, reason="is Terraform written as JSON, which I do not edit"))
        elif path.endswith((".tf", ".tfvars", *EXAMPLES)) or (has_units and is_of_terragrunt(path)):
            try:
                parsed[path] = parse(files[path], path)[1]
            except Unreadable as error:
                unread.append(Unread(path=path, reason=str(error)))
    found = [machine for scope in scopes(parsed) for machine in _of_scope(scope)]
    return _with_sharing(_told_apart(found)), unread


def _told_apart(found: list[Machine]) -> list[Machine]:
    """Machines of one address say in which directory Terraform runs."""
    count = Counter(each.address for each in found)
    return [
        replace(each, address=f"{each.root or '.'}:{each.address}") if count[each.address] > 1 else each
        for each in found
    ]


def _of_scope(scope: Scope) -> Iterator[Machine]:
    for path, block in scope.blocks("resource"):
        fields = _FIELDS.get(block.labels[0]) if len(block.labels) > 1 else None
        if fields is not None:
            for each in scope.instances(block):
                yield _machine(each, path, block, fields)


def _machine(scope: Scope, path: str, block: Block, fields: Mapping[str, tuple[tuple[str, ...], ...]]) -> Machine:
    places: dict[str, Place] = {}
    problems: dict[str, str] = {}
    for part, ways in fields.items():
        way = next((each for each in ways if _attributes(scope, block, each)), None)
        if way is None:
            problems[part] = "is not set in the files"
        elif len(found := _attributes(scope, block, way)) > 1:
            problems[part] = "stands in several blocks, and I cannot tell which one is meant"
        elif _is_ignored(block, way):
            problems[part] = "is among the changes that Terraform is told to ignore (ignore_changes)"
        elif reason := _counted_otherwise(scope, block, part):
            problems[part] = reason
        elif isinstance(value := found[0][0].followed(found[0][1]), str):
            if (home := found[0][0].absent(found[0][1])) is not None:
                places[part] = _new_place(*home, block, part)
            else:
                problems[part] = value
        else:
            places[part] = _place(value, block, part)
    floating = [
        inner.followed(each) for inner, each in _attributes(scope, block, _FLOATING.get(block.labels[0], ("",)))
    ]
    if floating and not isinstance(floating[0], str):
        places["floating"] = _place(floating[0], block, "floating")
    label = block.labels[1]
    outer = scope.caller.key if scope.caller else ""
    key = scope.key
    is_unit = scope.call is not None and scope.call.kind == "inputs"
    within = f"module.{scope.module}{_quoted(outer)}." if scope.module and not is_unit else ""
    name = _name(scope, block) or key or outer or (is_unit and scope.module) or label
    address = f"{within}{'.'.join(block.labels)}{_quoted(key)}"
    others = (key, outer, label, scope.module)
    aliases = tuple(dict.fromkeys(each for each in others if each and each != name))
    return Machine(name, address, path, aliases, places, problems, "count" in block.attributes, scope.root)


def _place(value: Expression, block: Block, part: str) -> Place:
    return Place(value.path, value.start, value.end, value.text, f"{'.'.join(block.labels)}.{part}")


def _new_place(home: Expression, key: str, usual: Expression, block: Block, part: str) -> Place:
    last = list((home.entries or {}).values())[-1]
    return Place(home.path, last.start, last.end, usual.text, f"{'.'.join(block.labels)}.{part}", key=key)


def _quoted(key: str) -> str:
    return f'["{key}"]' if key else ""


def _attributes(scope: Scope, block: Block, way: tuple[str, ...]) -> list[tuple[Scope, Expression]]:
    """Every value of the attribute that a way through the blocks leads to, and where its names mean something."""
    first, *rest = way
    if not rest:
        return [(scope, block.attributes[first])] if first in block.attributes else []
    inside = scope.expanded(block, first)
    found = [each for within, inner in inside for each in _attributes(within, inner, tuple(rest))]
    entries = block.attributes[first].entries if first in block.attributes else None
    return found + ([(scope, entries[rest[0]])] if entries and len(rest) == 1 and rest[0] in entries else [])


def _is_ignored(block: Block, way: tuple[str, ...]) -> bool:
    """Whether Terraform is told to leave that attribute as it finds it."""
    lifecycle = block.first("lifecycle")
    ignored = lifecycle.attributes.get("ignore_changes") if lifecycle else None
    if ignored is None:
        return False
    paths = [re.findall(r"[A-Za-z_]\w*", each.text) for each in ignored.items or ()]
    return ignored.text.strip('"') == "all" or any(list(way[: len(each)]) == each for each in paths if each)


def _counted_otherwise(scope: Scope, block: Block, part: str) -> str:
    """Why a number is not what a person means by it: there are several sockets, or it has a unit of its own."""
    if part == "cores":
        for way in (("sockets",), ("cpu", "sockets")):
            for inner, sockets in _attributes(scope, block, way):
                if (count := inner.usual(sockets)) != "1":
                    return f"is counted for each of its sockets ({count or sockets.text})"
    if part == "memory":
        for inner, unit in _attributes(scope, block, ("memory_unit",)):
            if inner.text(unit) not in ("MiB", "M"):
                return f"is written in {inner.text(unit) or unit.text}"
    return ""


def _name(scope: Scope, block: Block) -> str:
    """The machine's own name where it is a text, or one that the key or a variable makes."""
    known = [each for way in (("name",), ("hostname",), _HOSTNAME) for _, each in _attributes(scope, block, way)]
    return scope.text(known[0]) if known else ""


def _with_sharing(found: list[Machine]) -> list[Machine]:
    """A place that several machines take their value from says so."""
    users: dict[tuple[str, int, str], list[str]] = {}
    for machine in found:
        for place in machine.places.values():
            users.setdefault((place.path, place.start, place.key), []).append(machine.name)
    return [
        replace(each, places={part: _shared(place, each, users) for part, place in each.places.items()})
        for each in found
    ]


def _shared(place: Place, machine: Machine, users: Mapping[tuple[str, int, str], list[str]]) -> Place:
    others = dict.fromkeys(name for name in users[place.path, place.start, place.key] if name != machine.name)
    return replace(place, shared_by=tuple(others))
