from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
import string

from hypothesis import given
from hypothesis import strategies as st

from assistant_core.change import (
    TRANSITIONS,
    Approved,
    Event,
    Expired,
    Failed,
    Opened,
    Opening,
    Rejected,
    Stalled,
    transition,
)
from assistant_core.errors import ApprovalRefused
from assistant_core.models.change import Proposal, ProposalState, SetReplicas, Target
from assistant_core.models.repository import FileChange
from tests.core.change.memory import ANNA, KITCHEN

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FILES = (FileChange(path="a.yaml", before=b"1", after=b"2"),)
PROPOSAL = Proposal(
    id="1",
    hash="a" * 64,
    code="blue seven",
    repository="anna/homelab",
    base_commit="b" * 40,
    plan=SetReplicas(name="jellyfin", replicas=2),
    target=Target(
        kind="Deployment", namespace="", name="jellyfin", path="a.yaml", field="spec.replicas", before="1", after="2"
    ),
    files=FILES,
    diff="",
    state=ProposalState.AWAITING,
    requested_by=KITCHEN,
    words="",
    created=NOON,
    expires=NOON + timedelta(minutes=15),
)
TIMES = st.timedeltas(timedelta(hours=-1), timedelta(hours=1)).map(lambda by: NOON + by)
WHO = st.sampled_from([ANNA, KITCHEN])
TEXT = st.text(string.ascii_letters, max_size=3)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Approved, WHO, TIMES),
    st.builds(Rejected, WHO, TIMES),
    st.just(Expired()),
    st.builds(Opening, TEXT, st.just(FILES)),
    st.builds(Opened, TEXT),
    st.builds(Stalled, TEXT),
    st.builds(Failed, TEXT),
)
MOVABLE = {"state", "decided_by", "decided", "pull_request", "failure", "base_commit", "files"}
AFTER_A_YES = {ProposalState.APPROVED, ProposalState.OPENING, ProposalState.OPEN, ProposalState.FAILED}
FINAL = {ProposalState.OPEN, ProposalState.REJECTED, ProposalState.EXPIRED, ProposalState.FAILED}


@given(events=st.lists(EVENTS, max_size=12))
def test_whatever_happens_only_a_timely_yes_of_an_admin_leads_to_the_forge(events: list[Event]) -> None:
    proposal = PROPOSAL
    for event in events:
        before = proposal
        try:
            proposal = transition(before, event)
        except ApprovalRefused as error:
            assert str(error)  # noqa: PT017 - every refusal is a sentence
            continue
        assert proposal.state is TRANSITIONS[before.state, type(event)]
        assert before.state not in FINAL
        for field in fields(Proposal):
            if field.name not in MOVABLE:
                assert getattr(proposal, field.name) == getattr(PROPOSAL, field.name)
        if proposal.state in AFTER_A_YES:
            assert proposal.decided_by is not None
            assert proposal.decided_by.is_admin
            assert proposal.decided is not None
            assert proposal.decided < proposal.expires
        assert (proposal.pull_request is not None) == (proposal.state is ProposalState.OPEN)


@given(event=EVENTS, state=st.sampled_from(sorted(FINAL)))
def test_what_has_ended_stays_as_it_is(event: Event, state: ProposalState) -> None:
    ended = replace(PROPOSAL, state=state, decided_by=ANNA, decided=NOON)

    try:
        transition(ended, event)
    except ApprovalRefused:
        return
    raise AssertionError("an ended proposal moved")


def test_every_state_is_reached_and_every_event_is_used() -> None:
    assert {*TRANSITIONS.values(), ProposalState.AWAITING} == set(ProposalState)
    assert {event for _, event in TRANSITIONS} == set(Event.__value__.__args__)
