"""Manifests in JSON, and files of other tools that look like manifests."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.errors import EditRefused
from assistant_core.forge.files import is_configuration
from assistant_core.gitops import Index
from assistant_core.models.plan import ChangePlan, SetEnv, SetImage, SetReplicas, SetResources

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]
type Indexed = Callable[[Mapping[str, str]], Index]

WEB = """{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": {"name": "web", "namespace": "web"},
  "spec": {
    "replicas": 1,
    "selector": {"matchLabels": {"app": "web"}},
    "template": {
      "metadata": {"labels": {"app": "web"}},
      "spec": {
        "containers": [
          {"name": "web", "image": "x/web:1.0", "env": [{"name": "LEVEL", "value": "info"}]}
        ]
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (SetReplicas(name="web", replicas=2), ['-    "replicas": 1,', '+    "replicas": 2,']),
        (
            SetImage(name="web", tag="1.1"),
            [
                '-          {"name": "web", "image": "x/web:1.0", "env": [{"name": "LEVEL", "value": "info"}]}',
                '+          {"name": "web", "image": "x/web:1.1", "env": [{"name": "LEVEL", "value": "info"}]}',
            ],
        ),
        (
            SetEnv(name="web", variable="LEVEL", value="debug"),
            [
                '-          {"name": "web", "image": "x/web:1.0", "env": [{"name": "LEVEL", "value": "info"}]}',
                '+          {"name": "web", "image": "x/web:1.0", "env": [{"name": "LEVEL", "value": "debug"}]}',
            ],
        ),
    ],
)
@pytest.mark.parametrize("kustomized", [False, True])
def test_a_value_in_json_changes_as_in_yaml(
    plan: ChangePlan, lines: list[str], changed: Changed, *, kustomized: bool
) -> None:
    files = {"apps/web.json": WEB} | ({"apps/kustomization.yaml": "resources: [web.json]\n"} if kustomized else {})
    assert changed(files, plan) == ["apps/web.json", *lines]


def test_what_would_be_no_json_any_more_is_refused(changed: Changed) -> None:
    with pytest.raises(EditRefused, match="values that stand in JSON already"):
        changed({"apps/web.json": WEB}, SetResources(name="web", memory_limit="1Gi"))


def test_json_without_objects_is_no_manifest(index: Indexed) -> None:
    found = index({"apps/web.json": WEB, "apps/settings.json": '{"kind": "x"}'})
    assert [each.name for each in found.workloads] == ["web"]
    assert not found.unread


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        ("apps/web.json", True),
        ("apps/config.json", True),
        ("package.json", False),
        ("web/package-lock.json", False),
        (".github/renovate.json5", False),
        (".vscode/settings.json", False),
        ("apps/grafana/dashboards/nodes.json", False),
    ],
)
def test_a_snapshot_has_the_json_that_may_be_manifests(path: str, belongs: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_configuration(path) is belongs


@pytest.mark.parametrize(
    ("path", "tool"),
    [
        ("docker/compose.yaml", "Docker Compose"),
        ("media/docker-compose.prod.yml", "Docker Compose"),
        ("helmfile.yaml", "Helmfile"),
        ("apps/helmfile.yaml.gotmpl", "Helmfile"),
        ("ansible/site.yml", "Ansible"),
        ("roles/k3s/tasks/main.yml", "Ansible"),
        ("hosts/nas.nix", "Nix"),
    ],
)
def test_files_of_other_tools_are_named(path: str, tool: str, index: Indexed) -> None:
    assert is_configuration(path)
    found = index({"apps/web.json": WEB, path: "services: {web: {image: x}}\n"})
    assert [(each.path, each.reason) for each in found.unread] == [
        (path, f"belongs to {tool}, which I do not understand")
    ]
