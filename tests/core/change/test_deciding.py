import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.errors import ApprovalRefused, InputInvalid, JournalFailed
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import ProposalState
from tests.core.change.memory import ANNA, BEN, KITCHEN, Clock, MemoryForge, Restart, scale


async def test_a_yes_becomes_one_pull_request(desk: ChangeDesk, forge: MemoryForge, clock: Clock) -> None:
    proposal = await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    clock.advance(minutes=1)

    opened = await desk.approve(requester=ANNA)

    assert opened.state is ProposalState.OPEN
    assert opened.id == proposal.id
    assert opened.hash == proposal.hash
    assert opened.decided_by == ANNA
    assert opened.decided == clock.now
    assert opened.pull_request == f"https://forge.example/{next(iter(forge.opened))}"
    assert list(forge.opened) == [f"homelab-assistant/set-replicas-media-jellyfin-{proposal.hash[:8]}"]
    assert desk.awaiting == ()


@pytest.mark.parametrize("spelling", ["{0}", " {1}  {2}! ", "{1}-{2}"])
async def test_a_code_is_taken_as_people_say_and_write_it(desk: ChangeDesk, spelling: str) -> None:
    code = (await desk.propose(scale(), ANNA, words="")).code

    opened = await desk.approve(requester=ANNA, code=spelling.format(code, *code.title().split()))

    assert opened.state is ProposalState.OPEN


async def test_a_digit_is_as_good_as_its_word(desk: ChangeDesk) -> None:
    colour, number = (await desk.propose(scale(), ANNA, words="")).code.split()
    digits = {"three": 3, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}

    assert (await desk.approve(requester=ANNA, code=f"{colour} {digits[number]}")).state is ProposalState.OPEN


async def test_ten_approvals_at_once_make_one_pull_request(desk: ChangeDesk, forge: MemoryForge) -> None:
    await desk.propose(scale(), ANNA, words="")

    answers = await asyncio.gather(*(desk.approve(requester=who) for who in (ANNA, BEN) * 5), return_exceptions=True)

    refused = [str(answer) for answer in answers if isinstance(answer, ApprovalRefused)]
    code = desk.proposals[0].code
    assert refused == [f"'{code}' was already approved by Anna at 12:00 UTC."] * 9
    assert forge.asked == len(forge.opened) == 1


async def test_the_first_decision_wins(desk: ChangeDesk, clock: Clock) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    yes, no = await asyncio.gather(desk.approve(requester=ANNA), desk.reject(requester=BEN), return_exceptions=True)

    assert yes.state is ProposalState.OPEN
    assert str(no) == f"'{proposal.code}' was already approved by Anna at 12:00 UTC."
    assert no.placeholders["decided"] == clock.now.isoformat()


async def test_a_second_confirm_hears_that_it_is_done(desk: ChangeDesk) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    await desk.approve(requester=ANNA)

    for naming in ({}, {"code": proposal.code}, {"hash": proposal.hash}):
        with pytest.raises(ApprovalRefused, match="was already approved by Anna at 12:00 UTC"):
            await desk.approve(requester=BEN, **naming)


async def test_a_confirm_with_nothing_pending_moves_nothing(desk: ChangeDesk, clock: Clock) -> None:
    with pytest.raises(ApprovalRefused, match=r"^Nothing is waiting for a yes\.$"):
        await desk.approve(requester=ANNA)

    await desk.propose(scale(), ANNA, words="")
    await desk.approve(requester=ANNA)
    clock.advance(minutes=16)
    with pytest.raises(ApprovalRefused, match=r"^Nothing is waiting for a yes\.$"):
        await desk.approve(requester=ANNA)


async def test_a_bare_yes_to_two_questions_is_answered_with_both_codes(desk: ChangeDesk, forge: MemoryForge) -> None:
    one = await desk.propose(scale("jellyfin"), ANNA, words="")
    other = await desk.propose(scale("sonarr"), ANNA, words="")

    with pytest.raises(ApprovalRefused) as raised:
        await desk.approve(requester=ANNA)

    assert f"'{one.code}' (jellyfin), '{other.code}' (sonarr)" in str(raised.value)
    assert desk.awaiting == (one, other)
    assert forge.opened == {}
    assert (await desk.approve(requester=ANNA, code=other.code)).target.name == "sonarr"
    assert (await desk.approve(requester=ANNA)).target.name == "jellyfin"


async def test_a_wrong_code_moves_nothing(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    with pytest.raises(ApprovalRefused) as raised:
        await desk.approve(requester=ANNA, code="red one")

    assert str(raised.value) == f"Nothing waits for 'red one'. Waiting: '{proposal.code}' (jellyfin)."
    assert forge.opened == {}


async def test_a_changed_hash_moves_nothing(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    for wrong in ("0" * 64, proposal.hash[:8], ""):
        with pytest.raises(ApprovalRefused, match="There is no such proposal, or it has changed"):
            await desk.approve(requester=ANNA, hash=wrong)
    with pytest.raises(ApprovalRefused):
        await desk.approve(requester=ANNA, hash=proposal.hash, code="red one")
    assert desk.awaiting == (proposal,)
    assert forge.opened == {}


async def test_only_an_administrator_approves(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), KITCHEN, words="")

    for naming in ({}, {"code": proposal.code}, {"hash": proposal.hash}):
        with pytest.raises(ApprovalRefused, match="Only an administrator can approve a change"):
            await desk.approve(requester=replace(ANNA, is_admin=False), **naming)
    assert desk.awaiting == (proposal,)
    assert forge.opened == {}


async def test_a_late_yes_moves_nothing(
    desk: ChangeDesk, forge: MemoryForge, journal: SqliteJournal, clock: Clock
) -> None:
    proposal = await desk.propose(scale(), KITCHEN, words="")
    clock.advance(minutes=15)

    assert desk.awaiting == ()
    for naming in ({}, {"code": proposal.code}, {"hash": proposal.hash}):
        with pytest.raises(ApprovalRefused, match=f"'{proposal.code}' expired at 12:15 UTC. Ask for the change again"):
            await desk.approve(requester=ANNA, **naming)
    assert [each.state for each in await journal.proposals()] == [ProposalState.EXPIRED]
    assert forge.opened == {}


async def test_a_clock_that_jumps_back_is_not_trusted(desk: ChangeDesk, forge: MemoryForge, clock: Clock) -> None:
    await desk.propose(scale(), ANNA, words="")
    clock.advance(hours=-2)

    with pytest.raises(ApprovalRefused):
        await desk.approve(requester=ANNA)
    assert forge.opened == {}


async def test_anyone_may_drop_a_proposal(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    assert (await desk.reject(requester=KITCHEN)).state is ProposalState.REJECTED
    with pytest.raises(ApprovalRefused, match=f"'{proposal.code}' was already rejected by somebody at 12:00 UTC"):
        await desk.approve(requester=ANNA)
    assert forge.opened == {}


async def test_a_rejected_wish_can_be_asked_again(desk: ChangeDesk) -> None:
    first = await desk.propose(scale(), ANNA, words="")
    await desk.reject(requester=ANNA)

    again = await desk.propose(scale(), ANNA, words="")

    assert again.id != first.id
    assert (await desk.approve(requester=ANNA, hash=again.hash)).id == again.id


async def test_a_yes_that_cannot_be_saved_moves_nothing(
    desk: ChangeDesk, forge: MemoryForge, journal: SqliteJournal
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    await journal.close()

    with pytest.raises(JournalFailed):
        await desk.approve(requester=ANNA)
    assert desk.awaiting == (proposal,)
    assert forge.opened == {}


async def test_a_yes_for_a_repository_that_is_gone_is_not_taken(desk: ChangeDesk, restarted: Restart) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    alone = restarted()
    await alone.load()

    with pytest.raises(InputInvalid, match="The repository anna/homelab is not connected"):
        await alone.approve(requester=ANNA)
    assert alone.awaiting == (proposal,)


async def test_subscribers_hear_every_step_until_they_leave(desk: ChangeDesk) -> None:
    heard: list[ProposalState] = []
    leave = desk.subscribe(lambda proposal: heard.append(proposal.state))
    await desk.propose(scale(), ANNA, words="")
    await desk.approve(requester=ANNA)
    leave()
    await desk.propose(scale("sonarr"), ANNA, words="")

    assert heard == [
        ProposalState.AWAITING,
        ProposalState.APPROVED,
        ProposalState.OPENING,
        ProposalState.OPEN,
    ]


async def test_expired_proposals_are_told_of_when_the_host_asks(desk: ChangeDesk, clock: Clock) -> None:
    await desk.propose(scale("jellyfin"), KITCHEN, words="")
    stays = await desk.propose(scale("sonarr"), ANNA, words="")
    heard: list[ProposalState] = []
    desk.subscribe(lambda proposal: heard.append(proposal.state))
    clock.now += timedelta(hours=1)

    await asyncio.gather(desk.expire(), desk.expire())

    assert heard == [ProposalState.EXPIRED]
    assert desk.awaiting == (stays,)
