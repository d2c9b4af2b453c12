from datetime import timedelta
from typing import Any

import pytest

from assistant_core.errors import ConnectionFailed, JournalFailed, PermissionDenied
from assistant_core.models.change import ProposalState
from assistant_core.models.chat import ChatDelta, Message, Role
from assistant_core.models.watching import WhatChanged

from .conftest import NOW

type Stage = Any


async def test_questions_are_answered_from_data_without_a_model(stage: Stage) -> None:
    stage.model = None
    stage.house.has("Back-off pulling image")
    heard = await stage.say("What is wrong with my cluster?")
    assert heard.text == "There is one problem in the cluster: Deployment app-0 in media: Back-off pulling image."
    assert heard.finished.answered_by == "sentence"
    assert not heard.finished.continue_conversation
    for words in ("how is my homelab", "how is the GPU", "which models are loaded", "what is pending"):
        assert (await stage.say(words)).text


async def test_what_changed_is_told_from_data_without_a_model(stage: Stage) -> None:
    stage.model = None
    stage.house.has()
    stage.house.changed = WhatChanged()
    await stage.say("scale jellyfin to 3")
    heard = await stage.say("What changed in the last two hours?")
    assert heard.text == (
        "Nothing changed in the cluster in the last two hours. "
        "Changes asked for: Jellyfin in media: replicas from 1 to 3 (waits for a yes)."
    )
    assert heard.finished.answered_by == "sentence"
    assert stage.house.asked_since == [NOW - timedelta(hours=2)]


async def test_what_changed_is_not_known_when_the_ledger_cannot_be_read(stage: Stage) -> None:
    stage.house.has()
    stage.house.changed = JournalFailed("The journal cannot be read.")
    assert (await stage.say("what changed since yesterday")).text.startswith("I cannot read what I noted")
    stage.house.changed = PermissionDenied("The cluster does not let us list applications.")
    assert (await stage.say("what changed")).text == "The cluster does not let us list applications."


async def test_a_change_is_read_back_and_confirmed_into_one_pull_request(stage: Stage) -> None:
    stage.model = None
    asked = await stage.say("Scale jellyfin to 3")
    (proposal,) = stage.desk.awaiting
    assert asked.text == (
        "Jellyfin in media: replicas from 1 to 3, one line in apps/media/jellyfin.yaml, low risk. "
        f'Say "confirm {proposal.code}".'
    )
    assert asked.finished.continue_conversation
    assert not stage.repository.drafts

    confirmed = await stage.say("Confirm")
    assert confirmed.text == "Pull request 12 is open: Jellyfin in media: replicas from 1 to 3."
    assert len(stage.repository.drafts) == 1
    pending = await stage.say("What is pending?")
    assert pending.text == (
        "Nothing waits for a yes. The last one opened is pull request 12: Jellyfin in media: replicas from 1 to 3."
    )


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("restart jellyfin", "Jellyfin in media: restart, "),
        ("update jellyfin to 10.9.7", "Jellyfin in media: image from 1 to 10.9.7"),
        ("give jellyfin two gigs of memory", "Jellyfin in media: memory set to 2 gigabytes, "),
        ("give jellyfin one gig of memory", "Jellyfin in media: memory set to 1 gigabyte, "),
        ("set TZ of jellyfin to Europe/Berlin", "Jellyfin in media: TZ set to Europe/Berlin, "),
    ],
)
async def test_restarts_images_and_memory_are_changes_like_any_other(stage: Stage, words: str, change: str) -> None:
    stage.model = None
    asked = await stage.say(words)
    assert asked.text.startswith(change)
    (proposal,) = stage.desk.awaiting
    assert proposal.words == words
    await stage.say("confirm")
    assert len(stage.repository.drafts) == 1


@pytest.mark.parametrize(
    ("words", "question"),
    [
        (
            "scale jellyfin to 2 and sonarr to 3",
            "One change at a time. Which first: 'scale jellyfin to 2' or 'scale sonarr to 3'?",
        ),
        ("restart jellyfin and sonarr", "One change at a time. Which first: 'restart jellyfin' or 'restart sonarr'?"),
    ],
)
async def test_several_changes_at_once_are_asked_about(stage: Stage, words: str, question: str) -> None:
    stage.model = None
    asked = await stage.say(words)
    assert asked.text == question
    assert asked.finished.continue_conversation
    assert not stage.desk.proposals


async def test_a_second_confirm_opens_nothing_more(stage: Stage) -> None:
    await stage.say("scale jellyfin to 3")
    await stage.say("confirm")
    again = await stage.say("confirm")
    assert "already approved by Anna" in again.text
    assert len(stage.repository.drafts) == 1


async def test_confirm_with_nothing_pending_says_so(stage: Stage) -> None:
    for words in ("confirm", "confirm blue seven", "cancel"):
        heard = await stage.say(words)
        assert heard.text.startswith("Nothing ")
        assert heard.finished.answered_by == "sentence"


async def test_a_proposal_is_chosen_by_its_code(stage: Stage) -> None:
    await stage.say("scale jellyfin to 3")
    await stage.say("scale sonarr to 2")
    jellyfin, sonarr = stage.desk.awaiting
    assert "2 changes wait for a yes" in (await stage.say("confirm")).text
    assert not stage.repository.drafts
    assert (await stage.say(f"reject {jellyfin.code}")).text.startswith("Dropped: Jellyfin")
    assert (await stage.say(f"confirm {sonarr.code}")).text.startswith("Pull request 12 is open: Sonarr")
    assert [draft.title for draft in stage.repository.drafts] == ["Set replicas of media/sonarr from 1 to 2"]


async def test_only_an_admin_can_confirm(stage: Stage) -> None:
    stage.as_somebody_else()
    await stage.say("scale jellyfin to 3")
    heard = await stage.say("confirm")
    assert "administrator" in heard.text
    assert not stage.repository.drafts


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("scale jellyfin to -1", "whole number from 0 to 100, not -1"),
        ("scale jellyfin to many", '"many" is not a number of replicas; say for example "scale jellyfin to 3".'),
        ("scale jellyfin to 3.5", '"3.5" is not a number of replicas'),
        ("scale jellyfin to 5000", "whole number from 0 to 100, not 5000"),
        ("scale jellyfish to 3", "jellyfin"),
        ("scale jellyfin in films to 3", "media/jellyfin"),
        ("scale jellyfin to 1", "already"),
    ],
)
async def test_a_change_that_cannot_be_is_answered_in_one_clear_sentence(stage: Stage, words: str, said: str) -> None:
    stage.model = None
    heard = await stage.say(words)
    assert said in heard.text
    assert heard.finished.answered_by == "sentence"
    assert not stage.desk.proposals


async def test_an_ambiguous_name_asks_which_one(stage: Stage) -> None:
    heard = await stage.say("scale web to 2")
    assert "blue/web" in heard.text
    assert "green/web" in heard.text
    assert heard.finished.continue_conversation
    assert (await stage.say("scale web in green to 2")).text.startswith("Web in green: replicas from 1 to 2")


@pytest.mark.parametrize("words", ["yes", "Yes, do it.", "okay"])
async def test_a_bare_yes_after_the_read_back_asks_for_the_code(stage: Stage, words: str) -> None:
    await stage.say("scale jellyfin to 3")
    (proposal,) = stage.desk.awaiting
    heard = await stage.say(words)
    assert heard.text == f'To be sure, say "confirm {proposal.code}".'
    assert heard.finished.continue_conversation
    assert not stage.repository.drafts


@pytest.mark.parametrize(
    "words",
    [
        "yes",
        "I said yes to the dinner, confirm the table",
        "yes I think we should confirm",
        "please don't confirm",
        "the finding says confirm",
    ],
)
async def test_a_yes_to_something_else_never_approves(stage: Stage, words: str) -> None:
    await stage.say("scale jellyfin to 3")
    stage.history += (Message(role=Role.ASSISTANT, content="Shall I turn on the light?"),)
    stage.model.says([ChatDelta(content="All right.")])
    heard = await stage.say(words)
    assert heard.text == "All right."
    assert not stage.repository.drafts
    assert [proposal.state for proposal in stage.desk.proposals] == [ProposalState.AWAITING]


async def test_without_a_model_other_words_get_one_clear_sentence(stage: Stage) -> None:
    stage.model = None
    heard = await stage.say("Why is the sky blue?")
    assert heard.text.startswith("No model is set up")


async def test_a_failed_delivery_is_told_and_can_be_confirmed_again(stage: Stage) -> None:
    await stage.say("scale jellyfin to 3")
    stage.repository.failure = ConnectionFailed("GitHub does not answer.")
    assert (await stage.say("confirm")).text == "GitHub does not answer."
    stage.repository.failure = None
    assert (await stage.say("confirm")).text.startswith("Pull request 12 is open")
    assert len(stage.repository.drafts) == 1


async def test_what_became_of_a_change_is_told_from_the_journal(stage: Stage) -> None:
    stage.model = None
    assert (await stage.say("what happened to the jellyfin change")).text == "I know of no change to jellyfin."
    await stage.say("Scale jellyfin to 3")
    await stage.say("Confirm")

    told = (await stage.say("What happened to the jellyfin change?")).text
    assert told.startswith("Jellyfin in media: replicas from 1 to 3: asked for by ")
    assert "; approved by " in told
    assert "; pull request 12 opened " in told
    assert (await stage.say("what happened to the last change")).text == told


async def test_nothing_is_undone_that_was_never_merged(stage: Stage) -> None:
    stage.model = None
    await stage.say("Scale jellyfin to 3")
    assert (await stage.say("Undo that")).text.startswith("No change of ours was merged lately")
