"""Give a virtual machine other cores, memory or disk."""

from collections.abc import Mapping
import re

from ...errors import AmbiguousWorkload, EditRefused, Incomplete, InputInvalid, UnknownWorkload
from ...models.change import Target
from ...models.notes import Note
from ...models.plan import SetVm
from ...models.reasons import Reason
from ...models.repository import FileChange
from ..index import Index, naming
from ..spoken import plain
from ..terraform import Machine, Place, inserted, machines, spliced
from ..text import Unreadable, Unspliceable
from .edit import Edit

_RANGES = {"cores": (1, 256), "memory": (128, 4 * 1024 * 1024), "disk": (1, 64 * 1024)}
_UNITS = {"cores": "cores", "memory": "MiB of memory", "disk": "GiB of disk"}
_NAMES = {"cores": "number of cores", "memory": "memory", "disk": "disk"}
_NUMBER = re.compile(r'(?P<quote>"?)(?P<number>[0-9]+)(?P<unit>[A-Za-z]*)(?P=quote)')
_FACTORS = {"": 1, "G": 1, "GB": 1, "GiB": 1, "M": 1 / 1024, "MB": 1 / 1024, "T": 1024, "TB": 1024}


def set_vm(plan: SetVm, index: Index) -> Edit:
    """The edit that gives a machine other hardware. Raises InputInvalid (and its subclasses), EditRefused."""
    wanted = _wanted(plan)
    machine = machine_called(plan.name, index, plan.namespace)
    files = dict(index.snapshot.files)
    before: list[str] = []
    changed: list[str] = []
    places = [(_place(machine, part), part) for part in wanted]
    wanted = {**wanted, **_kept(machine, wanted)}
    places += [(machine.places["floating"], "floating")] if "floating" in wanted else []
    # From the end of a file to its start, so that what is still to be changed stays where it is.
    for place, part in sorted(places, key=lambda each: (each[0].path, -each[0].start)):
        was, new = _written(machine, place, part, wanted[part])
        before.append(was)
        if was != new:
            files[place.path] = _spliced(files[place.path], place, new)
            changed.append(place.path)
    first = places[0][0]
    shown = {part: _number(machine, place, part) for place, part in places if part in _UNITS}
    return Edit(
        target=Target(
            kind="VirtualMachine",
            namespace="",
            name=machine.name,
            path=first.path,
            field=", ".join(shown),
            before=", ".join(f"{shown[part]} {_UNITS[part]}" for part in shown),
            after=", ".join(f"{wanted[part]} {_UNITS[part]}" for part in shown),
        ),
        files=tuple(
            FileChange(path=path, before=index.snapshot.files[path], after=files[path])
            for path in dict.fromkeys(changed)
        ),
        notes=_notes(machine) if changed else (),
    )


def _kept(machine: Machine, wanted: Mapping[str, int]) -> Mapping[str, int]:
    """The memory that a machine keeps when it gives some back: it follows where it was all of it, and is never more."""
    floating = machine.places.get("floating")
    if floating is None or "memory" not in wanted or floating.start == machine.places["memory"].start:
        return {}
    kept = _number(machine, floating, "floating")
    if kept == _number(machine, machine.places["memory"], "memory") and not floating.shared_by:
        return {"floating": wanted["memory"]}
    if kept > wanted["memory"]:
        raise EditRefused(
            f"{machine.name} keeps {kept} MiB of memory when it gives some back, which is more than it would have.",
            name=machine.name,
            reason="hardware_undecided",
        )
    return {}


def _notes(machine: Machine) -> tuple[Reason, ...]:
    counted = (Note.COUNTED.told(machine=machine.address),) if machine.counted else ()
    return (*counted, Note.RESTARTS.told())


def _wanted(plan: SetVm) -> Mapping[str, int]:
    wanted = {part: value for part in _RANGES if (value := getattr(plan, part)) is not None}
    if not wanted:
        raise Incomplete("Say how many cores, or how much memory or disk the machine shall have.", reason="no_hardware")
    for part, value in wanted.items():
        low, high = _RANGES[part]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputInvalid(
                f"A machine has from {low} to {high} {_UNITS[part]}, not {value!r:.40}.",
                low=low,
                high=high,
                reason="hardware_range",
            )
    return wanted


def machine_called(name: str, index: Index, place: str | None = None) -> Machine:
    """The machine of that name, in a place where one is told. Raises AmbiguousWorkload, UnknownWorkload."""
    found, unread = machines(index.snapshot.files)
    wanted = plain(name)
    for names in (lambda each: (each.name, each.address), lambda each: each.aliases):
        fitting = [each for each in found if wanted in map(plain, names(each))]
        if place is not None:
            fitting = [each for each in fitting if plain(place) in map(plain, each.root.split("/"))]
        if len(fitting) > 1:
            candidates = tuple(each.address for each in fitting)
            raise AmbiguousWorkload(
                f"Several machines are called '{name.strip()[:63]}': {naming.either(candidates)}. Which one?",
                candidates=candidates,
                name=name.strip()[:63],
            )
        if fitting:
            return fitting[0]
    candidates = tuple(sorted({each.name for each in found}))[:12]
    known = f" There is {naming.either(candidates)}." if candidates else ""
    mentions = [each for each in unread if name.strip().encode(errors="replace") in index.snapshot.files[each.path]]
    told = mentions or ([] if candidates else unread)
    hint = f" {told[0].path} {told[0].reason}." if told else ""
    raise UnknownWorkload(
        f"No virtual machine in the Terraform files is called '{name.strip()[:63]}'.{known}{hint}",
        candidates=candidates,
        name=name.strip()[:63],
    )


def _place(machine: Machine, part: str) -> Place:
    place = machine.places.get(part)
    if place is None:
        raise EditRefused(
            f"The {_NAMES[part]} of {machine.name} {machine.problems.get(part, 'cannot be found')}.",
            name=machine.name,
            reason="hardware_undecided",
        )
    if place.shared_by:
        raise EditRefused(
            f"The {_NAMES[part]} of {machine.name} stands in {place.path}, which {', '.join(place.shared_by[:3])} "
            "would follow too.",
            path=place.path,
            others=", ".join(place.shared_by[:3]),
            reason="shared",
        )
    return place


def _number(machine: Machine, place: Place, part: str) -> int:
    match = _NUMBER.fullmatch(place.written)
    if match is None or (match["unit"] and part != "disk") or match["unit"] not in _FACTORS:
        raise EditRefused(
            f"I leave {place.path} alone: the {part} of {machine.name} is written as {place.written[:40]}.",
            path=place.path,
            reason="no_number",
        )
    return int(int(match["number"]) * _FACTORS[match["unit"]])


def _written(machine: Machine, place: Place, part: str, value: int) -> tuple[str, str]:
    """The text before and after, quotes and unit kept."""
    was = _number(machine, place, part)
    if part == "disk" and value < was:
        raise InputInvalid(
            f"A disk cannot shrink: {machine.name} has {was} GiB already.",
            name=machine.name,
            now=f"{was}Gi",
            reason="shrinking",
        )
    if was == value:
        return place.written, place.written
    match = _NUMBER.fullmatch(place.written)
    unit = match["unit"] if match else ""
    factor = _FACTORS[unit]
    if factor > 1 and value % factor:
        raise EditRefused(
            f"I leave {place.path} alone: the disk of {machine.name} is written in {unit}.",
            path=place.path,
            reason="no_number",
        )
    quote = match["quote"] if match else ""
    return place.written, f"{quote}{int(value / factor)}{unit}{quote}"


def _spliced(data: bytes, place: Place, new: str) -> bytes:
    try:
        if place.key:
            return inserted(data, place.start, place.end, place.key, new)
        return spliced(data, place.start, place.end, new)
    except (Unspliceable, Unreadable) as error:
        raise EditRefused(
            f"I leave {place.path} alone: {place.field} {error}.", path=place.path, reason="unprovable"
        ) from error
