from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
import string

from hypothesis import assume, given
from hypothesis import strategies as st
import pytest

from assistant_core.change import TRANSITIONS, transition
from assistant_core.change.events import (
    Approved,
    Armed,
    Asked,
    Blocked,
    Closed,
    Degraded,
    Event,
    Expired,
    Failed,
    Lapsed,
    Merged,
    Opened,
    Opening,
    Overtaken,
    Recovered,
    Rejected,
    Reopened,
    Seen,
    Stalled,
    Superseded,
    Synced,
)
from assistant_core.change.states import FINAL
from assistant_core.errors import ApprovalRefused
from assistant_core.models.change import Proposal, ProposalState, Retry, Risk, SetReplicas, Step, Target
from assistant_core.models.reasons import Why
from assistant_core.models.repository import FileChange, PullRequest, PullRequestState, PullRequestStatus
from tests.core.change.memory import ANNA, BEN, KITCHEN

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FILES = (FileChange(path="a.yaml", before=b"1", after=b"2"),)
PULL = PullRequest(number=1, url="https://x.example/1", branch="b", head_commit="d" * 40, state=PullRequestState.OPEN)
STATUS = PullRequestStatus(pull_request=PULL)
PROPOSAL = Proposal(
    id="1",
    hash="a" * 64,
    code="",
    repository="anna/homelab",
    base_commit="b" * 40,
    plan=SetReplicas(name="jellyfin", replicas=2),
    target=Target(
        kind="Deployment", namespace="", name="jellyfin", path="a.yaml", field="spec.replicas", before="1", after="2"
    ),
    files=FILES,
    diff="",
    state=ProposalState.DRAFT,
    requested_by=KITCHEN,
    words="",
    created=NOON,
    expires=NOON + timedelta(minutes=15),
    risk=Risk.LOW,
)
TIMES = st.timedeltas(timedelta(hours=-1), timedelta(hours=1)).map(lambda by: NOON + by)
DEPUTY = replace(ANNA, is_active=False)
NOBODY = replace(ANNA, user_id=None)
BEDROOM = replace(KITCHEN, device_id="bedroom")
WHO = st.sampled_from([ANNA, BEN, KITCHEN, DEPUTY, NOBODY, BEDROOM, replace(BEN, is_admin=False)])
TEXT = st.text(string.ascii_letters, max_size=3)
WHY = st.builds(Why.RIGHTS.told, who=TEXT)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Asked, TEXT),
    st.builds(Armed, WHO),
    st.builds(Approved, WHO, st.booleans()),
    st.builds(Rejected, WHO),
    st.builds(Expired, st.none() | WHY),
    st.builds(Superseded, TEXT),
    st.builds(Opening, TEXT, st.just(FILES)),
    st.builds(Opened, st.just(PULL)),
    st.builds(Stalled, WHY, st.builds(Retry, at=TIMES)),
    st.builds(Overtaken, WHY),
    st.builds(Blocked, WHY),
    st.builds(Failed, WHY),
    st.builds(Seen, st.just(STATUS), st.sampled_from(Step), st.none() | WHY),
    st.builds(Merged, st.just(STATUS), TIMES),
    st.builds(Closed, st.just(STATUS)),
    st.builds(Reopened, st.just(STATUS)),
    st.just(Synced()),
    st.just(Recovered()),
    st.builds(Degraded, WHY),
    st.builds(Lapsed, st.none() | WHY),
)
ONWARD = [
    (Asked("blue seven"), NOON),
    (Approved(ANNA), NOON),
    (Opening("c" * 40, FILES), NOON),
    (Opened(PULL), NOON),
    (Merged(STATUS, NOON), NOON),
    (Synced(), NOON),
]
"""The way to a running workload: any number of its steps is where chance goes on from."""

MOVABLE = {
    "state",
    "step",
    "updated",
    "code",
    "armed_by",
    "decided_by",
    "decided",
    "pull_request",
    "opened",
    "status",
    "deadline",
    "settled",
    "why",
    "retry",
    "base_commit",
    "files",
}
BEFORE_A_YES = {
    ProposalState.DRAFT,
    ProposalState.AWAITING,
    ProposalState.REJECTED,
    ProposalState.EXPIRED,
    ProposalState.SUPERSEDED,
}
ON_THE_FORGE = {
    ProposalState.OPEN,
    ProposalState.MERGED,
    ProposalState.CLOSED,
    ProposalState.SYNCED,
    ProposalState.HEALTHY,
    ProposalState.DEGRADED,
}


@given(begun=st.integers(0, len(ONWARD)), events=st.lists(st.tuples(EVENTS, TIMES), max_size=12))
def test_whatever_happens_only_a_timely_yes_leads_to_the_forge(
    begun: int, events: list[tuple[Event, datetime]]
) -> None:
    proposal = PROPOSAL
    for event, at in [*ONWARD[:begun], *events]:
        before = proposal
        try:
            proposal = transition(before, event, at)
        except ApprovalRefused as error:
            assert str(error)  # noqa: PT017 - every refusal is a sentence
            continue
        assert proposal.state is TRANSITIONS[before.state, type(event)]
        assert not before.settled or (before.state, type(event)) == (ProposalState.CLOSED, Reopened)
        assert proposal.updated == at
        for field in fields(Proposal):
            if field.name not in MOVABLE:
                assert getattr(proposal, field.name) == getattr(PROPOSAL, field.name)
        if proposal.state not in BEFORE_A_YES:
            by, decided = proposal.decided_by, proposal.decided
            assert by is not None
            assert decided is not None
            assert NOON - timedelta(minutes=1) <= decided < proposal.expires
            assert by in (ANNA, BEN) or (by == KITCHEN and timedelta(0) <= decided - NOON <= timedelta(seconds=120))
        assert (proposal.opened is not None) == (proposal.state in ON_THE_FORGE)
        assert proposal.settled == (proposal.state in FINAL or proposal.step is Step.LAPSED)


@given(event=EVENTS, at=TIMES, state=st.sampled_from(sorted(ProposalState)))
def test_what_has_ended_stays_as_it_is(event: Event, at: datetime, state: ProposalState) -> None:
    assume((state, type(event)) != (ProposalState.CLOSED, Reopened))
    ended = replace(PROPOSAL, state=state, settled=True, decided_by=ANNA, decided=NOON)

    with pytest.raises(ApprovalRefused):
        transition(ended, event, at)


def test_the_ends_are_the_ends() -> None:
    assert {
        ProposalState.HEALTHY,
        ProposalState.REJECTED,
        ProposalState.EXPIRED,
        ProposalState.SUPERSEDED,
        ProposalState.UNCHANGED,
        ProposalState.BLOCKED,
        ProposalState.CLOSED,
        ProposalState.FAILED,
    } == FINAL


def test_every_state_is_reached_and_every_event_is_used() -> None:
    assert {*TRANSITIONS.values(), ProposalState.DRAFT} == set(ProposalState)
    assert {event for _, event in TRANSITIONS} == set(Event.__value__.__args__)
