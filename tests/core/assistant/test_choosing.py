"""Which one? The answers to our own question."""

from typing import Any

import pytest

from assistant_core.assistant import Question, Utterance
from assistant_core.models.chat import ChatDelta

type Stage = Any


@pytest.fixture
async def asked(stage: Stage) -> Stage:
    """Two workloads are called web, and we have asked which one to scale to four."""
    stage.model.says([ChatDelta(content="No idea.")])
    heard = await stage.say("scale web to 4")
    assert heard.text == "Several workloads are called 'web': blue/web or green/web. Say which one you mean."
    assert heard.finished.continue_conversation
    return stage


@pytest.mark.parametrize(
    "words",
    [
        "the one in green",
        "green",
        "Green/web",
        "the web in green please",
        "the green one",
        "the second one",
        "the last",
        "2",
    ],
)
async def test_the_answer_names_one(asked: Stage, words: str) -> None:
    heard = await asked.say(words)
    (proposal,) = asked.desk.awaiting
    assert heard.text.startswith("Web in green: replicas from 1 to 4")
    assert proposal.words == "scale web to 4"
    assert heard.finished.answered_by == "sentence"


@pytest.mark.parametrize(
    "words",
    [
        "not the one in green",
        "web",
        "the one in purple",
        "the fifth one",
        "why is green broken and what could be done about it",
        "both, blue and green",
        "delete green",
    ],
)
async def test_anything_else_changes_nothing(asked: Stage, words: str) -> None:
    await asked.say(words)
    assert not asked.desk.proposals


async def test_a_container_and_a_volume_are_chosen_as_well(stage: Stage) -> None:
    two = "[{name: front, image: 'registry.example/front:1'}, {name: back, image: 'registry.example/back:1'}]"
    claims = "[{metadata: {name: books}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}},"
    claims += "{metadata: {name: music}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]"
    stage.repository.more["apps/media/sonarr.yaml"] = (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: sonarr, namespace: media}\n"
        "spec: {serviceName: sonarr, selector: {matchLabels: {app: sonarr}},"
        " template: {metadata: {labels: {app: sonarr}},"
        f" spec: {{containers: {two}}}}},\n  volumeClaimTemplates: {claims}}}\n"
    ).encode()
    assert "several containers: front, back" in (await stage.say("update sonarr to 2.0")).text
    await stage.say("the back one")
    assert "back:2.0" in stage.desk.awaiting[-1].diff
    assert "several volumes: books, music" in (await stage.say("grow the volume of sonarr to 3 gigs")).text
    await stage.say("music")
    assert stage.desk.awaiting[-1].plan.volume == "music"


async def test_a_new_command_is_a_new_command(asked: Stage) -> None:
    await asked.say("scale jellyfin to 2")
    (proposal,) = asked.desk.awaiting
    assert proposal.target.name == "jellyfin"
    await asked.say("green")
    assert asked.desk.awaiting == (proposal,)


async def test_the_question_is_forgotten_when_asked_to(asked: Stage) -> None:
    assert (await asked.say("cancel")).text == "All right, then nothing is changed."
    await asked.say("green")
    assert not asked.desk.proposals


async def test_a_choice_is_only_read_back_and_still_needs_a_yes(asked: Stage) -> None:
    await asked.say("green")
    assert not asked.repository.drafts
    assert (await asked.say("confirm")).text.startswith("Pull request 12 is open")


async def test_what_needs_no_model_is_known_beforehand(asked: Stage) -> None:
    def understands(words: str, question: Question | None = None) -> bool:
        utterance = Utterance(text=words, requester=asked.requester, question=question)
        return asked.assistant.understands(utterance)

    assert understands("what is wrong with my cluster")
    assert not understands("turn on the kitchen light")
    assert not understands("the green one")
    assert understands("the green one", asked.question)
