import asyncio
from pathlib import Path
from typing import Any

import pytest

from demo.faults import Fault, FaultKind
from demo.gpu import GpuExporterSimulator
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named
from demo.ollama import OllamaSimulator
from demo.serving import serving

type Run = Any


async def test_status_shows_every_named_service(homelab: Run, kubeconfig: Path) -> None:
    async with serving(OllamaSimulator()) as hub, serving(GpuExporterSimulator()) as gpu:
        ended = await homelab("status", "--ollama", hub.url, "--gpu", gpu.url, "--kubeconfig", str(kubeconfig))
    assert ended.code == 0
    assert "No model is loaded." in ended.out
    assert "degrees" in ended.out
    assert "in the cluster" in ended.out
    assert ended.err == ""


async def test_a_service_that_is_down_leaves_the_others_shown(homelab: Run, kubeconfig: Path) -> None:
    async with serving(OllamaSimulator()) as hub:
        await hub.inject(Fault(kind=FaultKind.REFUSE))
        words = ("status", "--ollama", hub.url, "--kubeconfig", str(kubeconfig))
        ended = await homelab(*words)
        as_json = await homelab(*words, "--json")
    assert ended.code == as_json.code == 5
    assert "does not answer" in ended.out
    assert "in the cluster" in ended.out
    assert "does not answer" in as_json.json["hub"]["error"]
    assert as_json.json["cluster"]["value"]
    assert "gpu" not in as_json.json


async def test_findings_are_listed_for_people_and_for_scripts(homelab: Run, kubeconfig: Path) -> None:
    ended = await homelab("findings", "--kubeconfig", str(kubeconfig))
    as_json = await homelab("findings", "--kubeconfig", str(kubeconfig), "--json")
    assert ended.code == as_json.code == 0
    assert as_json.json
    for finding in as_json.json:
        assert finding["name"] in ended.out


async def test_without_k8sgpt_our_own_checks_tell_what_is_wrong(homelab: Run, tmp_path: Path) -> None:
    simulator = KubernetesSimulator()
    for resource in ("results", "k8sgpts", "mutations"):
        simulator.store.remove_crd(kind_named(f"{resource}.core.k8sgpt.ai"))
    async with serving(simulator) as proxy:
        (tmp_path / "home.yaml").write_text(simulator.kubeconfig(proxy.url))
        ended = await homelab("findings", "--kubeconfig", str(tmp_path / "home.yaml"), "--json")
    assert ended.code == 0
    assert {tuple(finding["sources"]) for finding in ended.json} == {("check",)}
    assert "jellyfin" in {finding["name"] for finding in ended.json}


async def test_what_may_not_be_looked_at_is_said_beside_the_findings(homelab: Run, tmp_path: Path) -> None:
    simulator = KubernetesSimulator()
    simulator.server.accounts = {READER_TOKEN: Account("reader", denied=("list pods",))}
    async with serving(simulator) as proxy:
        await asyncio.to_thread((tmp_path / "home.yaml").write_text, simulator.kubeconfig(proxy.url))
        ended = await homelab("findings", "--kubeconfig", str(tmp_path / "home.yaml"))
    assert ended.code == 0
    assert "jellyfin" in ended.out
    assert ended.err == "The cluster home does not let us list pods; its account needs a role that allows it.\n"


async def test_an_address_where_something_else_answers_is_told(homelab: Run, tmp_path: Path) -> None:
    simulator = KubernetesSimulator()
    async with serving(simulator) as proxy:
        await proxy.inject(Fault(kind=FaultKind.STATUS, status=404, body="404 page not found"))
        await asyncio.to_thread((tmp_path / "home.yaml").write_text, simulator.kubeconfig(proxy.url))
        ended = await homelab("findings", "--kubeconfig", str(tmp_path / "home.yaml"))
    assert (ended.code, ended.err) == (5, "What the cluster home answers at /api/v1/nodes is not Kubernetes.\n")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(kind=FaultKind.REFUSE), "cannot be reached"),
        (Fault(kind=FaultKind.STATUS, status=403, body='{"kind": "Status", "code": 403}'), "does not let us list"),
        (Fault(kind=FaultKind.STATUS, status=503), "503"),
        (Fault(kind=FaultKind.GARBAGE), "not HTTP"),
    ],
)
async def test_a_cluster_that_cannot_be_looked_at_says_why_and_is_not_waited_for(
    homelab: Run, tmp_path: Path, fault: Fault, said: str
) -> None:
    simulator = KubernetesSimulator()
    async with serving(simulator) as proxy:
        await proxy.inject(fault)
        (tmp_path / "home.yaml").write_text(simulator.kubeconfig(proxy.url))
        ended = await homelab("findings", "--kubeconfig", str(tmp_path / "home.yaml"))
    assert (ended.code, ended.out) == (5, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("status",), 3, "Name at least one service"),
        (("status", "--ollama", "not a url"), 4, "must look like"),
        (("findings", "--kubeconfig", "/nowhere"), 5, "/nowhere cannot be read"),
        (("approve", "abc"), 3, "at least the first 8 characters"),
        (("reject", "0123456789"), 4, "There is no proposal 0123456789"),
        (("propose", "scale jellyfin to 3", "--github", "anna/homelab"), 5, "HOMELAB_GITHUB_TOKEN"),
        (("proposals", "--journal", "/dev/null/journal.sqlite"), 5, "cannot be made"),
    ],
)
async def test_an_error_is_one_sentence_and_a_code(homelab: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended = await homelab(*words)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


async def test_debug_shows_where_an_error_comes_from(homelab: Run) -> None:
    ended = await homelab("--debug", "findings", "--kubeconfig", "/nowhere")
    assert ended.code == 5
    assert "Traceback" in ended.err


async def test_debug_shows_no_secret(homelab: Run) -> None:
    token = f"github_pat_{40 * 's'}"
    repository = ("--github", "anna/homelab", "--github-api", "http://127.0.0.1:9")
    ended = await homelab("--debug", "index", *repository, HOMELAB_GITHUB_TOKEN=token)
    assert ended.code == 5
    assert "Traceback" in ended.err
    assert token not in ended.err


async def test_ask_answers_sentences_and_questions(homelab: Run, kubeconfig: Path) -> None:
    ended = await homelab("ask", "what is wrong with my cluster", "--kubeconfig", str(kubeconfig))
    assert ended.code == 0
    assert "in the cluster" in ended.out
    ended = await homelab("ask", "what changed since yesterday", "--kubeconfig", str(kubeconfig))
    assert ended.code == 0
    assert "came up, " in ended.out
    async with serving(OllamaSimulator()) as hub:
        words = ("--ollama", hub.url, "--model", "llama3.1:8b-demo-rules", "--kubeconfig", str(kubeconfig))
        ended = await homelab("ask", "Explain the findings in your own words", *words)
    assert ended.code == 0
    assert len(ended.out.split()) > 3
    assert (await homelab("ask", "Why is the sky blue?")).out.startswith("No model is set up")


async def test_ask_tells_programs_who_answered_and_speaks_german(homelab: Run, kubeconfig: Path) -> None:
    words = ("--kubeconfig", str(kubeconfig), "--json")
    english = await homelab("ask", "what is wrong with my cluster", *words)
    german = await homelab("ask", "was ist mit dem Cluster los", "--language", "de", *words)
    assert english.json["answered_by"] == german.json["answered_by"] == "sentence"
    assert "in the cluster" in english.json["text"]
    assert "Im Cluster" in german.json["text"]
