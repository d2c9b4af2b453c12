"""A proposal as the journal keeps it."""

from datetime import UTC, datetime, timedelta

from assistant_core.models.change import Channel, Proposal, ProposalState, Requester, SetReplicas, Target
from assistant_core.models.repository import FileChange

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROPOSAL = Proposal(
    id="1",
    hash="a" * 64,
    code="blue seven",
    repository="anna/homelab",
    base_commit="b" * 40,
    plan=SetReplicas(name="jellyfin", replicas=3, namespace="media"),
    target=Target(
        kind="Deployment", namespace="media", name="jellyfin", path="a.yaml", field="replicas", before="1", after="3"
    ),
    files=(FileChange(path="a.yaml", before=b"\xef\xbb\xbf\x00\xff", after=None),),
    diff="--- a/a.yaml\n+++ b/a.yaml\n",
    state=ProposalState.AWAITING,
    requested_by=Requester(channel=Channel.VOICE, name="Änna \u202e", device_id="kitchen"),
    words="scale jellyfin to 3 🍿",
    created=NOON,
    expires=NOON + timedelta(minutes=15),
)
