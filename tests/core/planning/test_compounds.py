"""Words such as "k3s-server": a name and a noun, unless the files have them as a name."""

import pytest

from assistant_core.change.planning import plan_by_sentences
from assistant_core.errors import UnknownWorkload
from assistant_core.gitops import Index
from assistant_core.models.plan import SetImage, SetVm
from assistant_core.models.repository import Snapshot
from assistant_core.speech import Speech

VM = b'resource "proxmox_virtual_environment_vm" "k3s" {\n  name = "k3s"\n  cpu {\n    cores = 2\n  }\n}\n'
COMPUTED = b"""locals {
  all = { for name, vm in var.vms : name => merge(var.usual, vm) }
}
variable "vms" {
  default = { "k3s-server" = { cores = 4 } }
}
"""


def _index(**files: bytes) -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={f"{name}.tf": text for name, text in files.items()}))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "set the cores of k3s-server to 8"),
        ("en", "give the k3s server 8 cores"),
        ("de", "gib k3s-server 8 Kerne"),
        ("de", "gib dem k3s Server 8 Kerne"),
    ],
)
def test_a_compound_that_the_files_have_as_a_name_is_not_cut(language: str, words: str) -> None:
    speech = [Speech.load(language)]
    assert plan_by_sentences(words, _index(vm=VM), speech) == SetVm(name="k3s", cores=8)
    with pytest.raises(UnknownWorkload, match=r"called 'k3s-[sS]erver'"):
        plan_by_sentences(words, _index(vm=VM, more=COMPUTED), speech)


def test_a_sidecar_is_known_by_its_name_in_two_words() -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: heart}\n"
        "spec:\n  selector: {matchLabels: {app: heart}}\n"
        "  template:\n    metadata: {labels: {app: heart}}\n    spec:\n      containers:\n"
        "        - {name: heart, image: 'acme/heart:1.0.0'}\n        - {name: bus-sidecar, image: 'acme/bus:1.0.0'}\n"
    )
    index = Index.of(Snapshot(commit="c" * 40, files={"heart.yaml": text.encode()}))
    both = [Speech.load("en"), Speech.load("de")]
    plan = plan_by_sentences("update the bus sidecar to 1.1.0", index, both)
    assert plan == SetImage(name="bus-sidecar", tag="1.1.0")
    assert plan_by_sentences("give the other sidecar 64Mi", index, both) is None
