from pathlib import Path
from typing import Any

import pytest
import yaml

type Run = Any

DOCUMENTED = Path(__file__).parents[3] / "docs" / "rbac.yaml"


async def test_the_role_is_printed_as_documented(homelab: Run) -> None:
    ended = await homelab("rbac")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == DOCUMENTED.read_text()


async def test_account_and_namespace_can_have_other_names(homelab: Run) -> None:
    ended = await homelab("rbac", "--name", "reader", "--namespace", "watching")
    documents = {each["kind"]: each for each in yaml.safe_load_all(ended.out)}
    assert documents["Namespace"]["metadata"]["name"] == "watching"
    assert documents["ServiceAccount"]["metadata"] == {"name": "reader", "namespace": "watching"}
    assert (
        documents["ClusterRoleBinding"]["roleRef"]["name"] == documents["ClusterRole"]["metadata"]["name"] == "reader"
    )
    assert {verb for rule in documents["ClusterRole"]["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert "homelab-assistant" not in ended.out


@pytest.mark.parametrize("name", ["Reader", "a: b", "x" * 64, "-a", ""])
async def test_what_is_no_name_is_refused(homelab: Run, name: str) -> None:
    ended = await homelab("rbac", f"--name={name}")
    assert (ended.code, ended.out) == (4, "")
    assert "is no name in Kubernetes" in ended.err


async def test_the_role_can_be_had_as_json_too(homelab: Run) -> None:
    ended = await homelab("rbac", "--json")
    assert ended.json["items"] == list(yaml.safe_load_all((await homelab("rbac")).out))
