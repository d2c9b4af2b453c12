"""Whatever a proposal holds, the journal gives it back; what an older version wrote can still be read."""

from datetime import UTC
import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_core.journal.schema import append, migrate, news
from assistant_core.models.change import (
    AddApp,
    Proposal,
    ProposalState,
    RemoveApp,
    Restart,
    Resume,
    Retry,
    Risk,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    SetValue,
    SetVm,
    Suspend,
)
from assistant_core.models.repository import PullRequest, PullRequestStatus

TIMES = st.datetimes(timezones=st.just(UTC))
NUMBERS = st.integers(0, 10_000)
PLANS = st.one_of(
    st.builds(SetReplicas, replicas=NUMBERS),
    st.builds(AddApp, port=st.none() | NUMBERS),
    st.builds(SetVm, cores=st.none() | NUMBERS, memory=st.none() | NUMBERS, disk=st.none() | NUMBERS),
    st.builds(SetValue, value=st.none() | st.text() | NUMBERS | st.booleans()),
    *(
        st.builds(plan)
        for plan in (Restart, Resume, RemoveApp, SetChartVersion, SetEnv, SetImage, SetResources, SetStorage, Suspend)
    ),
)
RETRIES = st.builds(Retry, count=NUMBERS, at=TIMES)
PULLS = st.builds(PullRequest, number=NUMBERS)
HOURS = st.none() | TIMES
PROPOSALS = st.builds(
    Proposal,
    plan=PLANS,
    created=TIMES,
    expires=TIMES,
    decided=HOURS,
    updated=HOURS,
    deadline=HOURS,
    retry=st.none() | RETRIES,
    opened=st.none() | PULLS,
    status=st.none() | st.builds(PullRequestStatus, pull_request=PULLS),
)
FIRST_VERSION = b"""{
    "id": "1", "hash": "aa", "code": "blue seven", "repository": "anna/homelab", "base_commit": "bb",
    "plan": {"name": "jellyfin", "replicas": 3, "namespace": null, "kind": null},
    "target": {"kind": "Deployment", "namespace": "media", "name": "jellyfin", "path": "a.yaml",
               "field": "spec.replicas", "before": "1", "after": "3"},
    "files": [{"path": "a.yaml", "before": "MQ==", "after": "Mw=="}], "diff": "-1\\n+3\\n", "state": "open",
    "requested_by": {"channel": "voice", "user_id": null, "name": null, "is_admin": false, "device_id": "kitchen"},
    "words": "scale jellyfin to 3", "created": "2026-11-22T12:00:00+00:00", "expires": "2026-11-22T12:15:00+00:00",
    "decided_by": {"channel": "text", "user_id": "1", "name": "Anna", "is_admin": true, "device_id": null},
    "decided": "2026-11-22T12:01:00+00:00", "pull_request": "https://github.com/anna/homelab/pull/1", "failure": null
}"""


def _journal() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    return connection


@settings(max_examples=60)
@given(proposal=PROPOSALS)
def test_a_proposal_comes_back_whole(proposal: Proposal) -> None:
    connection = _journal()
    try:
        append(connection, proposal)
        assert tuple(news(connection, {}).values()) == (proposal,)
    finally:
        connection.close()


def test_a_row_of_the_first_version_is_read_as_something_nobody_judged() -> None:
    connection = _journal()
    connection.execute("INSERT INTO events (proposal_id, state, proposal) VALUES ('1', 'open', ?)", (FIRST_VERSION,))
    (found,) = news(connection, {}).values()
    connection.close()

    assert found.plan == SetReplicas(name="jellyfin", replicas=3)
    assert found.state is ProposalState.OPEN
    assert found.risk is Risk.HIGH
    assert (found.checks, found.notes, found.model) == ((), (), None)
