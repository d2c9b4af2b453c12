"""Who may say yes: every kind of person, or nobody, through every channel there is."""

from dataclasses import replace
from typing import override

import pytest

from assistant_core.change import ChangeDesk
from assistant_core.errors import ApprovalRefused, ConnectionFailed
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Channel, Proposal, ProposalState, Requester, Risk, Step
from assistant_core.ports import Rights
from tests.core.change.memory import ANNA, BEN, KITCHEN, REPOSITORY, Clock, MemoryForge, scale

PEOPLE = {
    "admin": Requester(channel=Channel.TEXT, user_id="1", name="Anna", is_admin=True),
    "user": Requester(channel=Channel.TEXT, user_id="3", name="Carl"),
    "read-only": Requester(channel=Channel.TEXT, user_id="4", name="Dora"),
    "nobody": Requester(channel=Channel.TEXT),
    "nobody who says to be an admin": Requester(channel=Channel.TEXT, is_admin=True),
    "deleted": Requester(channel=Channel.TEXT, user_id="5"),
    "deactivated admin": Requester(channel=Channel.TEXT, user_id="6", name="Emil", is_admin=True, is_active=False),
}
CHANNELS = [channel for channel in Channel if channel is not Channel.COMMAND_LINE]


class House(Rights):
    """Knows who administers now, and which satellites are trusted."""

    def __init__(self) -> None:
        self.admins = {"1", "2"}
        self.satellites: set[str] = set()
        self.occasion: str | None = None

    @override
    async def is_admin(self, requester: Requester) -> bool:
        return requester.user_id in self.admins

    @override
    def is_trusted(self, device_id: str) -> bool:
        return device_id in self.satellites

    @override
    def closed_by(self, repository: str) -> str | None:
        return self.occasion


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def desk(journal: SqliteJournal, forge: MemoryForge, clock: Clock, house: House) -> ChangeDesk:
    desk = ChangeDesk(journal, clock=clock, rights=house, tended=False)
    await desk.load()
    desk.attach(REPOSITORY, forge)
    return desk


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("by", ["hash", "code", "neither"])
async def test_only_an_administrator_approves_and_what_is_pressed_says_which_change(
    desk: ChangeDesk, forge: MemoryForge, who: str, channel: Channel, by: str
) -> None:
    requester = replace(PEOPLE[who], channel=channel, device_id="kitchen" if channel is Channel.VOICE else None)
    proposal = await desk.propose(scale(), requester, words="")
    naming = {"hash": {"hash": proposal.hash}, "code": {"code": proposal.code}, "neither": {}}[by]
    shows_one = channel not in (Channel.VOICE, Channel.TEXT, Channel.SERVICE)
    may = who == "admin" and (by == "hash" or not shows_one)

    if may:
        assert (await desk.approve(requester=requester, **naming)).state is ProposalState.OPEN
        assert len(forge.opened) == 1
        return
    with pytest.raises(ApprovalRefused) as raised:
        await desk.approve(requester=requester, **naming)

    (kept,) = desk.awaiting
    assert forge.opened == {}
    is_satellite = channel is Channel.VOICE and who.startswith("nobody")
    assert kept.armed_by == (requester if is_satellite else None)
    assert raised.value.placeholders["reason"] == (
        "armed" if is_satellite else "hash" if who == "admin" else "not_admin"
    )


async def test_a_satellite_asks_the_administrators_once(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), KITCHEN, words="")
    heard: list[Step] = []
    desk.subscribe(lambda each: heard.append(each.step))

    for _ in range(3):
        with pytest.raises(ApprovalRefused, match=f"They are asked about '{proposal.code}' now") as raised:
            await desk.approve(requester=KITCHEN, code=proposal.code)
    assert raised.value.placeholders["hash"] == proposal.hash

    pressed = replace(BEN, channel=Channel.NOTIFICATION)
    opened = await desk.approve(requester=pressed, hash=proposal.hash)
    assert (opened.armed_by, opened.decided_by) == (KITCHEN, pressed)
    assert heard == [Step.ARMED, Step.APPROVED, Step.OPENING, Step.OPENED]


async def test_a_trusted_satellite_approves_what_is_of_low_risk_by_its_code(
    desk: ChangeDesk, house: House, clock: Clock
) -> None:
    house.satellites = {"kitchen"}
    proposal = await desk.propose(scale(), KITCHEN, words="")
    clock.advance(seconds=120)

    opened = await desk.approve(requester=KITCHEN, code=proposal.code)

    assert (opened.state, opened.decided_by) == (ProposalState.OPEN, KITCHEN)


@pytest.mark.parametrize(
    "case", ["no code", "only the hash", "wrong device", "late", "risky", "asked by text", "not trusted", "jumped back"]
)
async def test_a_trusted_satellite_approves_nothing_else(
    desk: ChangeDesk, forge: MemoryForge, house: House, clock: Clock, case: str
) -> None:
    house.satellites = {"kitchen", "bedroom"}
    asked_by = ANNA if case == "asked by text" else KITCHEN
    proposal = await desk.propose(scale(replicas=0 if case == "risky" else 3), asked_by, words="")
    assert proposal.risk is (Risk.MEDIUM if case == "risky" else Risk.LOW)
    by = {"hash": proposal.hash} if case == "only the hash" else {} if case == "no code" else {"code": proposal.code}
    clock.advance(seconds={"late": 121, "jumped back": -30}.get(case, 10))
    if case == "not trusted":
        house.satellites = set()

    with pytest.raises(ApprovalRefused) as raised:
        await desk.approve(requester=replace(KITCHEN, device_id="bedroom") if case == "wrong device" else KITCHEN, **by)

    assert raised.value.placeholders["reason"] == "armed"
    assert desk.proposals[0].state is ProposalState.AWAITING
    assert forge.opened == {}


async def test_a_wrong_code_at_a_trusted_satellite_asks_nobody(desk: ChangeDesk, house: House) -> None:
    house.satellites = {"kitchen"}
    proposal = await desk.propose(scale(), KITCHEN, words="")

    with pytest.raises(ApprovalRefused, match="Nothing waits for 'red one'"):
        await desk.approve(requester=KITCHEN, code="red one")
    assert desk.awaiting == (proposal,)


async def test_a_bare_yes_counts_only_where_the_change_was_read_out(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")

    with pytest.raises(ApprovalRefused, match=f"that you mean '{proposal.code}'"):
        await desk.approve(requester=BEN)
    assert forge.opened == {}
    assert (await desk.approve(requester=BEN, code=proposal.code)).state is ProposalState.OPEN


async def test_two_changes_and_a_bare_yes_at_a_satellite_move_nothing(desk: ChangeDesk, house: House) -> None:
    house.satellites = {"kitchen"}
    waiting = (await desk.propose(scale(), KITCHEN, words=""), await desk.propose(scale("sonarr"), KITCHEN, words=""))

    with pytest.raises(ApprovalRefused, match="2 changes wait for a yes"):
        await desk.approve(requester=KITCHEN)
    assert desk.awaiting == waiting


@pytest.mark.parametrize("by", [ANNA, KITCHEN])
async def test_a_right_that_is_gone_when_the_pull_request_is_opened_does_not_count(
    desk: ChangeDesk, forge: MemoryForge, house: House, by: Requester
) -> None:
    house.satellites = {"kitchen"}
    proposal = await desk.propose(scale(), KITCHEN, words="")
    taken = desk.subscribe(lambda each: _take_away(each, house))

    with pytest.raises(ApprovalRefused, match="may not approve changes any more"):
        await desk.approve(requester=by, code=proposal.code)

    taken()
    assert desk.proposals[0].state is ProposalState.BLOCKED
    assert forge.opened == {}


def _take_away(proposal: Proposal, house: House) -> None:
    """Between the yes and the pull request somebody takes the rights away."""
    if proposal.state is ProposalState.APPROVED:
        house.admins.clear()
        house.satellites.clear()


async def test_nothing_is_approved_during_what_the_household_named(
    desk: ChangeDesk, house: House, forge: MemoryForge
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    house.occasion = "Cinema"
    with pytest.raises(ApprovalRefused, match="during 'Cinema'") as raised:
        await desk.approve(requester=ANNA, hash=proposal.hash)
    assert raised.value.placeholders["reason"] == "closed"
    assert (desk.awaiting, forge.opened) == ((proposal,), {})

    house.occasion = None
    assert (await desk.approve(requester=ANNA, hash=proposal.hash)).state is ProposalState.OPEN


async def test_no_pull_request_is_opened_during_what_the_household_named(
    desk: ChangeDesk, house: House, forge: MemoryForge
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    forge.failures = [ConnectionFailed("The forge is away.")]
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA, hash=proposal.hash)

    house.occasion = "Cinema"
    with pytest.raises(ApprovalRefused, match=r"during 'Cinema'.* is approved and goes on by itself") as raised:
        await desk.approve(requester=ANNA, hash=proposal.hash)
    assert raised.value.placeholders["reason"] == "paused"
    assert (desk.proposals[0].state, desk.proposals[0].failure) == (ProposalState.APPROVED, str(raised.value))
    assert forge.opened == {}

    house.occasion = None
    assert (await desk.approve(requester=ANNA, hash=proposal.hash)).state is ProposalState.OPEN
