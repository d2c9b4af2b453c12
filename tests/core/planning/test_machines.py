"""Words about virtual machines: which one is meant, and what is said of those that nobody knows."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import AmbiguousWorkload, UnknownWorkload
from assistant_core.gitops import Index, apply
from assistant_core.models.plan import SetVm
from assistant_core.models.repository import Snapshot
from assistant_core.speech import LANGUAGES, Speech

MACHINES = """module "talos" {
  source = "./vm"
  nodes = {
    ctrl-0 = { cores = 8 }
    ctrl-1 = { cores = 4 }
  }
}
"""
RELEASE = 'resource "helm_release" "grafana" {\n  name = "grafana"\n}\n'
VM = """variable "nodes" {}
resource "proxmox_virtual_environment_vm" "this" {
  for_each = var.nodes
  name     = each.key
  cpu { cores = each.value.cores }
}
"""


def _index(folder: str = "") -> Index:
    files = {f"{folder}main.tf": MACHINES.encode(), f"{folder}vm/main.tf": VM.encode()}
    files[f"{folder}grafana.tf"] = RELEASE.encode()
    return Index.of(Snapshot(commit="0" * 40, files=files))


@pytest.fixture(scope="module")
def speech() -> list[Speech]:
    return [Speech.load(language, prepared=False) for language in LANGUAGES]


def test_the_name_of_several_machines_is_asked_back(speech: list[Speech]) -> None:
    with pytest.raises(AmbiguousWorkload, match=r'this\["ctrl-0"\] or module\.talos\..*this\["ctrl-1"\]'):
        plan_by_sentences("give talos 2 cores", _index(), speech)
    assert plan_by_sentences("give ctrl-1 two more cores", _index(), speech) == SetVm(name="ctrl-1", cores=6)


def test_a_place_tells_machines_of_one_name_apart(speech: list[Speech]) -> None:
    both = {**_index("home/").snapshot.files, **_index("cabin/").snapshot.files}
    index = Index.of(Snapshot(commit="0" * 40, files=both))
    plan = plan_by_sentences("give ctrl-1 in cabin 6 cores", index, speech)
    assert plan == SetVm(name="ctrl-1", namespace="cabin", cores=6)
    assert [each.path for each in apply(plan, index).files] == ["cabin/main.tf"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("restart ctrl-0", "main.tf mentions it, but in Terraform I change only the hardware of virtual machines"),
        ("scale grafana to 2", "grafana.tf mentions it, but that file has Terraform run workloads"),
    ],
)
def test_what_terraform_runs_beside_machines_is_left_alone(words: str, reason: str, speech: list[Speech]) -> None:
    plan = plan_by_sentences(words, _index(), speech)
    assert plan is not None
    with pytest.raises(UnknownWorkload, match=reason):
        apply(plan, _index())


def test_where_only_machines_are_known_they_are_told(speech: list[Speech]) -> None:
    with pytest.raises(
        UnknownWorkload, match=r"No virtual machine .* is called 'ctrl-7'\. There is ctrl-0 or ctrl-1\."
    ):
        plan_by_sentences("give ctrl-7 8 cores", _index(), speech)
