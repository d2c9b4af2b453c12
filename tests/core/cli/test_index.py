"""`index` lists what a repository deploys, where each thing is decided, and what it left out."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant_core.cli import app
from demo.repository import FILES as DEMO


def indexed(folder: Path) -> dict[str, Any]:
    ended = CliRunner().invoke(app, ["index", "--repo", str(folder), "--json"])
    assert ended.exit_code == 0, ended.output
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def every_knob(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [knob for each in (*found["workloads"], *found["machines"]) for knob in each["knobs"]]


def check_lines(folder: Path, found: dict[str, Any]) -> int:
    """The last part of every value stands on the line that was told; returns how many there are."""
    told = [knob for knob in every_knob(found) if knob["set"] and knob["value"] not in (None, "[redacted]")]
    for knob in told:
        line = (folder / knob["file"]).read_text().splitlines()[knob["line"] - 1]
        assert str(knob["value"]).rsplit("@", 1)[-1].rsplit(":", 1)[-1].casefold() in line.casefold(), knob
    return len(told)


def test_every_knob_is_told_with_its_line(tmp_path: Path) -> None:
    found = indexed(DEMO)
    assert check_lines(DEMO, found) > 50
    homepage = next(each for each in found["workloads"] if each["name"] == "homepage")
    first = next(knob for knob in homepage["knobs"] if knob["topic"] == "image")
    assert first["file"] == "apps/web/homepage/overlays/home/kustomization.yaml"
    assert (first["value"], first["confidence"]) == ("ghcr.io/gethomepage/homepage:v0.9.11", "certain")


def test_secrets_are_not_shown() -> None:
    knobs = every_knob(indexed(DEMO))
    assert [knob["name"] for knob in knobs if knob["value"] == "[redacted]"] == ["PAPERLESS_SECRET_KEY"]


def test_what_was_left_out_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [")
    (tmp_path / "broken.tf").write_text("resource {{{")
    (tmp_path / "secret.yaml").write_text("kind: Secret\nsops: {mac: x}\n")
    found = indexed(tmp_path)
    reasons = {each["path"]: each["reason"] for each in found["unread"]}
    assert reasons.keys() == {"broken.yaml", "broken.tf", "secret.yaml"}
    assert reasons["secret.yaml"] == "is encrypted with SOPS"
    ended = CliRunner().invoke(app, ["index", "--repo", str(tmp_path)])
    assert "left out: secret.yaml is encrypted with SOPS\n" in ended.stdout
    assert "0 workloads, 0 machines, 3 left out\n" in ended.stdout


def test_people_get_a_row_for_each_place_even_in_a_pipe() -> None:
    ended = CliRunner().invoke(app, ["index", "--repo", str(DEMO)])
    assert any(
        line.split() == ["media/jellyfin", "replicas", "1", "apps/media/jellyfin/jellyfin.yaml:26", "certain"]
        for line in ended.stdout.splitlines()
    )


@pytest.mark.skipif("HOMELAB_TEST_DATA" not in os.environ, reason="HOMELAB_TEST_DATA is not set")
@pytest.mark.parametrize("name", ["khuedoan__homelab", "argoproj__argocd-example-apps"])
def test_the_lines_of_real_repositories_are_right(name: str) -> None:
    folder = Path(os.environ["HOMELAB_TEST_DATA"]) / "gitops" / name
    assert check_lines(folder, indexed(folder)) > 50
