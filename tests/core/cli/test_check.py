from pathlib import Path
from typing import Any

import pytest

type Run = Any

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: docker.io/library/nginx:1.29.1
      securityContext:
        privileged: {privileged}
"""


@pytest.fixture
def manifests(tmp_path: Path) -> tuple[str, str]:
    """A pod that only the restricted level refuses, and one that both do."""
    plain, privileged = tmp_path / "plain.yaml", tmp_path / "privileged.yaml"
    plain.write_text(POD.format(privileged="false"))
    privileged.write_text(POD.format(privileged="true"))
    return str(plain), str(privileged)


async def test_every_file_is_judged_and_one_refused_refuses_all(homelab: Run, manifests: tuple[str, str]) -> None:
    ended = await homelab("check", "--level", "baseline", "--json", *manifests)
    assert ended.code == 4
    plain, privileged = ended.json["files"]
    assert (plain["path"], plain["accepted"]) == (manifests[0], True)
    assert (privileged["path"], privileged["accepted"]) == (manifests[1], False)
    assert all(each.keys() == {"rule", "severity", "where", "message"} for each in privileged["violations"])
    assert any("Pod" in each["where"] for each in privileged["violations"] if each["severity"] == "error")
    assert (await homelab("check", "--level", "baseline", manifests[0])).code == 0


async def test_without_a_level_the_restricted_one_holds(homelab: Run, manifests: tuple[str, str]) -> None:
    ended = await homelab("check", manifests[0])
    assert ended.code == 4
    assert f"{manifests[0]}: refused\n" in ended.out
    assert "  error " in ended.out


async def test_terraform_is_judged_too(homelab: Run, tmp_path: Path) -> None:
    good, bad, broken = (tmp_path / name for name in ("good.tf", "bad.tf", "broken.tf"))
    good.write_text('variable "cores" {\n  default = 2\n}\n')
    bad.write_text('resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}\n')
    broken.write_text('resource "a" {{{\n')
    ended = await homelab("check", "--json", str(good), str(bad), str(broken))
    assert ended.code == 4
    assert [each["accepted"] for each in ended.json["files"]] == [True, False, False]


async def test_what_a_file_says_cannot_steer_the_terminal(homelab: Run, tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD.format(privileged="true").replace("name: web\nspec", 'name: "\\e[2Jweb"\nspec'))
    ended = await homelab("check", str(path))
    assert ended.code == 4
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(("name", "said"), [("missing.yaml", "There is no file"), (".", "is a folder")])
async def test_a_file_that_cannot_be_read_is_told_in_one_sentence(
    homelab: Run, tmp_path: Path, name: str, said: str
) -> None:
    ended = await homelab("check", "--json", str(tmp_path / name))
    assert (ended.code, ended.out) == (5, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
