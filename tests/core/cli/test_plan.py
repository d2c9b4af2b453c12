"""`plan` works a change out and writes nothing: what programs get, whatever comes of it."""

import asyncio
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
import pytest
from typer.testing import CliRunner

from assistant_core.cli import app
from demo.kubernetes import KubernetesSimulator
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn
from demo.serving import serving

type Run = Any

KEYS = {"outcome", "plan", "files", "summary", "risk", "violations", "question", "candidates", "hash"}
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
spec:
  replicas: 1  # enough
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
      containers:
        - name: {name}
          image: ghcr.io/home/{name}:1.2.3
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with three apps, two of the same name."""
    for name, namespace in (("web", "home"), ("redis", "home"), ("redis", "work")):
        path = tmp_path / "apps" / namespace / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DEPLOYMENT.format(name=name, namespace=namespace))
    return tmp_path


def run(*words: str, stdin: str | None = None) -> Any:
    return CliRunner().invoke(app, ["plan", *words], input=stdin)


def planned(code: int, *words: str, stdin: str | None = None) -> dict[str, Any]:
    """The one JSON object that a plan prints."""
    ended = run(*words, "--json", stdin=stdin)
    assert ended.exit_code == code, ended.output
    found: dict[str, Any] = json.loads(ended.stdout)
    assert found.keys() == KEYS
    return found


def test_a_change_is_shown_as_a_diff_with_its_risk_and_checks(repository: Path) -> None:
    ended = run("--repo", str(repository), "scale web to 3")
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.startswith("Web in home: replicas from 1 to 3.\n")
    assert "\n-  replicas: 1  # enough\n+  replicas: 3  # enough\n" in ended.stdout
    assert "risk: low" in ended.stdout
    assert "checks: all passed" in ended.stdout


def test_programs_get_the_files_as_they_shall_be(repository: Path) -> None:
    found = planned(0, "--repo", str(repository), "scale web to 3")
    assert found["outcome"] == "proposed"
    assert found["plan"]["operation"] == "set_replicas"
    assert (found["plan"]["name"], found["plan"]["replicas"]) == ("web", 3)
    (file,) = found["files"]
    assert file["path"] == "apps/home/web.yaml"
    before = (repository / file["path"]).read_text()
    assert file["after"] == before.replace("replicas: 1", "replicas: 3")
    assert file["diff"].startswith("--- a/apps/home/web.yaml\n+++ b/apps/home/web.yaml\n@@ ")
    assert (found["risk"], found["violations"], found["question"]) == ("low", [], None)
    assert len(found["hash"]) == 64
    assert planned(0, "--repo", str(repository), "scale web to 3")["hash"] == found["hash"]


def test_a_plan_is_taken_instead_of_words(repository: Path) -> None:
    written = json.dumps({"operation": "set_image", "name": "web", "tag": "1.2.4"})
    for words, stdin in ((("--plan", written), None), (("--plan", "-"), written)):
        found = planned(0, "--repo", str(repository), *words, stdin=stdin)
        assert found["outcome"] == "proposed"
        assert "image: ghcr.io/home/web:1.2.4\n" in found["files"][0]["after"]


def test_what_is_so_already_is_unchanged(repository: Path) -> None:
    found = planned(0, "--repo", str(repository), "scale web to 1")
    assert (found["outcome"], found["files"], found["hash"]) == ("unchanged", [], None)
    assert "1 already" in found["summary"]


@pytest.mark.parametrize(
    ("words", "asked", "candidates"),
    [
        (["scale redis to 3"], "home/redis or work/redis", ["home/redis", "work/redis"]),
        (["scale webb to 3"], "Did you mean web?", ["web"]),
        (["scale web to 2 and restart it"], "Which first", ["scale web to 2", "restart it for web"]),
        (["scale web to many"], '"many" is not a number', []),
        (["make me a sandwich"], "no change I know", []),
        ([], "Say what shall change", []),
        (["scale web to 3", "--plan", "{}"], "not both", []),
        (["--plan", '{"operation": "set_replicas", "name": "web"}'], "'replicas' is a required property", []),
        (["--plan", '{"operation": "set_resources", "name": "web"}'], "Say how much CPU or memory", []),
    ],
)
def test_what_is_not_clear_is_asked_back(repository: Path, words: list[str], asked: str, candidates: list[str]) -> None:
    found = planned(3, "--repo", str(repository), *words)
    assert (found["outcome"], found["files"], found["candidates"]) == ("clarify", [], candidates)
    assert asked in found["question"]


@pytest.mark.parametrize(
    ("written", "rule", "said"),
    [
        ({"operation": "set_replicas", "name": "qwertz", "replicas": 2}, "unknown-workload", "I looked through 3"),
        ({"operation": "set_replicas", "name": "web", "replicas": 5000}, "input-invalid", "from 0 to 100"),
        ({"operation": "set_replicas", "name": "web", "replicas": "2"}, "input-invalid", "replicas: '2' is not"),
        ({"operation": "delete_cluster"}, "input-invalid", "There is no operation 'delete_cluster'"),
        ({"operation": ["x"]}, "input-invalid", "There is no operation"),
        ({"operation": "restart", "name": "web", "force": True}, "input-invalid", "'force'"),
        ({"operation": "set_value", "name": "web", "path": "metadata.name", "value": "x"}, "edit-refused", "name"),
        (["restart"], "input-invalid", "a JSON object"),
    ],
)
def test_what_cannot_be_is_refused_with_the_rule(repository: Path, written: object, rule: str, said: str) -> None:
    found = planned(4, "--repo", str(repository), "--plan", json.dumps(written))
    assert (found["outcome"], found["files"], found["hash"]) == ("refused", [], None)
    assert [each["rule"] for each in found["violations"]] == [rule]
    assert said in found["summary"]


def test_what_the_guard_forbids_is_refused_with_every_violation(repository: Path) -> None:
    written = {
        "operation": "set_value",
        "name": "web",
        "path": "spec.template.spec.containers[0].securityContext.privileged",
        "value": True,
    }
    found = planned(4, "--repo", str(repository), "--plan", json.dumps(written))
    assert found["plan"]["value"] is True
    assert any(each["severity"] == "error" and "web" in each["where"] for each in found["violations"])
    assert "forbids this change" in found["summary"]


@pytest.mark.parametrize("written", ["", "{", "\x00", "[" * 100_000, '{"operation": "restart", "name": "\\ud800"}'])
def test_a_plan_that_is_no_json_is_refused(repository: Path, written: str) -> None:
    assert planned(4, "--repo", str(repository), "--plan", "-", stdin=written)["outcome"] == "refused"


def test_a_number_that_nothing_can_hold_is_named_as_such(repository: Path) -> None:
    found = planned(4, "--repo", str(repository), "--plan", '{"operation": "set_replicas", "replicas": 1e400}')
    assert found["summary"] == "The number at character 43 of the plan is too large."


def test_a_repository_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    for name in (str(tmp_path / "nowhere"), "no repository at all"):
        found = planned(5, "--repo", name, "scale web to 3")
        assert (found["outcome"], found["files"]) == ("failed", [])
        assert found["summary"]


def test_words_that_are_no_text_are_asked_back(repository: Path) -> None:
    assert planned(3, "--repo", str(repository), "scale \udcff to 3\x00")["outcome"] == "clarify"


def test_german_is_understood(repository: Path) -> None:
    assert planned(0, "--repo", str(repository), "skaliere web auf 3")["plan"]["replicas"] == 3


def test_the_schema_admits_what_is_planned(repository: Path) -> None:
    ended = run("--schema")
    assert ended.exit_code == 0
    schema = json.loads(ended.stdout)
    Draft202012Validator.check_schema(schema)
    found = planned(0, "--repo", str(repository), "scale web to 3")
    assert Draft202012Validator(schema).is_valid(found["plan"])
    assert planned(0, "--repo", str(repository), "--plan", json.dumps(found["plan"]))["hash"] == found["hash"]


AUTOSCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "by-load", "namespace": "home"},
    "spec": {"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
}


async def test_a_live_cluster_tells_who_else_sets_the_replicas(homelab: Run, repository: Path) -> None:
    simulator = KubernetesSimulator(objects=(AUTOSCALER,))
    async with serving(simulator) as proxy:
        kubeconfig = repository / "kubeconfig"
        await asyncio.to_thread(kubeconfig.write_text, simulator.kubeconfig(proxy.url))
        words = ("plan", "--repo", str(repository), "--kubeconfig", str(kubeconfig), "--json")
        refused = await homelab(*words, "scale web to 3")
        proposed = await homelab(*words, "scale home/redis to 3")
    assert (refused.code, refused.json["outcome"]) == (4, "refused")
    assert "set by the HorizontalPodAutoscaler by-load (in the cluster kubeconfig)" in refused.json["summary"]
    assert (proposed.code, proposed.json["outcome"]) == (0, "proposed")


async def test_a_proposal_heeds_the_cluster_as_well(homelab: Run, repository: Path) -> None:
    simulator = KubernetesSimulator(objects=(AUTOSCALER,))
    async with serving(simulator) as proxy:
        kubeconfig = repository.parent / "kubeconfig"
        await asyncio.to_thread(kubeconfig.write_text, simulator.kubeconfig(proxy.url))
        words = ("propose", "--repo", str(repository), "--kubeconfig", str(kubeconfig))
        refused = await homelab(*words, "scale web to 3")
    assert refused.code == 4
    assert "set by the HorizontalPodAutoscaler by-load" in refused.err


def live(name: str, namespace: str, **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "annotations": annotations},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": {}},
    }


async def test_of_two_namesakes_the_one_in_the_cluster_is_meant(homelab: Run, repository: Path) -> None:
    simulator = KubernetesSimulator(objects=(live("redis", "work"),))
    async with serving(simulator) as proxy:
        kubeconfig = repository / "kubeconfig"
        await asyncio.to_thread(kubeconfig.write_text, simulator.kubeconfig(proxy.url))
        words = ("plan", "--repo", str(repository), "--kubeconfig", str(kubeconfig), "--json")
        one = await homelab(*words, "scale redis to 3")
        simulator.store.apply(live("redis", "home"))
        both = await homelab(*words, "scale redis to 3")
    assert [each["path"] for each in one.json["files"]] == ["apps/work/redis.yaml"]
    assert (both.code, both.json["candidates"]) == (3, ["home/redis", "work/redis"])


async def test_a_model_reads_what_no_sentence_does_and_is_checked_like_anybody(homelab: Run, repository: Path) -> None:
    said = "it would be lovely if web ran thrice, three of them"
    plan = {"operation": "set_replicas", "name": "web", "replicas": 3}
    invented = {"operation": "set_replicas", "name": "web", "replicas": 77}
    simulator = OllamaSimulator()
    async with serving(simulator) as hub:
        model = ("--ollama", hub.url, "--write-model", "qwen2.5-coder:7b-demo-rules")
        words = ("plan", "--repo", str(repository), *model, "--json")
        simulator.script(Turn.saying(json.dumps(plan)))
        proposed = await homelab(*words, said)
        simulator.script(*[Turn.saying(json.dumps(invented))] * 2)
        asked = await homelab(*words, said)
    assert (proposed.code, proposed.json["plan"]["replicas"]) == (0, 3)
    assert (asked.code, asked.json["files"]) == (3, [])


async def test_a_model_that_is_not_there_is_a_failure(homelab: Run, repository: Path) -> None:
    words = ("plan", "--repo", str(repository), "--ollama", "http://127.0.0.1:9", "--json")
    ended = await homelab(*words, "it would be lovely if web ran thrice")
    assert (ended.code, ended.json["outcome"]) == (5, "failed")
    assert (await homelab(*words, "scale web to 3")).code == 0


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"operation": "remove_app", "name": "web"}, "Web in home: removed."),
        (
            {"operation": "add_app", "name": "cache", "template": "redis", "namespace": "home"},
            "Cache in home: a new app.",
        ),
        ({"operation": "set_vm", "name": "ai-hub", "cores": 8}, "Ai-hub: from 4 cores to 8 cores."),
        (
            {"operation": "set_resources", "name": "nightly", "cpu_request": "1", "memory_limit": "1Gi"},
            "Nightly in home: resources from limits memory 64Mi to requests cpu 1, limits memory 1Gi.",
        ),
        (
            {"operation": "set_image", "name": "bare", "tag": "1.36"},
            "Bare in home: image from busybox to busybox:1.36.",
        ),
        ({"operation": "set_replicas", "name": "proxy", "replicas": 3}, "Proxy in home: replicas from 2 to 3."),
        ({"operation": "set_image", "name": "proxy", "tag": "v3.3"}, "Proxy in home: image from v3.2 to v3.3."),
        (
            {"operation": "set_value", "name": "proxy", "path": "image.tag", "value": "v3.3"},
            "Proxy in home: version from v3.2 to v3.3.",
        ),
        ({"operation": "suspend", "name": "nightly"}, "Nightly in home: suspended."),
        ({"operation": "resume", "name": "weekly"}, "Weekly in home: resumed."),
        (
            {"operation": "set_value", "name": "nightly", "path": "spec.schedule", "value": "0 5 * * *"},
            "Nightly in home: another schedule.",
        ),
    ],
)
def test_the_summary_says_in_a_few_words_what_becomes_of_what(
    repository: Path, plan: dict[str, Any], said: str
) -> None:
    (repository / "vm.tf").write_text(
        'resource "proxmox_virtual_environment_vm" "hub" {\n  name = "ai-hub"\n  cpu {\n    cores = 4\n  }\n}\n'
    )
    for name, suspended in (("nightly", "false"), ("weekly", "true")):
        (repository / f"apps/home/{name}.yaml").write_text(
            f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: {name}, namespace: home}}\nspec:\n"
            f'  schedule: "0 3 * * *"\n  suspend: {suspended}\n  jobTemplate: {{spec: {{template: {{spec: '
            "{restartPolicy: Never, containers: [{name: a, image: 'ghcr.io/home/a:1.0.0', "
            "resources: {limits: {memory: 64Mi}}}]}}}}\n"
        )
    (repository / "apps/home/bare.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: bare, namespace: home}\n"
        "spec: {containers: [{name: a, image: busybox}]}\n"
    )
    (repository / "proxy.yaml").write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: proxy, namespace: argocd}\nspec:\n"
        "  source:\n    repoURL: https://charts.example\n    chart: traefik\n    targetRevision: 33.0.0\n    helm:\n"
        "      parameters:\n        - {name: deployment.replicas, value: '2'}\n"
        "        - {name: image.tag, value: v3.2}\n  destination: {namespace: home}\n"
    )
    found = planned(0, "--repo", str(repository), "--plan", json.dumps(plan))
    assert found["summary"].startswith(said)


async def test_a_live_cluster_knows_the_shape_of_its_own_kinds(homelab: Run, repository: Path) -> None:
    spec = {
        "type": "object",
        "properties": {"replicas": {"type": "integer", "maximum": 2}},
        "x-kubernetes-preserve-unknown-fields": True,
    }
    deployment = {
        "type": "object",
        "properties": {"metadata": {}, "spec": spec},
        "x-kubernetes-preserve-unknown-fields": True,
        "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}],
    }
    simulator = KubernetesSimulator()
    simulator.server.openapi["apis/apps/v1"] = {"components": {"schemas": {"Deployment": deployment}}}
    async with serving(simulator) as proxy:
        kubeconfig = repository / "kubeconfig"
        await asyncio.to_thread(kubeconfig.write_text, simulator.kubeconfig(proxy.url))
        words = ("plan", "--repo", str(repository), "--kubeconfig", str(kubeconfig), "--json")
        refused = await homelab(*words, "scale web to 3")
        proposed = await homelab(*words, "scale web to 2")
    assert (refused.code, [each["rule"] for each in refused.json["violations"]]) == (4, ["schema"])
    assert (proposed.code, proposed.json["outcome"]) == (0, "proposed")
