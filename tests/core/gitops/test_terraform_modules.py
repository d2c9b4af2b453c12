"""Machines that modules, loops and Terragrunt make: the number is found where a person would change it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused
from assistant_core.gitops import Edit
from assistant_core.models.plan import ChangePlan, SetVm

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Apply = Callable[[Any, ChangePlan], Edit]

VM = """variable "name" {}
variable "cores" { default = 1 }
variable "memory" { default = 1024 }
resource "proxmox_virtual_environment_vm" "this" {
  name = var.name
  cpu { cores = var.cores }
  memory { dedicated = var.memory }
}
"""


def _loop(every: str, cores: str = "each.value.cores") -> str:
    return (
        f'resource "proxmox_vm_qemu" "fleet" {{\n  for_each = {every}\n  name = each.key\n  cores = {cores}\n}}\n'
        'variable "boxes" {\n  default = [\n    { id = "attic", cores = 2 },\n    { id = "shed", cores = 2 },\n  ]\n}\n'
        "locals {\n  rooms = {\n    attic = { cores = 2, on = true }\n    shed = {\n      cores = 2\n    }\n  }\n}\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (_loop("{ for box in var.boxes : box.id => box }"), '    { id = "shed", cores = {} },'),
        (_loop("tomap({ for n, box in var.boxes : box.id => box })"), '    { id = "shed", cores = {} },'),
        (_loop("{ for name, room in local.rooms : name => { cores = try(room.cores, 1) } }"), "      cores = {}"),
        (_loop("merge(local.rooms, {})", "lookup(each.value, 'cores', 1)".replace("'", '"')), "      cores = {}"),
        (_loop('{ for name, room in local.rooms : "my-${name}" => room }'), "      cores = {}"),
    ],
)
def test_a_loop_is_followed_to_the_entry_of_one_machine(changed: Changed, text: str, line: str) -> None:
    name = "my-shed" if "my-" in text else "shed"
    old, new = (line.replace("{}", each) for each in ("2", "6"))
    assert changed({"main.tf": text}, SetVm(name=name, cores=6)) == ["main.tf", f"-{old}", f"+{new}"]


@pytest.mark.parametrize("every", ["{ for b in var.boxes : b.id => b if b.on }", "[for b in var.boxes : b.id]"])
def test_a_loop_that_may_leave_something_out_is_no_list_of_machines(edit: Apply, every: str) -> None:
    with pytest.raises(EditRefused, match="The number of cores of fleet is computed"):
        edit({"main.tf": _loop(every)}, SetVm(name="fleet", cores=6))


def test_the_keys_of_a_set_are_machines_that_share_a_number(edit: Apply) -> None:
    with pytest.raises(EditRefused, match=r"stands in main\.tf, which attic would follow too"):
        edit({"main.tf": _loop('toset(["attic", "shed"])', "4")}, SetVm(name="shed", cores=6))


def test_what_a_call_hands_over_means_what_it_means_where_the_call_stands(changed: Changed) -> None:
    files = {
        "main.tf": 'module "box" {\n  source = "./box"\n  box = { name = "box", cores = var.cores }\n}\n'
        'variable "cores" {\n  default = 2\n}\n',
        "box/main.tf": 'variable "box" {}\nvariable "cores" {\n  default = 9\n}\n'
        'resource "proxmox_vm_qemu" "this" {\n  name = var.box.name\n  cores = var.box.cores\n}\n',
    }
    assert changed(files, SetVm(name="box", cores=4)) == ["main.tf", "-  default = 2", "+  default = 4"]


def _home(lifecycle: str = "", cpu: str = "cores = 2", memory: str = "dedicated = 4096") -> dict[str, str]:
    body = f"  cpu {{ {cpu} }}\n  memory {{\n    {memory}\n  }}\n  disk {{ size = 32 }}\n{lifecycle}"
    return {"main.tf": f'resource "proxmox_virtual_environment_vm" "nas" {{\n  name = "nas"\n{body}}}\n'}


@pytest.mark.parametrize(
    ("files", "plan", "reason"),
    [
        (
            _home("  lifecycle {\n    ignore_changes = [tags, disk]\n  }\n"),
            SetVm(name="nas", disk=64),
            "told to ignore",
        ),
        (_home("  lifecycle {\n    ignore_changes = all\n  }\n"), SetVm(name="nas", cores=4), "told to ignore"),
        (_home(cpu="cores = 2\n sockets = 2\n"), SetVm(name="nas", cores=4), r"for each of its sockets \(2\)"),
        (_home(memory="dedicated = 4096\n floating = 2048"), SetVm(name="nas", memory=1024), "keeps 2048 MiB"),
    ],
)
def test_what_would_come_to_nothing_or_to_something_else_is_left_alone(
    edit: Apply, files: Mapping[str, str], plan: SetVm, reason: str
) -> None:
    with pytest.raises(EditRefused, match=reason):
        edit(files, plan)


def test_ignoring_one_attribute_of_a_disk_leaves_its_size_to_us(changed: Changed) -> None:
    files = _home("  lifecycle {\n    ignore_changes = [disk[0].file_id]\n  }\n")
    assert changed(files, SetVm(name="nas", disk=64))[2:] == ["+  disk { size = 64 }"]


def test_memory_that_may_be_given_back_follows_where_it_is_all_of_it(changed: Changed) -> None:
    files = _home(memory="dedicated = 4096\n    floating  = 4096")
    assert [each.strip() for each in changed(files, SetVm(name="nas", memory=8192))] == [
        "main.tf",
        "-    dedicated = 4096",
        "-    floating  = 4096",
        "+    dedicated = 8192",
        "+    floating  = 8192",
    ]


def test_a_disk_that_is_a_drive_for_cloud_init_does_not_count(changed: Changed) -> None:
    drives = '  disk {\n    type = "cloudinit"\n  }\n  disk {\n    size = "32G"\n  }\n'
    files = {"main.tf": f'resource "proxmox_vm_qemu" "nas" {{\n{drives}}}\n'}
    assert changed(files, SetVm(name="nas", disk=64)) == ["main.tf", '-    size = "32G"', '+    size = "64G"']


CORES = 'variable "cores" {}\nresource "proxmox_vm_qemu" "nas" {\n  cores = var.cores\n}\n'


@pytest.mark.parametrize("path", ["infra/env/home.tfvars", "infra/terraform.tfvars.example"])
def test_a_default_that_another_file_may_override_is_left_alone(edit: Apply, path: str) -> None:
    files = {"infra/main.tf": CORES.replace("{}", "{ default = 2 }", 1), path: "cores = 8\n"}
    with pytest.raises(EditRefused, match=f"which {path} may set"):
        edit(files, SetVm(name="nas", cores=4))


def test_the_only_file_that_sets_a_variable_without_a_default_is_the_place(changed: Changed) -> None:
    files = {"infra/main.tf": CORES, "infra/env/home.tfvars": "cores = 8\n"}
    assert changed(files, SetVm(name="nas", cores=4)) == ["infra/env/home.tfvars", "-cores = 8", "+cores = 4"]


def test_machines_of_one_name_are_told_apart_by_where_terraform_runs(changed: Changed) -> None:
    call = 'module "vm" {\n  source = "../../vm"\n  name   = "web"\n  cores  = 2\n}\n'
    files = {"env/dev/main.tf": call, "env/prod/main.tf": call, "vm/main.tf": VM}
    with pytest.raises(AmbiguousWorkload, match=r"env/dev:module\.vm\..* or env/prod:module\.vm"):
        changed(files, SetVm(name="web", cores=4))
    assert changed(files, SetVm(name="web", namespace="prod", cores=4))[0] == "env/prod/main.tf"


TERRAGRUNT = {
    "live/root.hcl": "inputs = {\n  memory = 2048\n}\n",
    "live/home/env.hcl": "locals {\n  sizes = {\n    web = { cores = 2 } # small\n  }\n}\n",
    "live/home/web/terragrunt.hcl": """include "root" {
  path = find_in_parent_folders("root.hcl")
}
locals {
  env = read_terragrunt_config(find_in_parent_folders("env.hcl"))
}
terraform {
  source = "${get_repo_root()}/modules//vm"
}
inputs = {
  name  = "web"
  cores = local.env.locals.sizes.web.cores
}
""",
    "modules/vm/main.tf": VM,
}


def test_terragrunt_is_followed_to_its_inputs_and_what_it_includes(changed: Changed) -> None:
    assert changed(TERRAGRUNT, SetVm(name="web", cores=4)) == [
        "live/home/env.hcl",
        "-    web = { cores = 2 } # small",
        "+    web = { cores = 4 } # small",
    ]
    assert changed(TERRAGRUNT, SetVm(name="web", memory=4096)) == [
        "live/root.hcl",
        "-  memory = 2048",
        "+  memory = 4096",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [('find_in_parent_folders("root.hcl")', "local.elsewhere"), ("${get_repo_root()}/modules//vm", "${local.vm}")],
)
def test_a_default_that_terragrunt_may_override_is_left_alone(edit: Apply, old: str, new: str) -> None:
    unit = TERRAGRUNT["live/home/web/terragrunt.hcl"].replace(old, new)
    with pytest.raises(EditRefused, match=r"var\.memory, which Terragrunt may set"):
        edit(TERRAGRUNT | {"live/home/web/terragrunt.hcl": unit}, SetVm(name="this", memory=4096))


def _multiplied(to: str) -> str:
    names = [f"l{number}" for number in range(12)]
    pairs = zip(names, [*names[1:], "end"], strict=True)
    lines = "".join(f"  {name} = {to.replace('X', f'local.{after}')}\n" for name, after in pairs)
    own = '  own = local.own\n  said = "${local.said}x"\n  all = { x = local.all, y = local.all }\n'
    return f"locals {{\n  end = 2\n{lines}{own}}}\n"


@pytest.mark.parametrize("to", [f"[{'X, ' * 10}]", "merge(X, X, X, X, X, X, X, X)", '"${X}${X}${X}${X}${X}${X}"'])
@pytest.mark.parametrize("value", ["local.l0", "local.own", "local.said", "local.all", "local.l0[0][0]"])
def test_names_that_multiply_or_lead_back_to_themselves_end_somewhere(edit: Apply, to: str, value: str) -> None:
    nas = f'resource "proxmox_vm_qemu" "nas" {{\n  name = {value}\n  cores = {value}\n  memory = 1024\n}}\n'
    call = f'module "vm" {{\n  source = "./vm"\n  cores = {value}\n  name = {value}\n}}\n'
    files = {"main.tf": _multiplied(to) + nas + call, "vm/main.tf": VM}
    assert edit(files, SetVm(name="nas", memory=2048)).files
