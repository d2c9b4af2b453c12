"""The guard stands below every plan: when it is proposed, and again when it is sent off."""

import asyncio
from pathlib import Path

import pytest

from assistant_core.change import ChangeDesk, DeskSettings
from assistant_core.change.proposals import judged
from assistant_core.change.pull_request import draft
from assistant_core.errors import ConnectionFailed, Incomplete, NotUnderstood, PolicyRefused
from assistant_core.gitops import Edit
from assistant_core.guard import Policy
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import AddApp, ProposalState, RemoveApp, Risk, SetEnv, SetReplicas, Target
from assistant_core.models.left_alone import LeftAlone
from assistant_core.models.notes import Danger
from assistant_core.models.repository import FileChange, Snapshot
from assistant_core.speech import Speech
from tests.core.change.memory import ANNA, REPOSITORY, Clock, MemoryForge, Restart, manifest, scale


async def test_what_a_rule_forbids_is_never_proposed(desk: ChangeDesk, forge: MemoryForge) -> None:
    cache = AddApp(name="cache", template="redis", namespace="kube-system")

    with pytest.raises(PolicyRefused, match=r"^The rule 'namespaces' forbids this change") as raised:
        await desk.propose(cache, ANNA, words="add a redis called cache in kube-system")

    assert raised.value.placeholders["rule"] == "namespaces"
    assert desk.proposals == ()
    assert forge.opened == {}


async def test_a_rule_that_came_after_the_yes_still_holds(
    desk: ChangeDesk, forge: MemoryForge, journal: SqliteJournal, clock: Clock
) -> None:
    await desk.propose(scale(), ANNA, words="")
    settings = DeskSettings(policy=Policy(denied_namespaces=frozenset({"media"})))
    strict = ChangeDesk(journal, clock=clock, settings=settings)
    await strict.load()
    strict.attach(REPOSITORY, forge)

    with pytest.raises(PolicyRefused):
        await strict.approve(requester=ANNA)

    (ended,) = strict.proposals
    assert ended.state is ProposalState.BLOCKED
    assert "namespaces" in (ended.failure or "")
    assert forge.opened == {}
    await strict.close()


async def test_each_repository_leaves_alone_what_the_household_says_of_it(desk: ChangeDesk, forge: MemoryForge) -> None:
    desk.attach("home/other", forge)
    desk.settings = DeskSettings(left_alone={REPOSITORY: LeftAlone(paths=("jellyfin.yaml",))})

    with pytest.raises(PolicyRefused, match=r"^The rule 'paths' forbids this change \(jellyfin.yaml\)"):
        await desk.propose(scale(), ANNA, words="", repository=REPOSITORY)
    assert (await desk.propose(scale(), ANNA, words="", repository="home/other")).state is ProposalState.AWAITING


async def test_a_secret_that_a_change_takes_away_is_told_nowhere(desk: ChangeDesk, forge: MemoryForge) -> None:
    secret = "correct-horse-battery"
    forge.files["jellyfin.yaml"] = (
        manifest("jellyfin")
        + f"        env: [{{name: DB_PASSWORD, value: {secret}}}, {{name: TZ, value: UTC}}]\n".encode()
    )
    plan = SetEnv(name="jellyfin", namespace="media", variable="DB_PASSWORD", value=None)
    proposal = await desk.propose(plan, ANNA, words="remove the password of jellyfin")
    assert (proposal.target.before, proposal.target.after) == ("[redacted]", "")

    await desk.approve(requester=ANNA, hash=proposal.hash)
    (told,) = forge.opened.values()
    assert secret not in f"{told.title} {told.body} {told.message}"
    assert secret.encode() not in (told.files[0].after or b"")


async def test_a_proposal_says_how_risky_it_is_and_why(desk: ChangeDesk) -> None:
    little = await desk.propose(scale(), ANNA, words="")
    nothing = await desk.propose(scale("sonarr", 0), ANNA, words="")

    assert (little.risk, little.checks) == (Risk.LOW, ())
    assert nothing.risk is Risk.MEDIUM
    assert nothing.reasons == (Danger.STOPS.told(what="Deployment media/sonarr"),)


def test_what_no_schema_could_judge_is_told_before_the_yes() -> None:
    tunnel = b"apiVersion: example.org/v1\nkind: Tunnel\nmetadata:\n  name: home\n  namespace: media\n"
    files = (FileChange(path="tunnel.yaml", before=None, after=tunnel),)
    target = Target(kind="Tunnel", namespace="media", name="home", path="tunnel.yaml", field="", before="", after="")

    planned = judged(Edit(target=target, files=files), Snapshot(commit="0" * 40, files={}), None)

    (check,) = planned.checks
    assert check.sentence == "The fields of a Tunnel of example.org are not judged by a schema."
    assert (check.key, check.values) == ("unjudged", {"kind": "Tunnel", "group": "example.org"})


async def test_the_model_that_planned_it_is_remembered_and_told(desk: ChangeDesk, clock: Clock) -> None:
    proposal = await desk.propose(scale(), ANNA, words="more jellyfin", model="llama3.1:8b")

    assert proposal.model == "llama3.1:8b"
    assert "- Planned by the model `llama3.1:8b`\n" in draft(proposal, clock.now).body


async def test_secrets_reach_neither_the_pull_request_nor_the_journal_nor_the_log(
    desk: ChangeDesk,
    forge: MemoryForge,
    restarted: Restart,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = "ghp_" + "a1B2" * 9
    await desk.propose(scale(), ANNA, words=f"scale jellyfin to 3, password: {token}")
    forge.failures = [ConnectionFailed(f"The proxy said: Authorization: Bearer {token}")] * 2
    with pytest.raises(ConnectionFailed):
        await desk.approve(requester=ANNA)
    (kept,) = desk.proposals
    assert token not in (kept.failure or "")
    assert token not in draft(kept, kept.created).body

    after = restarted()
    stalled = asyncio.get_running_loop().create_future()
    leave = after.subscribe(stalled.set_result)
    await after.load()
    after.attach(REPOSITORY, forge)
    await stalled
    leave()
    assert (await after.approve(requester=ANNA)).state is ProposalState.OPEN

    assert token not in caplog.text
    assert token not in next(iter(forge.opened.values())).body
    assert token.encode() not in await asyncio.to_thread(_bytes_of, tmp_path)


def _bytes_of(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


@pytest.mark.parametrize(
    "plan",
    [
        AddApp(name="cache", template="redis", storage="1Gi"),
        AddApp(name="books", template="postgresql"),
        AddApp(name="mealie", template="web", image="x/mealie:v2.1", port=9000, host="m.example", storage="5Gi"),
        AddApp(name="prune", template="cronjob", image="x/prune:3.20", schedule="0 4 * * *"),
    ],
)
async def test_a_new_app_of_each_template_passes_the_desk_and_becomes_a_pull_request(
    desk: ChangeDesk, forge: MemoryForge, plan: AddApp
) -> None:
    proposal = await desk.propose(plan, ANNA, words=f"add {plan.name}")
    assert proposal.risk is Risk.MEDIUM
    opened = await desk.approve(requester=ANNA, hash=proposal.hash)
    assert opened.state is ProposalState.OPEN
    assert len(forge.opened) == 1


async def test_an_app_is_removed_over_the_desk_as_a_high_risk(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(RemoveApp(name="sonarr"), ANNA, words="remove sonarr")
    assert proposal.risk is Risk.HIGH
    assert [each.after for each in proposal.files] == [None]


async def test_words_become_a_plan_at_the_desk(desk: ChangeDesk) -> None:
    speech = [Speech.load("en"), Speech.load("de")]
    assert await desk.plan("double the replicas of jellyfin", speech) == SetReplicas(name="jellyfin", replicas=2)
    assert await desk.plan("verdopple die Replikate von jellyfin", speech) == SetReplicas(name="jellyfin", replicas=2)
    with pytest.raises(Incomplete, match=r"How many shall it run\?"):
        await desk.plan("scale up jellyfin", speech)
    with pytest.raises(NotUnderstood):
        await desk.plan("make me a coffee", speech)
