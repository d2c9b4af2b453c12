"""The hardware of virtual machines that Terraform describes."""

import re

from ...errors import Incomplete, InputInvalid
from ...gitops import Index
from ...gitops.operations.quantities import amount as parsed
from ...gitops.operations.set_vm import machine_called
from ...gitops.spoken import plain
from ...gitops.terraform import Machine, has_machines, machines
from ...models.plan import SetVm
from ...models.wish import Amount, Wish
from .quantities import is_backwards, written

_PARTS = {"cpu": "cores", "memory": "memory", "storage": "disk"}
_BYTES = {"memory": 1024**2, "storage": 1024**3}
_NUMBER = re.compile(r"\d+")


def is_machine(name: str, index: Index) -> bool:
    """Whether a machine has that name."""
    found = machines(index.snapshot.files)[0] if has_machines(index.snapshot.files) else []
    return any(plain(name) in map(plain, (each.name, each.address, *each.aliases)) for each in found)


def of_machine(wish: Wish, index: Index) -> SetVm:
    """The plan for a machine. Raises Incomplete, InputInvalid, UnknownWorkload, AmbiguousWorkload."""
    machine = machine_called(wish.name, index, wish.namespace)
    parts: dict[str, int] = {}
    for amount in wish.amounts:
        if amount.of not in _PARTS:
            raise InputInvalid("A machine has cores, memory and a disk.", reason="no_hardware")
        parts[_PARTS[amount.of]] = _counted(amount, machine, wish.name)
    return SetVm(
        name=machine.name,
        namespace=wish.namespace,
        cores=parts.get("cores"),
        memory=parts.get("memory"),
        disk=parts.get("disk"),
    )


def _counted(amount: Amount, machine: Machine, name: str) -> int:
    part = _PARTS[amount.of]
    place = machine.places.get(part)
    match = _NUMBER.search(place.written) if place else None
    now = int(match[0]) if match else None
    if amount.number is None or (now is None and amount.how != "to"):
        raise Incomplete(
            f"Say how many cores {name} shall have." if part == "cores" else f"Say how much {part} {name} shall have.",
            name=name,
            reason=f"no_{part}",
        )
    if amount.how == "times":
        return int((now or 0) * amount.number)
    given = _units(abs(amount.number), amount)
    if now is not None and is_backwards(amount, given, now):
        raise Incomplete(f"The {part} of {name} is {now} now. How much shall it be?", reason="amount_now", now=now)
    if amount.how == "to":
        return given
    return (now or 0) + (given if amount.number > 0 else -given)


def _units(number: float, amount: Amount) -> int:
    """In cores, MiB of memory or GiB of disk."""
    if amount.of not in _BYTES:
        return int(number)
    unit = amount.unit or ("Gi" if amount.of == "storage" else "Mi")
    return int((parsed(written(number, unit, amount.of)) or 0) / _BYTES[amount.of])
