import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant_core.cli import app

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


@pytest.mark.parametrize("name", ["missing.yaml", "nul\0.yaml", "~nobody-of-that-name/x.yaml"])
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(name: str) -> None:
    ended = CliRunner().invoke(app, ["check", "--json", name])
    assert (ended.exit_code, ended.stdout) == (5, "")
    assert "There is no file" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_folder_stands_for_the_manifests_and_the_terraform_below_it(tmp_path: Path) -> None:
    for name in ("apps/web.yaml", "apps/b/db.yml", "main.tf", ".git/config.yaml", "README.md", ".hidden.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("" if name.endswith(".tf") else POD.format(privileged="false"))
    ended = CliRunner().invoke(app, ["check", "--level", "baseline", "--json", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    found = [Path(each["path"]).relative_to(tmp_path).as_posix() for each in json.loads(ended.stdout)["files"]]
    assert found == ["main.tf", "apps/web.yaml", "apps/b/db.yml"]


def test_a_manifest_comes_from_stdin_too() -> None:
    for privileged, code in (("false", 0), ("true", 4)):
        text = POD.format(privileged=privileged)
        ended = CliRunner().invoke(app, ["check", "--level", "baseline", "--json", "-"], input=text)
        assert ended.exit_code == code
        (file,) = json.loads(ended.stdout)["files"]
        assert (file["path"], file["accepted"]) == ("-", code == 0)


@pytest.mark.skipif("HOMELAB_TEST_DATA" not in os.environ, reason="HOMELAB_TEST_DATA is not set")
@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_every_bad_manifest_is_refused_at_its_level(level: str) -> None:
    folder = Path(os.environ["HOMELAB_TEST_DATA"]) / "manifests" / level
    ended = CliRunner().invoke(app, ["check", "--level", level, "--json", str(folder)])
    assert ended.exit_code == 4
    bad = [each for each in json.loads(ended.stdout)["files"] if each["path"].endswith("-bad.yaml")]
    assert len(bad) > 10
    assert [each["path"] for each in bad if each["accepted"]] == []


async def test_a_file_may_be_judged_by_one_rule_alone(homelab: Run, manifests: tuple[str, str]) -> None:
    plain, privileged = manifests
    assert (await homelab("check", plain)).code == 4
    assert (await homelab("check", "--rule", "privileged", plain)).code == 0
    ended = await homelab("check", "--rule", "privileged", "--rule", "host-path", "--json", privileged)
    assert (ended.code, {each["rule"] for each in ended.json["files"][0]["violations"]}) == (4, {"privileged"})


async def test_a_rule_that_does_not_exist_is_named(homelab: Run, manifests: tuple[str, str]) -> None:
    ended = await homelab("check", "--rule", "nothing", manifests[0])
    assert ended.code == 4
    assert "There is no rule nothing; there are app-armor, " in ended.err


def test_a_folder_without_manifests_is_not_told_to_be_fine(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert (ended.exit_code, ended.stdout) == (5, "")
    assert "There is no manifest and no Terraform in" in ended.stderr


def test_what_is_no_file_and_no_utf8_in_a_folder_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / os.fsdecode(b"odd\xff.yaml")).write_text("a: 1\n")
    ended = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert [each["path"].rpartition("/")[2] for each in json.loads(ended.stdout)["files"]] == ["odd\\udcff.yaml"]
