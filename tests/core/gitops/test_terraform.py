from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused, InputInvalid, UnknownWorkload
from assistant_core.gitops import Edit
from assistant_core.models.notes import Note
from assistant_core.models.plan import ChangePlan, SetVm

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Any, ChangePlan], Edit]

FILES = {
    "infra/hub.tf": """# The hub
resource "proxmox_virtual_environment_vm" "ai_hub" {
  name = "ai-hub"
  cpu {
    cores = 4 # one per child
  }
  memory { dedicated = 24576 }
  disk {
    interface = "scsi0"
    size      = var.disk
  }
}
variable "disk" {
  type    = number
  default = 100
}
variable "nodes" { default = { a = { cores = 1 } } }
""",
    "infra/home.auto.tfvars": "disk = 200\n",
    "infra/nodes.tf": """locals {
  agents = {
    k3s-1 = { node = "pve1", cores = 6, memory = 24576 }
    k3s-2 = { node = "pve2", cores = 4, memory = 12288 }
  }
}
resource "proxmox_virtual_environment_vm" "agent" {
  for_each = local.agents
  name     = each.key
  cpu { cores = each.value.cores }
  memory { dedicated = each.value["memory"] }
  disk { size = 128 }
}
module "db" {
  source = "./modules/vm"
  name   = "db"
  cores  = 2
}
module "web" {
  source = "./modules/vm"
  name   = "web"
  cores  = 2
  memory = 2 * 1024
}
""",
    "infra/modules/vm/main.tf": """variable "cores" {}
variable "name" {}
variable "memory" { default = 2048 }
resource "proxmox_vm_qemu" "this" {
  name   = var.name
  cores  = var.cores
  memory = var.memory
  disk {
    size = "32G"
  }
}
""",
}


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (
            SetVm(name="ai hub", cores=8, memory=32768),
            [
                "infra/hub.tf",
                "-    cores = 4 # one per child",
                "+    cores = 8 # one per child",
                "-  memory { dedicated = 24576 }",
                "+  memory { dedicated = 32768 }",
            ],
        ),
        (SetVm(name="ai_hub", disk=250), ["infra/home.auto.tfvars", "-disk = 200", "+disk = 250"]),
        (
            SetVm(name="k3s-2", memory=16384),
            [
                "infra/nodes.tf",
                '-    k3s-2 = { node = "pve2", cores = 4, memory = 12288 }',
                '+    k3s-2 = { node = "pve2", cores = 4, memory = 16384 }',
            ],
        ),
        (SetVm(name="db", cores=3), ["infra/nodes.tf", "-  cores  = 2", "+  cores  = 3"]),
    ],
)
def test_the_number_is_changed_where_it_stands(changed: Changed, plan: ChangePlan, lines: list[str]) -> None:
    assert changed(FILES, plan) == lines


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (SetVm(name="k3s-1", disk=200), "The disk of k3s-1 stands in infra/nodes.tf, which k3s-2 would follow too"),
        (SetVm(name="db", disk=64), "which web would follow too"),
        (SetVm(name="web", memory=4096), r"The memory of web is computed \(2 \* 1024\)"),
    ],
)
def test_what_is_shared_or_computed_is_left_alone(edit: Apply, plan: ChangePlan, reason: str) -> None:
    with pytest.raises(EditRefused, match=reason):
        edit(FILES, plan)


def test_a_disk_does_not_shrink_and_numbers_make_sense(edit: Apply) -> None:
    for plan in (SetVm(name="ai-hub", disk=10), SetVm(name="ai-hub"), SetVm(name="ai-hub", cores=0)):
        with pytest.raises(InputInvalid):
            edit(FILES, plan)


def test_names_are_asked_back(edit: Apply) -> None:
    with pytest.raises(UnknownWorkload, match="There is ai-hub, db, k3s-1, k3s-2 or web"):
        edit(FILES, SetVm(name="nas", cores=1))
    with pytest.raises(AmbiguousWorkload):
        edit(FILES, SetVm(name="agent", cores=1))


def test_what_is_so_already_needs_no_edit(edit: Apply) -> None:
    assert edit(FILES, SetVm(name="ai-hub", cores=4)).files == ()


@pytest.mark.parametrize("text", ["[" * 50_000, 'resource "x" {', "\x00", "a = {{{", "x" * 300_000])
def test_no_text_stops_the_reader(edit: Apply, text: str) -> None:
    assert edit({**FILES, "infra/bad.tf": text}, SetVm(name="ai-hub", cores=5)).files


def test_several_disks_are_left_to_a_person(edit: Apply) -> None:
    disks = "  disk {\n    size = 32\n  }\n  disk {\n    size = 64\n  }\n"
    two = f'resource "proxmox_vm_qemu" "nas" {{\n  cores = 2\n{disks}}}\n'
    assert edit({"nas.tf": two}, SetVm(name="nas", cores=4)).files
    with pytest.raises(EditRefused, match="The disk of nas stands in several blocks"):
        edit({"nas.tf": two}, SetVm(name="nas", disk=128))


def test_terraform_in_json_is_refused_with_the_reason(edit: Apply) -> None:
    text = '{"resource": {"proxmox_vm_qemu": {"box": {"name": "box", "cores": 2}}}}'
    with pytest.raises(UnknownWorkload, match=r"infra/box.tf.json is Terraform written as JSON, which I do not edit"):
        edit({**FILES, "infra/box.tf.json": text}, SetVm(name="box", cores=4))


def test_a_module_is_followed_to_its_call_its_variable_or_its_default(changed: Changed) -> None:
    vm = (
        'variable "name" {}\nvariable "cores" {\n  default = 2\n}\nvariable "memory" {\n  default = 2048\n}\n'
        'resource "proxmox_virtual_environment_vm" "this" {\n  name = var.name\n  cpu {\n    cores = var.cores\n  }\n'
        "  memory {\n    dedicated = var.memory\n  }\n}\n"
    )
    files = {
        "main.tf": 'module "ai" {\n  source = "./vm"\n  name   = "ai"\n  cores  = 8 # many\n  memory = var.size\n}\n',
        "variables.tf": 'variable "size" {\n  default = 16384\n}\n',
        "home.auto.tfvars": "size = 32768\n",
        "vm/main.tf": vm,
    }
    assert changed(files, SetVm(name="ai", cores=12)) == ["main.tf", "-  cores  = 8 # many", "+  cores  = 12 # many"]
    assert changed(files, SetVm(name="ai", memory=65536)) == ["home.auto.tfvars", "-size = 32768", "+size = 65536"]
    del files["home.auto.tfvars"]
    assert changed(files, SetVm(name="ai", memory=1024)) == ["variables.tf", "-  default = 16384", "+  default = 1024"]


MODULES = {
    "main.tf": """module "node" {
  source   = "./node"
  for_each = var.nodes
  name     = each.key
  cores    = each.value.cores
}
resource "proxmox_vm_qemu" "web" {
  count = 2
  name  = "web-${count.index}"
  cores = var.web
}
variable "web" { default = 2 }
variable "nodes" {
  default = {
    "k3s-1" = { cores = 2 }
    "k3s-2" = { cores = 2 }
  }
}
""",
    "node/main.tf": """variable "name" {}
variable "cores" {}
resource "proxmox_virtual_environment_vm" "this" {
  name = var.name
  cpu { cores = var.cores }
}
""",
}


def test_each_machine_of_a_module_that_is_called_for_each_entry_is_its_own(changed: Changed) -> None:
    assert changed(MODULES, SetVm(name="k3s-2", cores=4)) == [
        "main.tf",
        '-    "k3s-2" = { cores = 2 }',
        '+    "k3s-2" = { cores = 4 }',
    ]
    with pytest.raises(AmbiguousWorkload, match=r'module\.node\["k3s-1"\]'):
        changed(MODULES, SetVm(name="node", cores=4))


def test_machines_with_a_count_are_changed_together_and_it_is_said(edit: Apply) -> None:
    found = edit(MODULES, SetVm(name="web", cores=4))
    assert Note.COUNTED.told(machine="proxmox_vm_qemu.web") in found.notes


def test_a_value_that_a_file_sets_only_when_terraform_is_told_to_read_it_is_left_alone(changed: Changed) -> None:
    with pytest.raises(EditRefused, match=r"which prod\.tfvars may set"):
        changed(MODULES | {"prod.tfvars": "web = 8\n"}, SetVm(name="web", cores=4))
