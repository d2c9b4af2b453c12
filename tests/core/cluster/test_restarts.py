"""What is remembered of a cluster from one start to the next."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant_core.errors import InputInvalid
from assistant_core.journal import SqliteJournal, SqliteLedger
from assistant_core.models.episode import SilenceKind
from assistant_core.models.finding import FindingState
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import Account
from demo.kubernetes_objects import kind_named
from demo.results import K8SGPT_NAMESPACE, result

from .conftest import APPLICATIONS, RESULTS, Watching, scale


async def test_over_a_restart_only_what_changed_meanwhile_is_told(
    watching: Watching, kubernetes: KubernetesSimulator, journal: SqliteJournal
) -> None:
    ledger = SqliteLedger(journal)
    async with watching(ledger=ledger) as heard:
        await heard.watch.wait_synced()
        assert heard.findings == []
    kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "homemosquitto0")
    kubernetes.store.delete(kind_named("statefulsets.apps"), "home", "mosquitto")
    kubernetes.store.delete(kind_named("pods"), "home", "mosquitto-0")
    kubernetes.store.delete(APPLICATIONS, "argocd", "mosquitto")
    scale(kubernetes, "homepage", ready=0)
    began = datetime.now(UTC)
    async with watching(ledger=ledger) as heard:
        await heard.watch.wait_synced()
        await heard.until(lambda: len(heard.findings) == 2)
        assert set(heard.findings) == {("opened", "homepage"), ("cleared", "mosquitto")}
        what = await heard.watch.what_changed(began)
        assert {(entry.event, entry.finding.name) for entry in what.findings} == set(heard.findings)


async def test_what_is_unknown_after_a_restart_is_not_cleared(
    watching: Watching, kubernetes: KubernetesSimulator, journal: SqliteJournal
) -> None:
    ledger = SqliteLedger(journal)
    kubernetes.store.apply(result("Service", "media/jellyfin-web", "Service has no endpoints"))
    async with watching(ledger=ledger) as heard:
        await heard.watch.wait_synced()
        assert "jellyfin-web" in heard.names
    kubernetes.server.accounts = {READER_TOKEN: Account("poor", denied=("list results.core.k8sgpt.ai",))}
    async with watching(ledger=ledger) as heard:
        await heard.watch.wait_synced()
        assert "jellyfin-web" in heard.names
        [denied] = heard.watch.denied
        assert denied.placeholders["verb"] == "list"
        kubernetes.store.delete(RESULTS, K8SGPT_NAMESPACE, "mediajellyfinweb")
        kubernetes.server.accounts = {READER_TOKEN: Account("reader")}
        await heard.until(lambda: "jellyfin-web" not in heard.names)
        assert ("cleared", "jellyfin-web") in heard.findings


async def test_what_people_do_not_want_to_hear_survives_a_restart(
    watching: Watching, kubernetes: KubernetesSimulator, journal: SqliteJournal
) -> None:
    ledger = SqliteLedger(journal)
    async with watching(ledger=ledger) as heard:
        await heard.watch.wait_synced()
        found = {each.name: each.id for each in heard.watch.findings}
        await heard.watch.dismiss(found["jellyfin"])
        await heard.watch.snooze(found["config-jellyfin"], datetime.now(UTC) + timedelta(hours=1))
        await heard.watch.mute("home")
        await heard.until(lambda: not heard.names)
        with pytest.raises(InputInvalid, match="no such finding"):
            await heard.watch.dismiss("nothing")
    async with watching(ledger=ledger) as heard:
        await heard.watch.wait_synced()
        assert {(each.name, each.state) for each in heard.watch.silenced} == {
            ("jellyfin", FindingState.DISMISSED),
            ("config-jellyfin", FindingState.SNOOZED),
            ("mosquitto", FindingState.MUTED),
        }
        assert [each.kind for each in heard.watch.silences] == ["dismissal", "snooze", "mute"]
        await heard.watch.unsilence(SilenceKind.MUTE, "home")
        await heard.until(lambda: heard.names == {"mosquitto"})
        assert heard.findings == []


async def test_a_journal_that_fails_stops_nothing(
    watching: Watching, kubernetes: KubernetesSimulator, journal: SqliteJournal
) -> None:
    await journal.close()
    async with watching(ledger=SqliteLedger(journal)) as heard:
        await heard.watch.wait_synced()
        assert "closed" in str(heard.watch.ledger_error)
        scale(kubernetes, "homepage", ready=0)
        await heard.until(lambda: ("opened", "homepage") in heard.findings)
