"""Numbers that Terraform takes from a class of machines, from a default of a type, or unless they are null."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.errors import EditRefused, UnknownWorkload
from assistant_core.gitops import Edit
from assistant_core.models.plan import ChangePlan, SetVm

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Any, ChangePlan], Edit]

CLASSES = {
    "main.tf": """locals { before = "home-" }
variable "sizes" {
  default = {
    vm_small = { cores = 1, memory = 1024 }
    vm_large = { cores = 4, memory = 8192 }
  }
}
variable "boxes" {
  default = {
    attic = { size = "small" }
    shed  = { size = "large" }
    hall  = { size = "large" }
  }
}
module "boxes" {
  source   = "./vm"
  for_each = var.boxes
  name     = "${local.before}${each.key}"
  cores    = var.sizes["vm_${each.value.size}"].cores
  memory   = var.sizes["vm_${each.value.size}"].memory
  disk     = "${each.value.size}G"
}
""",
    "vm/main.tf": """resource "proxmox_vm_qemu" "this" {
  name   = var.name
  cores  = var.cores
  memory = var.memory
  disk { size = var.disk }
}
""",
}


@pytest.mark.parametrize("name", ["attic", "home-attic"])
def test_a_class_that_one_machine_has_is_changed_there(changed: Changed, name: str) -> None:
    assert changed(CLASSES, SetVm(name=name, memory=2048)) == [
        "main.tf",
        "-    vm_small = { cores = 1, memory = 1024 }",
        "+    vm_small = { cores = 1, memory = 2048 }",
    ]


def test_a_class_of_several_machines_is_told_with_those_that_have_it(edit: Apply) -> None:
    with pytest.raises(EditRefused, match="which home-hall would follow too"):
        edit(CLASSES, SetVm(name="shed", cores=6))


def test_a_number_that_is_made_of_others_is_never_written_over(edit: Apply) -> None:
    files = {**CLASSES, "main.tf": CLASSES["main.tf"].replace('size = "small"', 'size = "small", gib = 8')}
    files["main.tf"] = files["main.tf"].replace('"${each.value.size}G"', '"${each.value.gib}G"')
    with pytest.raises(EditRefused, match="is computed"):
        edit(files, SetVm(name="attic", disk=20))


def test_an_index_without_quotes_is_followed(changed: Changed) -> None:
    files = {
        "main.tf": """locals {
  sizes = { small = { cores = 1 } }
  boxes = { attic = { size = "small" } }
}
resource "proxmox_vm_qemu" "fleet" {
  for_each = local.boxes
  name     = each.key
  cores    = local.sizes[each.value.size].cores
}
""",
    }
    assert changed(files, SetVm(name="attic", cores=2))[2:] == ["+  sizes = { small = { cores = 2 } }"]


OPTIONAL = {
    "vms.tf": """variable "vms" {
  type = map(object({
    note  = optional(string, "")
    image = string
    tags  = optional(list(string), ["dev"])
    cores = optional(number, 1)
    disk  = optional(number)
  }))
}
module "vms" {
  source   = "./vm"
  for_each = var.vms
  name     = each.key
  cores    = each.value.cores
  disk     = each.value.disk
}
""",
    "vms.auto.tfvars": 'vms = {\n  attic = { image = "a", disk = 20 }\n  shed  = { image = "a" }\n}\n',
    "vm/main.tf": """variable "disk" { default = null }
resource "proxmox_virtual_environment_vm" "this" {
  name = var.name
  cpu { cores = var.cores }
  disk { size = var.disk != null ? var.disk : local.disk }
}
""",
}


def test_a_number_that_only_a_type_falls_back_to_is_written_into_the_entry(changed: Changed) -> None:
    lines = changed(OPTIONAL, SetVm(name="shed", cores=3))
    assert lines == ["vms.auto.tfvars", '-  shed  = { image = "a" }', '+  shed  = { image = "a", cores = 3 }']


def test_a_number_that_counts_unless_it_is_null_is_followed(changed: Changed, edit: Apply) -> None:
    lines = changed(OPTIONAL, SetVm(name="attic", disk=40))
    assert lines[1:] == ['-  attic = { image = "a", disk = 20 }', '+  attic = { image = "a", disk = 40 }']
    with pytest.raises(EditRefused, match="is computed"):
        edit(OPTIONAL, SetVm(name="shed", disk=40))


UNITS = {
    "root.hcl": """locals {
  secrets = yamldecode(sops_decrypt_file(find_in_parent_folders("secrets.yml")))
  own     = try(read_terragrunt_config("${get_terragrunt_dir()}/env.hcl"), { locals = {} })
  env     = read_terragrunt_config(find_in_parent_folders("env.hcl"))
  values  = merge(local.secrets, local.own.locals, local.env.locals)
}
""",
    "env.hcl": "locals {\n  cpu = 1\n}\n",
    "home/env.hcl": 'locals {\n  attic = {\n    name = "attic"\n    cpu = 2\n  }\n}\n',
    "home/attic/terragrunt.hcl": """include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}
terraform { source = "${get_path_to_repo_root()}/vm" }
inputs = merge(include.root.locals.values, include.root.locals.values.attic, { memory = 2048 })
""",
    "vm/main.tf": """variable "disk" { default = 20 }
resource "proxmox_virtual_environment_vm" "this" {
  name = var.name
  cpu { cores = var.cpu }
  memory { dedicated = var.memory }
  disk { size = var.disk }
}
""",
}


def test_what_stands_after_secrets_in_inputs_is_known_all_the_same(changed: Changed, edit: Apply) -> None:
    assert changed(UNITS, SetVm(name="attic", cores=4)) == ["home/env.hcl", "-    cpu = 2", "+    cpu = 4"]
    assert changed(UNITS, SetVm(name="attic", memory=4096))[0] == "home/attic/terragrunt.hcl"
    with pytest.raises(EditRefused, match="Terragrunt may set"):
        edit(UNITS, SetVm(name="attic", disk=40))


def test_what_stands_before_secrets_may_be_overridden(edit: Apply) -> None:
    merged = 'merge(include.root.locals.values.attic, include.root.locals.secrets, { name = "attic" })'
    unit = UNITS["home/attic/terragrunt.hcl"]
    files = {**UNITS, "home/attic/terragrunt.hcl": f"{unit[: unit.index('inputs')]}inputs = {merged}\n"}
    with pytest.raises(EditRefused, match="Terragrunt may set"):
        edit(files, SetVm(name="attic", cores=4))


def test_a_file_beside_a_unit_is_read_for_that_unit(changed: Changed) -> None:
    files = {
        **UNITS,
        "home/attic/env.hcl": 'locals {\n  name = "attic"\n  cpu = 3\n}\n',
        "home/env.hcl": "locals {}\n",
        "home/attic/terragrunt.hcl": UNITS["home/attic/terragrunt.hcl"].replace(
            "include.root.locals.values.attic, ", ""
        ),
    }
    assert changed(files, SetVm(name="attic", cores=4))[0] == "home/attic/env.hcl"


def test_a_machine_of_another_place_is_not_meant(edit: Apply) -> None:
    with pytest.raises(UnknownWorkload):
        edit(CLASSES, SetVm(name="attic", namespace="cellar", cores=2))
