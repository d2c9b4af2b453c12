"""Terraform runs no programs, brings no foreign code and holds no secrets."""

import pytest

from assistant_core.guard import Policy, Risk, judge_change, judge_file
from assistant_core.models.notes import Danger
from assistant_core.models.repository import FileChange

MACHINE = """\
terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.69"
    }
  }
}

provider "proxmox" {
  endpoint = var.endpoint
}

module "dns" {
  source = "./modules/dns"
}

resource "proxmox_virtual_environment_vm" "web" {
  name = "web" # the web server
  memory {
    dedicated = 4096
  }
}
"""
PROVISIONER = """
resource "null_resource" "a" {
  provisioner "local-exec" {
    command = "rm -rf /"
  }
}
"""


def _rules(text: str, path: str = "terraform/main.tf") -> set[str]:
    return {each.rule for each in judge_file(path, text.encode(), Policy())}


def _new_rules(before: str | None, after: str) -> set[str]:
    change = FileChange(path="terraform/main.tf", before=before.encode() if before else None, after=after.encode())
    return {each.rule for each in judge_change([change]).violations}


def test_a_plain_machine_is_fine() -> None:
    assert _rules(MACHINE) == set()


@pytest.mark.parametrize("kind", ["local-exec", "remote-exec", "file"])
def test_a_provisioner_is_found(kind: str) -> None:
    assert _rules(MACHINE + PROVISIONER.replace("local-exec", kind)) == {"terraform-provisioners"}


def test_external_data_is_found() -> None:
    assert _rules('data "external" "a" {\n  program = ["sh", "-c", "id"]\n}\n') == {"terraform-provisioners"}


@pytest.mark.parametrize(
    "text",
    [
        'provider "proxmox" {\n  password = "hunter2"\n}\n',
        'variable "token" {\n  default = "hunter2"\n}\n',
        'variable "a" {\n  sensitive = true\n  default = "hunter2"\n}\n',
        'api_token = "hunter2"\n',
        'locals {\n  url = "https://anna:hunter2@example.com"\n}\n',
    ],
)
def test_a_secret_is_found_and_never_repeated(text: str) -> None:
    violations = judge_file("terraform/home.auto.tfvars", text.encode(), Policy())

    assert {each.rule for each in violations} == {"secret-values"}
    assert "hunter2" not in repr(violations)


def test_a_secret_from_elsewhere_is_fine() -> None:
    assert _rules('provider "a" {\n  password = var.password\n  token = data.vault.x.token\n}\n') == set()
    assert _rules('variable "password" {\n  type = string\n  sensitive = true\n}\n') == set()


def test_a_machine_may_get_more_memory_at_high_risk() -> None:
    change = FileChange(
        path="terraform/web.tf", before=MACHINE.encode(), after=MACHINE.replace("4096", "8192").encode()
    )

    verdict = judge_change([change])

    assert verdict.accepted
    assert verdict.risk is Risk.HIGH
    assert verdict.reasons == (Danger.TERRAFORM.told(),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("./modules/dns", "github.com/mallory/dns"),
        ("bpg/proxmox", "mallory/proxmox"),
        ('provider "proxmox"', 'provider "shell" {\n}\n\nprovider "proxmox"'),
        ("  required_providers {", '  backend "s3" {\n    bucket = "a"\n  }\n  required_providers {'),
        ('module "dns"', 'module "more" {\n  source = "./modules/more"\n}\n\nmodule "dns"'),
    ],
)
def test_a_change_brings_no_new_provider_module_or_backend(old: str, new: str) -> None:
    assert _new_rules(MACHINE, MACHINE.replace(old, new)) == {"terraform-sources"}


def test_a_new_file_brings_no_provisioner() -> None:
    assert _new_rules(None, PROVISIONER) == {"terraform-provisioners"}
    assert _new_rules(PROVISIONER, PROVISIONER + "# more\n") == set()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = ", "The file is not valid Terraform"),
        ("a = " + "[" * 100, "The file is nested deeper than 64 levels."),
        ("a = \x00", "The file is not valid Terraform"),
        ("a = " + "9" * 5000, "The file has an expression that is too long."),
        ("a = 1" + " + 1" * 5000, "The file has an expression that is too long."),
        ("# " + "a" * 50_000, "The file is larger than 48 KiB."),
    ],
)
def test_terraform_that_cannot_be_read_is_an_error(text: str, reason: str) -> None:
    (violation,) = judge_file("main.tf", text.encode(), Policy())

    assert violation.rule == "unreadable"
    assert violation.message.startswith(reason)
