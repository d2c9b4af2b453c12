import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant_core.change import ChangeDesk, Limits
from assistant_core.errors import Conflict, ConnectionFailed, InputInvalid, JournalFailed, Unchanged, UnknownWorkload
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import ProposalState, SetReplicas
from assistant_core.models.codes import COLOURS, NUMBERS
from assistant_core.models.plan import SetEnv
from assistant_core.speech import Speech
from tests.core.change.memory import ANNA, BEN, KITCHEN, Clock, MemoryForge, Restart, manifest, scale


async def test_a_wish_becomes_a_proposal_that_says_everything(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="scale jellyfin to 3")

    assert proposal.state is ProposalState.AWAITING
    assert proposal.repository == "anna/homelab"
    assert proposal.target.before == "1"
    assert proposal.target.after == "3"
    assert "-  replicas: 1\n+  replicas: 3\n" in proposal.diff
    assert proposal.words == "scale jellyfin to 3"
    assert proposal.requested_by == ANNA
    assert proposal.base_commit == (await forge.snapshot()).commit
    colour, number = proposal.code.split()
    assert colour in COLOURS
    assert number in NUMBERS
    assert desk.awaiting == desk.proposals == (proposal,)
    assert forge.opened == {}


async def test_a_proposal_is_saved_before_anyone_hears_of_it(desk: ChangeDesk, journal: SqliteJournal) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    assert await journal.proposals() == (proposal,)


async def test_a_proposal_that_cannot_be_saved_does_not_exist(desk: ChangeDesk, journal: SqliteJournal) -> None:
    await journal.close()

    with pytest.raises(JournalFailed):
        await desk.propose(scale(), ANNA, words="")
    assert desk.proposals == ()


async def test_voice_waits_fifteen_minutes_and_everything_else_a_day(desk: ChangeDesk, clock: Clock) -> None:
    spoken = await desk.propose(scale("jellyfin"), KITCHEN, words="")
    typed = await desk.propose(scale("sonarr"), ANNA, words="")

    assert spoken.expires - clock.now == timedelta(minutes=15)
    assert typed.expires - clock.now == timedelta(hours=24)


async def test_the_same_wish_while_it_waits_is_the_same_proposal(desk: ChangeDesk, forge: MemoryForge) -> None:
    first = await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    forge.files["README.md"] = b"another base commit"

    assert await desk.propose(scale(), BEN, words="three jellyfins please") is first
    assert desk.awaiting == (first,)


async def test_the_same_wish_from_ten_mouths_at_once_is_one_proposal(desk: ChangeDesk) -> None:
    proposals = await asyncio.gather(*(desk.propose(scale(), ANNA, words="") for _ in range(10)))

    assert {proposal.id for proposal in proposals} == {desk.awaiting[0].id}
    assert len(desk.proposals) == 1


async def test_words_that_are_no_text_and_far_too_many_are_kept_as_far_as_they_go(desk: ChangeDesk) -> None:
    proposal = await desk.propose(scale(), ANNA, words="scale \udcff" + "x" * 10_000)

    assert proposal.words.startswith("scale ?x")
    assert len(proposal.words) == 500


async def test_codes_are_unique_among_those_that_wait(desk: ChangeDesk, forge: MemoryForge) -> None:
    forge.files |= {f"app{number}.yaml": manifest(f"app{number}") for number in range(10)}
    for number in range(10):
        await desk.propose(scale(f"app{number}"), ANNA, words="")

    assert len({proposal.code for proposal in desk.awaiting}) == 10


async def test_too_many_open_questions_are_refused(desk: ChangeDesk, forge: MemoryForge) -> None:
    forge.files |= {f"app{number}.yaml": manifest(f"app{number}") for number in range(20)}
    for number in range(20):
        await desk.propose(scale(f"app{number}"), ANNA, words="")

    with pytest.raises(InputInvalid, match="20 changes are pending already"):
        await desk.propose(scale(), ANNA, words="")


@pytest.mark.parametrize(
    "limits", [Limits(hourly=3), Limits(hourly_each=2)], ids=["by everybody", "by one person or device"]
)
async def test_too_many_wishes_within_an_hour_are_refused(
    desk: ChangeDesk, forge: MemoryForge, clock: Clock, limits: Limits
) -> None:
    desk.settings = replace(desk.settings, limits=limits)
    forge.files |= {f"app{number}.yaml": manifest(f"app{number}") for number in range(5)}
    await desk.propose(scale("app0"), ANNA, words="")
    await desk.propose(scale("app1"), KITCHEN, words="")
    await desk.propose(scale("app2"), ANNA, words="")
    await desk.reject(requester=ANNA, code=desk.awaiting[0].code)

    with pytest.raises(InputInvalid, match="Too many changes were asked for within an hour"):
        await desk.propose(scale("app3"), ANNA, words="")
    if limits.hourly > 3:
        await desk.propose(scale("app3"), KITCHEN, words="")
    clock.advance(hours=1, seconds=1)
    assert await desk.propose(scale("app4"), ANNA, words="")


async def test_a_hash_depends_on_the_diff_the_base_and_the_target(desk: ChangeDesk, forge: MemoryForge) -> None:
    hashes = {(await desk.propose(scale(name), ANNA, words="")).hash for name in ("jellyfin", "sonarr")}
    await desk.reject(requester=ANNA, code=desk.awaiting[0].code)
    forge.files["README.md"] = b"another base commit"
    hashes.add((await desk.propose(scale("jellyfin"), ANNA, words="")).hash)

    assert len(hashes) == 3
    assert all(len(bytes.fromhex(each)) == 32 for each in hashes)


async def test_what_is_so_already_is_no_proposal(desk: ChangeDesk) -> None:
    with pytest.raises(Unchanged, match=r"spec\.replicas of jellyfin is 1 already"):
        await desk.propose(scale(replicas=1), ANNA, words="")
    assert desk.proposals == ()


async def test_a_variable_that_is_not_there_cannot_be_taken_away(desk: ChangeDesk) -> None:
    with pytest.raises(Unchanged, match=r"jellyfin has no .*DEBUG\.$") as raised:
        await desk.propose(SetEnv(name="jellyfin", variable="DEBUG", value=None), ANNA, words="")
    assert Speech.load("de").phrases.say_error(raised.value).startswith("Es gibt nichts zu ändern: jellyfin hat kein ")


async def test_what_cannot_be_is_refused_in_a_sentence(desk: ChangeDesk, forge: MemoryForge) -> None:
    with pytest.raises(UnknownWorkload, match="Did you mean jellyfin"):
        await desk.propose(scale("jelyfin"), ANNA, words="")
    with pytest.raises(InputInvalid, match="from 0 to 100, not -1"):
        await desk.propose(SetReplicas(name="jellyfin", replicas=-1), ANNA, words="")
    forge.failures = [ConnectionFailed("GitHub does not answer.")]
    with pytest.raises(ConnectionFailed, match="GitHub does not answer"):
        await desk.propose(scale(), ANNA, words="")


async def test_the_repository_must_be_clear(desk: ChangeDesk, forge: MemoryForge) -> None:
    with pytest.raises(InputInvalid, match="The repository anna/other is not connected"):
        await desk.propose(scale(), ANNA, words="", repository="anna/other")

    detach = desk.attach("anna/other", forge)
    with pytest.raises(InputInvalid, match="Several repositories are connected: anna/homelab, anna/other"):
        await desk.propose(scale(), ANNA, words="")
    assert (await desk.propose(scale(), ANNA, words="", repository="anna/other")).repository == "anna/other"

    detach()
    assert (await desk.propose(scale(), ANNA, words="")).repository == "anna/homelab"


async def test_without_a_repository_there_is_nothing_to_change(restarted: Restart) -> None:
    with pytest.raises(InputInvalid, match="No repository is connected"):
        await restarted().propose(scale(), ANNA, words="")


async def test_a_wish_that_has_its_pull_request_is_not_granted_twice(desk: ChangeDesk) -> None:
    await desk.propose(scale(), ANNA, words="")
    opened = await desk.approve(requester=ANNA)

    with pytest.raises(Conflict, match=f"is open already: {opened.pull_request}"):
        await desk.propose(scale(), ANNA, words="")
