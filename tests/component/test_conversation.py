"""Talking to the agent through Home Assistant's own conversation, with everything behind it on real sockets."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import Path
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from demo.ollama import OllamaSimulator
from demo.ollama_rules import Turn
from tests.component.conftest import PATIENCE

AGENT = "conversation.homelab_assistant"

type Say = Callable[..., Awaitable[conversation.ConversationResult]]


@pytest.fixture
async def say(hass: HomeAssistant, hass_admin_user: MockUser) -> Say:
    """Say something in one conversation, as the admin unless another user is named."""
    conversation_id: str | None = None

    async def speak(text: str, *, user: MockUser | None = hass_admin_user, device_id: str | None = None) -> Any:
        nonlocal conversation_id
        context = Context(user_id=user.id if user else None)
        result = await conversation.async_converse(
            hass, text, conversation_id, context, agent_id=AGENT, device_id=device_id
        )
        conversation_id = result.conversation_id
        return result

    return speak


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Tracebacks and errors that a person would find in the log."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.ERROR or (record.exc_info and record.levelno > logging.DEBUG)
    ]


def speech(result: conversation.ConversationResult) -> str:
    return result.response.speech["plain"]["speech"]


@pytest.mark.usefixtures("hub", "cluster")
async def test_it_says_what_is_wrong_with_the_cluster(say: Say) -> None:
    answer = await say("What is wrong with my cluster?")

    assert "jellyfin" in speech(answer).lower()
    assert "mosquitto" in speech(answer).lower()
    assert not answer.continue_conversation


@pytest.mark.usefixtures("hub")
async def test_it_says_what_changed(say: Say, kubernetes: KubernetesSimulator, cluster: ConfigEntry) -> None:
    assert speech(await say("What changed in the last hour?")) == "Nothing changed in the cluster in the last hour."
    watch = cluster.runtime_data.cluster.watch
    deployed = asyncio.Event()
    watch.subscribe_applications(lambda _: deployed.set())
    kubernetes.store.apply(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"namespace": "argocd", "name": "grafana"},
            "status": {"history": [{"id": 1, "revision": "a" * 40, "deployedAt": dt_util.utcnow().isoformat()}]},
        }
    )
    await asyncio.wait_for(deployed.wait(), PATIENCE)
    assert speech(await say("What changed in the last hour?")) == "In the last hour: grafana was deployed."


@pytest.mark.usefixtures("hub")
async def test_it_says_how_the_card_is(say: Say) -> None:
    assert "degrees" in speech(await say("How is the GPU?"))


@pytest.mark.usefixtures("hub", "repository")
async def test_a_change_is_read_back_and_becomes_one_pull_request_after_confirm(
    say: Say, github: GitHubSimulator
) -> None:
    proposed = await say("Scale jellyfin to 3")
    assert "jellyfin" in speech(proposed).lower()
    assert "confirm" in speech(proposed).lower()
    assert proposed.continue_conversation
    assert github.hub.pulls == []

    confirmed = await say("Confirm")
    (pull,) = github.hub.pulls
    assert str(pull.number) in speech(confirmed)
    assert not confirmed.continue_conversation

    again = await say("Confirm")
    assert len(github.hub.pulls) == 1
    assert speech(again)
    assert speech(again) != speech(confirmed)


@pytest.mark.usefixtures("hub", "repository")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Scale nothere to 3", "nothere"),
        ("Scale jellyfin to -1", "-1"),
        ("Scale jellyfin to many", "many"),
        ("Confirm", "nothing is waiting"),
        ("Confirm blue seven", "blue seven"),
        ("Cancel", "nothing is waiting"),
    ],
)
async def test_what_cannot_be_gets_one_sentence_and_changes_nothing(
    say: Say, github: GitHubSimulator, caplog: pytest.LogCaptureFixture, text: str, words: str
) -> None:
    answer = await say(text)

    assert words in speech(answer).lower()
    assert github.hub.pulls == []
    assert not complaints(caplog)


@pytest.mark.usefixtures("hub", "repository")
async def test_sentences_and_changes_work_while_ollama_is_off(
    say: Say, ollama_proxy: FaultProxy, github: GitHubSimulator
) -> None:
    await ollama_proxy.inject(Fault(kind=FaultKind.REFUSE))

    assert "confirm" in speech(await say("Scale jellyfin to 3")).lower()
    await say("Confirm")
    assert len(github.hub.pulls) == 1


@pytest.mark.usefixtures("hub")
async def test_other_words_are_answered_by_the_model(say: Say, ollama: OllamaSimulator) -> None:
    ollama.script(Turn(content=("A pod is a ", "group of containers.")))

    assert speech(await say("What is a pod again?")) == "A pod is a group of containers."


@pytest.mark.usefixtures("hub")
async def test_the_model_remembers_what_was_said_before(say: Say, ollama: OllamaSimulator) -> None:
    ollama.script(Turn(content=("A pod is a ", "group of containers.")), Turn(content=("One, usually.",)))
    await say("What is a pod again?")
    await say("And how many of them?")

    told = [message["content"].partition("\n")[0] for message in ollama.chats[-1].body["messages"]]
    assert told[-3:] == ["What is a pod again?", "A pod is a group of containers.", "And how many of them?"]


@pytest.mark.usefixtures("hub")
async def test_ollama_cut_in_the_middle_of_an_answer_ends_in_one_sentence(
    say: Say,
    ollama: OllamaSimulator,
    ollama_proxy: FaultProxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ollama.script(Turn(content=("This answer is long and will never be heard to its end. ",) * 40))
    await ollama_proxy.inject(Fault(kind=FaultKind.CUT, path="/api/chat", after=2000))
    answer = await say("Tell me a story about pods")

    assert speech(answer).startswith("This answer is long")
    assert "Ollama" in speech(answer) or "AI hub" in speech(answer)
    assert not complaints(caplog)


@pytest.mark.usefixtures("hub", "repository")
async def test_somebody_who_is_no_admin_proposes_but_does_not_approve(
    hass: HomeAssistant, say: Say, github: GitHubSimulator
) -> None:
    child = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)]).add_to_hass(hass)

    read_back = speech(await say("Scale jellyfin to 3", user=child))
    code = read_back.partition('"confirm ')[2].partition('"')[0]
    assert "administrator" in speech(await say("Confirm", user=child)).lower()
    assert "administrator" in speech(await say("Confirm", user=None, device_id="kitchen")).lower()
    assert f"'{code}'" in speech(await say("Confirm"))  # it was not read out to the administrator
    assert github.hub.pulls == []

    await say(f"Confirm {code}")
    assert len(github.hub.pulls) == 1


@pytest.mark.usefixtures("hub", "repository")
async def test_a_proposal_survives_a_restart(hass: HomeAssistant, say: Say, github: GitHubSimulator) -> None:
    await say("Scale jellyfin to 3")
    for entry in hass.config_entries.async_entries("homelab_assistant"):
        await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    await say("Confirm")
    assert len(github.hub.pulls) == 1


async def test_a_hub_can_have_a_second_agent_with_another_model(hass: HomeAssistant, hub: ConfigEntry) -> None:
    flows = hass.config_entries.subentries
    form = await flows.async_init((hub.entry_id, "conversation"), context={"source": "user"})
    done = await flows.async_configure(form["flow_id"], {"model": "qwen2.5-coder:7b-demo-rules"})
    await hass.async_block_till_done()

    assert done["type"] == "create_entry"
    assert len(hass.states.async_all("conversation")) >= 2


def write_sentences(hass: HomeAssistant, text: str) -> None:
    folder = Path(hass.config.path("homelab_assistant", "sentences"))
    folder.mkdir(parents=True)
    (folder / "ours.yaml").write_text(text)


async def reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_a_household_has_sentences_of_its_own(
    hass: HomeAssistant, hub: ConfigEntry, say: Say, ollama: OllamaSimulator
) -> None:
    own = 'language: en\nintents: {AskGpu: {data: [{sentences: ["how does the toaster fare"]}]}}\n'
    await hass.async_add_executor_job(write_sentences, hass, own)
    await reload(hass, hub)

    assert "degrees" in speech(await say("How does the toaster fare?"))
    assert ollama.chats == []


async def test_sentences_that_are_wrong_are_told_and_everything_else_works(
    hass: HomeAssistant, hub: ConfigEntry, say: Say
) -> None:
    await hass.async_add_executor_job(write_sentences, hass, "language: en\nintents: [oops")
    await reload(hass, hub)

    issue = ir.async_get(hass).async_get_issue("homelab_assistant", "own_sentences")
    assert "ours.yaml" in issue.translation_placeholders["message"]
    assert "degrees" in speech(await say("How is the GPU?"))


@pytest.mark.usefixtures("hub", "repository")
async def test_a_change_is_proposed_in_german(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    hass.config.language = "de"
    for entry in hass.config_entries.async_entries("homelab_assistant"):
        await hass.config_entries.async_unload(entry.entry_id)
    for entry in hass.config_entries.async_entries("homelab_assistant"):
        await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    answer = await conversation.async_converse(
        hass, "Skaliere Jellyfin auf 3", None, Context(user_id=hass_admin_user.id), language="de", agent_id=AGENT
    )

    assert "Replikate" in speech(answer)
    assert answer.continue_conversation
