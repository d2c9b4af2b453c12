"""The requests that ship with the program are understood, and none leads to a change that was not meant."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant_core.cli import app
from assistant_core.cli.evaluation import Mark, Request, judge, repositories, requests
from assistant_core.cli.exits import Outcome
from assistant_core.gitops import Index
from assistant_core.models.plan import SetReplicas
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn
from demo.serving import serving

type Run = Any


def test_the_sentences_are_right_in_nine_of_ten_they_claim_and_never_change_anything_else() -> None:
    ended = CliRunner().invoke(app, ["eval", "--json"])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout)["sentences"]
    missed = [(each["say"], each["said"]) for each in found["requests"] if each["claimed"] and each["mark"] != "right"]
    assert found["wrong_edits"] == 0, missed
    assert found["accuracy"] >= 0.9, missed
    assert found["claimed"] >= 0.8 * found["asked"]


def test_the_requests_are_of_every_layout_operation_and_language_and_twenty_change_nothing() -> None:
    every = requests()
    assert {each.repository for each in every} == set(repositories())
    assert len(every) >= 80
    assert sum(each.language == "de" for each in every) >= 20
    assert sum(each.ends in (Outcome.CLARIFY, Outcome.REFUSED) for each in every) >= 20
    assert all(each.changes or each.new or each.ends is not Outcome.PROPOSED for each in every)


def test_people_see_what_was_missed_and_the_figures() -> None:
    ended = CliRunner().invoke(app, ["eval"])
    assert ended.stdout.splitlines()[-1].split()[:2] == ["sentences", str(len(requests()))]


@pytest.mark.parametrize(
    ("replicas", "mark"), [(3, Mark.RIGHT), (4, Mark.WRONG), (1, Mark.MISSED), (5000, Mark.MISSED)]
)
def test_a_change_that_was_not_meant_is_wrong_and_none_is_a_miss(replicas: int, mark: Mark) -> None:
    index = Index.of(repositories()["plain"])
    request = Request(
        repository="plain",
        language="en",
        say="scale jellyfin to 3",
        changes={"apps/media/jellyfin.yaml": ("-  replicas: 1  # one is enough", "+  replicas: 3  # one is enough")},
    )
    plan = SetReplicas(name="jellyfin", replicas=replicas)
    assert judge(request, plan, index, claimed=True).mark is mark


async def test_the_model_is_measured_too(homelab: Run) -> None:
    """A model that reads the same in everything changes nothing that nobody asked for."""
    simulator = OllamaSimulator()
    simulator.script(*[Turn.saying('{"operation": "set_replicas", "name": "jellyfin", "replicas": 7}')] * 200)
    async with serving(simulator) as hub:
        ended = await homelab("eval", "--ollama", hub.url, "--write-model", "qwen2.5-coder:7b-demo-rules", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["with the model"]["claimed"] == ended.json["with the model"]["asked"] == len(requests())
    assert ended.json["with the model"]["wrong_edits"] == 0
