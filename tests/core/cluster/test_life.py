"""The life of a finding in a watched cluster: what flaps, what is silenced, what a later success settles."""

from datetime import UTC, datetime, timedelta

from assistant_core.models.finding import Owner
from demo.kubernetes import KubernetesSimulator
from demo.kubernetes_objects import Object

from .conftest import Clock, Watching, scale

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


async def test_what_comes_back_soon_is_the_same_episode_and_later_a_new_one(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    clock = Clock()
    async with watching(clock=clock) as heard:
        await heard.watch.wait_synced()

        async def flap() -> None:
            scale(kubernetes, "homepage", ready=2)
            await heard.until(lambda: "homepage" not in heard.names)
            clock.ahead += pause
            scale(kubernetes, "homepage", ready=0)
            await heard.until(lambda: "homepage" in heard.names)

        scale(kubernetes, "homepage", ready=0)
        await heard.until(lambda: "homepage" in heard.names)
        pause = timedelta(minutes=9)
        await flap()
        pause = timedelta(minutes=11)
        await flap()
        await heard.until(lambda: len(heard.findings) == 5)
        assert [event for event, _ in heard.findings] == ["opened", "cleared", "changed", "cleared", "opened"]
        [it] = [each for each in heard.watch.findings if each.name == "homepage"]
        assert it.times_seen == 3


async def test_what_is_silenced_is_no_part_of_what_changed(watching: Watching, kubernetes: KubernetesSimulator) -> None:
    async with watching() as heard:
        await heard.watch.wait_synced()
        await heard.watch.mute("web")
        scale(kubernetes, "homepage", ready=0)
        scale(kubernetes, "sonarr", ready=0)
        await heard.until(lambda: {each.name for each in heard.watch.silenced} == {"homepage"})
        await heard.until(lambda: "sonarr" in heard.names)
        what = await heard.watch.what_changed(NOON)
        assert [each.name for each in what.came] == ["sonarr"]
        assert heard.findings == [("opened", "sonarr")]


async def test_the_failed_jobs_of_a_cron_job_are_one_finding_until_it_succeeds(
    watching: Watching, kubernetes: KubernetesSimulator
) -> None:
    for number in range(3):
        kubernetes.store.apply(job(f"backup-{number}"))
    kubernetes.store.apply(cron_job(NOON - timedelta(days=1)))
    async with watching() as heard:
        await heard.watch.wait_synced()
        [it] = [each for each in heard.watch.findings if each.owner == Owner("CronJob", "backup")]
        kubernetes.store.apply(cron_job(NOON + timedelta(days=1)))
        await heard.until(lambda: it.id not in {each.id for each in heard.watch.findings})
        assert heard.findings[-1][0] == "cleared"


def job(name: str) -> Object:
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "backup", "uid": "1", "controller": True}
    failed = {
        "type": "Failed",
        "status": "True",
        "reason": "BackoffLimitExceeded",
        "lastTransitionTime": NOON.isoformat(),
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"namespace": "home", "name": name, "ownerReferences": [owner]},
        "status": {"conditions": [failed]},
    }


def cron_job(succeeded: datetime) -> Object:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"namespace": "home", "name": "backup"},
        "status": {"lastSuccessfulTime": succeeded.isoformat()},
    }
