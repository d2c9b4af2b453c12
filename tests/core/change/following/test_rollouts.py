"""What becomes of a change in the cluster after its merge."""

from datetime import UTC, datetime

from assistant_core.errors import ConnectionFailed
from assistant_core.models.application import Application, HealthStatus, Operation, OperationPhase, SyncStatus
from assistant_core.models.change import ProposalState, Step
from tests.core.change.memory import REPOSITORY, Clock

from .conftest import MERGE, Cluster, Followed


def app(
    revision: str = MERGE,
    *,
    sync: SyncStatus = SyncStatus.SYNCED,
    health: HealthStatus = HealthStatus.HEALTHY,
    operation: Operation | None = None,
    conditions: tuple[tuple[str, str], ...] = (),
) -> Application:
    return Application(
        namespace="argocd",
        name="media",
        project="default",
        destination="media",
        sync=sync,
        health=health,
        compared=(revision,),
        operation=operation,
        history=(),
        conditions=conditions,
    )


async def test_a_change_is_followed_into_the_cluster(followed: Followed, cluster: Cluster) -> None:
    followed.merge()
    cluster.tells(app("0" * 40))
    cluster.tells(app(sync=SyncStatus.OUT_OF_SYNC))
    cluster.tells(app(health=HealthStatus.PROGRESSING))
    cluster.tells(app(health=HealthStatus.PROGRESSING))
    cluster.tells(app())

    healthy = await followed.until(Step.HEALTHY)

    assert followed.steps == [Step.MERGED, Step.SYNCED, Step.HEALTHY]
    assert healthy.settled
    assert cluster.asked[0] == (REPOSITORY, ("jellyfin.yaml",))


async def test_a_later_commit_has_the_change_when_the_merge_is_in_its_history_and_each_is_asked_for_once(
    followed: Followed, cluster: Cluster
) -> None:
    beside, later = "0" * 40, "f" * 40
    followed.forge.descendants.add(later)
    followed.merge()
    for revision in (beside, beside, "1.2.3", later):
        cluster.tells(app(revision))
    cluster.tells(app(later))

    await followed.until(Step.HEALTHY)
    assert followed.steps == [Step.MERGED, Step.SYNCED, Step.HEALTHY]
    assert followed.forge.compared == [beside, later]


async def test_while_the_forge_cannot_compare_a_later_commit_does_not_count_and_it_is_asked_again(
    followed: Followed, cluster: Cluster
) -> None:
    later = "f" * 40
    followed.forge.descendants.add(later)
    followed.forge.failures = [ConnectionFailed("GitHub is away."), ConnectionFailed("GitHub is away.")]
    followed.merge()
    for _ in range(4):
        cluster.tells(app(later))

    await followed.until(Step.HEALTHY)
    assert followed.forge.compared == [later] * 3


async def test_a_forge_that_never_compares_is_said_at_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)
    followed.forge.failures = [ConnectionFailed("GitHub is away.")]
    cluster.tells(app("f" * 40))

    assert ((await followed.until(Step.LAPSED)).failure or "").endswith("is not known: GitHub is away.")


async def test_a_degraded_workload_is_told_with_its_reason_and_may_recover(
    followed: Followed, cluster: Cluster
) -> None:
    followed.merge()
    ill = app(health=HealthStatus.DEGRADED, conditions=(("Warning", "2 of 3 pods crash, token: ghp_" + "a1B2" * 9),))
    cluster.tells(ill)
    cluster.tells(ill)
    degraded = await followed.until(Step.DEGRADED)
    assert degraded.failure == "media is degraded: 2 of 3 pods crash, token: [redacted]."
    assert not degraded.settled
    cluster.tells(ill)
    cluster.tells(app())

    await followed.until(Step.HEALTHY)
    assert followed.steps == [Step.MERGED, Step.SYNCED, Step.DEGRADED, Step.HEALTHY]


async def test_a_synchronisation_that_fails_is_told(followed: Followed, cluster: Cluster) -> None:
    followed.merge()
    failed = Operation(
        phase=OperationPhase.FAILED,
        message="admission webhook denied the request",
        revisions=(MERGE,),
        finished=datetime(2026, 11, 22, tzinfo=UTC),
    )
    cluster.tells(app("0" * 40, sync=SyncStatus.OUT_OF_SYNC, operation=failed))
    degraded = await followed.until(Step.DEGRADED)
    assert degraded.failure == "media could not be synced: admission webhook denied the request."

    cluster.tells(app(health=HealthStatus.PROGRESSING))
    cluster.tells(app())
    await followed.until(Step.HEALTHY)
    assert followed.steps == [Step.MERGED, Step.DEGRADED, Step.SYNCED, Step.HEALTHY]


async def test_a_cluster_that_is_down_is_asked_until_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    cluster.answers.put_nowait(ConnectionFailed("The cluster is down."))
    cluster.tells(app("0" * 40))
    await followed.until(Step.MERGED)
    await cluster.answers.join()
    clock.advance(minutes=31)
    cluster.tells(app("0" * 40))

    lapsed = await followed.until(Step.LAPSED)

    assert lapsed.state is ProposalState.MERGED
    assert lapsed.settled
    assert lapsed.failure == "media did not become healthy with the change within 30 minutes."


async def test_a_cluster_that_stays_down_is_said_at_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)
    cluster.answers.put_nowait(ConnectionFailed("The cluster is down."))

    assert ((await followed.until(Step.LAPSED)).failure or "").endswith("is not known: The cluster is down.")


async def test_a_missing_application_is_said_at_the_deadline(
    followed: Followed, cluster: Cluster, clock: Clock
) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)
    cluster.tells()

    assert "No Application deploys these files" in ((await followed.until(Step.LAPSED)).failure or "")


async def test_without_a_cluster_the_merge_is_the_end(followed: Followed, clock: Clock) -> None:
    followed.merge()
    await followed.until(Step.MERGED)
    clock.advance(minutes=31)

    lapsed = await followed.until(Step.LAPSED)
    assert (lapsed.state, lapsed.failure, lapsed.settled) == (ProposalState.MERGED, None, True)
