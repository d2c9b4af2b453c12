"""Disks that `dynamic` makes, and numbers that an entry of a machine does not have yet."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.errors import EditRefused, InputInvalid
from assistant_core.gitops import Edit, Index, survey
from assistant_core.models.plan import ChangePlan, SetVm

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Any, ChangePlan], Edit]


def _disks(*sizes: str) -> dict[str, str]:
    listed = "".join(f'    {{ slot = "scsi{n}", size = "{size}" }},\n' for n, size in enumerate(sizes))
    return {
        "main.tf": f'module "nas" {{\n  source = "./vm"\n  disks = [\n{listed}  ]\n}}\n',
        "vm/main.tf": """variable "disks" {}
resource "proxmox_virtual_environment_vm" "vm" {
  dynamic "disk" {
    for_each = { for each_disk in var.disks : each_disk.slot => each_disk }
    iterator = one
    content {
      interface = one.key
      size      = one.value["size"]
    }
  }
}
""",
    }


def test_the_only_disk_of_a_list_is_found_through_dynamic(changed: Changed) -> None:
    assert changed(_disks("20"), SetVm(name="nas", disk=40))[2:] == ['+    { slot = "scsi0", size = "40" },']


def test_several_disks_of_a_list_are_left_to_a_person(edit: Apply) -> None:
    with pytest.raises(EditRefused, match="stands in several blocks"):
        edit(_disks("20", "200"), SetVm(name="nas", disk=40))


def _fleet(entries: str, memory: str = 'lookup(each.value, "memory", 2048)', type_: str = "any") -> dict[str, str]:
    return {
        "main.tf": f"""variable "boxes" {{
  type = {type_}
  default = {{
{entries}
  }}
}}
resource "proxmox_vm_qemu" "box" {{
  for_each = var.boxes
  name     = each.key
  cores    = each.value.cores
  sockets  = try(each.value.sockets, 1)
  memory   = {memory}
  disk {{
    size = try(each.value.disk, "20G")
  }}
}}
"""
    }


SHORT = "    attic = { cores = 2 } # small\n    shed  = { cores = 2, memory = 4096 }"  # fmt: skip
WAS = "-    attic = { cores = 2 } # small"
LONG = "    attic = {\n      cores    = 2 # few\n    }\n    shed = {\n      cores = 2,\n      memory = 4096,\n    }"


@pytest.mark.parametrize(
    ("entries", "plan", "lines"),
    [
        (SHORT, SetVm(name="attic", memory=8192), [WAS, "+    attic = { cores = 2, memory = 8192 } # small"]),
        (SHORT, SetVm(name="attic", disk=40), [WAS, '+    attic = { cores = 2, disk = "40G" } # small']),
        (LONG, SetVm(name="attic", memory=8192), ["+      memory   = 8192"]),
        (LONG, SetVm(name="shed", disk=30), ['+      disk   = "30G",']),
        (LONG, SetVm(name="shed", memory=8192), ["-      memory = 4096,", "+      memory = 8192,"]),
    ],
)  # fmt: skip
def test_a_number_that_falls_back_is_written_into_the_entry_of_its_machine(
    changed: Changed, entries: str, plan: ChangePlan, lines: list[str]
) -> None:
    assert changed(_fleet(entries), plan)[1:] == lines


def test_what_it_falls_back_to_counts_until_then(edit: Apply) -> None:
    assert edit(_fleet(SHORT), SetVm(name="attic", memory=2048)).files == ()
    with pytest.raises(InputInvalid, match="attic has 20 GiB already"):
        edit(_fleet(SHORT), SetVm(name="attic", disk=10))


@pytest.mark.parametrize(
    "files",
    [
        _fleet(SHORT, memory='lookup(each.value, "memory", var.usual)'),
        _fleet(SHORT, memory="each.value.memory"),
        _fleet(SHORT, type_="map(object({ cores = number }))"),
        _fleet("    attic = {}"),
    ],
)
def test_an_entry_that_would_not_count_is_not_written(edit: Apply, files: Mapping[str, str]) -> None:
    with pytest.raises(EditRefused, match="The memory of attic is computed"):
        edit(files, SetVm(name="attic", memory=8192))


def test_a_number_that_is_not_there_has_no_line(index: Callable[[Mapping[str, str]], Index]) -> None:
    attic = next(each for each in survey(index(_fleet(SHORT))).machines if each.name == "attic")
    assert {each.topic: (each.value, each.line, each.is_set) for each in attic.places} == {
        "cores": ("2", 4, True),
        "memory": ("2048", None, False),
        "disk": ('"20G"', None, False),
    }


def test_the_ends_of_lines_and_a_mark_at_the_start_stay(edit: Apply) -> None:
    text = _fleet(LONG)["main.tf"].replace("\n", "\r\n")
    [file] = edit({"main.tf": f"\ufeff{text}"}, SetVm(name="attic", memory=8192)).files
    assert file.after == f"\ufeff{text}".replace("few\r\n", "few\r\n      memory   = 8192\r\n").encode()


def test_a_default_that_is_merged_into_every_entry_is_left_alone(changed: Changed) -> None:
    loop = "{ for name, box in var.boxes : name => merge({ memory = 2048, cores = 1 }, box) }"
    files = _fleet(SHORT, memory="each.value.memory")
    files = {"main.tf": files["main.tf"].replace("for_each = var.boxes", f"for_each = {loop}")}
    assert changed(files, SetVm(name="shed", memory=8192))[2:] == ["+    shed  = { cores = 2, memory = 8192 }"]
    own = {
        "main.tf": files["main.tf"].replace("merge({ memory = 2048, cores = 1 }, box)", 'merge(box, { role = "x" })')
    }
    assert changed(own, SetVm(name="shed", memory=8192))[2:] == ["+    shed  = { cores = 2, memory = 8192 }"]
    with pytest.raises(EditRefused, match=r"The memory of attic is computed \(2048, which a default sets\)"):
        changed(files, SetVm(name="attic", memory=8192))
