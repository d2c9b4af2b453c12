from copy import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant_core.errors import AuthenticationFailed, ConnectionFailed, HomelabError, NotFound, UnknownWorkload
from assistant_core.models.change import Channel, Proposal, ProposalState, Requester, SetReplicas, Target
from assistant_core.models.finding import Finding
from assistant_core.models.gpu import GpuHealth
from assistant_core.models.hub import HubStatus, LoadedModel
from assistant_core.models.observation import Observation
from assistant_core.models.reasons import Reason
from assistant_core.models.repository import FileChange, PullRequest, PullRequestState
from assistant_core.models.watching import WhatChanged
from assistant_core.speech import Phrases

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
SINCE = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
CLOSED = ConnectionFailed("http://192.168.1.5:9835 refuses the connection.")
CARD = GpuHealth(
    uuid="1",
    name="NVIDIA GeForce RTX 4080",
    utilisation=0.41,
    memory_used=int(9.1 * 2**30),
    memory_total=16 * 2**30,
    temperature=63.0,
    power=210.4,
)
PATH = "apps/media/jellyfin/deployment.yaml"
PROPOSAL = Proposal(
    id="1",
    hash="ab" * 32,
    code="blue seven",
    repository="anna/homelab",
    base_commit="c" * 40,
    plan=SetReplicas(name="jellyfin", replicas=3),
    target=Target(
        kind="Deployment",
        namespace="media",
        name="jellyfin",
        path=PATH,
        field="spec.replicas",
        before="1",
        after="3",
    ),
    files=(FileChange(path=PATH, before=b"1\n", after=b"3\n"),),
    diff=f"--- a/{PATH}\n+++ b/{PATH}\n@@ -1 +1 @@\n-  replicas: 1\n+  replicas: 3\n",
    state=ProposalState.AWAITING,
    requested_by=Requester(channel=Channel.VOICE),
    words="scale jellyfin to 3",
    created=NOW,
    expires=NOW + timedelta(minutes=15),
)


class House:
    def __init__(
        self,
        hub: Observation[HubStatus] | None = None,
        gpus: Observation[tuple[GpuHealth, ...]] | None = None,
        findings: Observation[tuple[Finding, ...]] | None = None,
    ) -> None:
        self._hub, self._gpus, self._findings = hub, gpus, findings

    def hub(self) -> Observation[HubStatus] | None:
        return self._hub

    def gpus(self) -> Observation[tuple[GpuHealth, ...]] | None:
        return self._gpus

    def findings(self) -> Observation[tuple[Finding, ...]] | None:
        return self._findings

    def applications(self) -> None:
        return None

    def nodes(self) -> None:
        return None

    async def what_changed(self, _: datetime) -> WhatChanged | None:
        return None


def a_finding(
    name: str = "jellyfin", error: str = "Back-off pulling image", namespace: str | None = "media"
) -> Finding:
    return Finding(
        id=name,
        cluster="home",
        kind="Pod",
        namespace=namespace,
        name=name,
        errors=(error,),
        explanation="",
        first_seen=NOW,
    )


def seen[T](value: T) -> Observation[T]:
    return Observation(value=value, at=NOW)


def lost[T](value: T | None, error: HomelabError = CLOSED, since: datetime = SINCE) -> Observation[T]:
    return Observation(value=value, at=since if value is not None else None, error=error, since=since)


def loaded(*models: tuple[str, float]) -> HubStatus:
    return HubStatus(
        version="0.32.15",
        installed=(),
        loaded=tuple(
            LoadedModel(name=name, size=1000, size_vram=int(1000 * share), context_length=8192, expires_at=None)
            for name, share in models
        ),
    )


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases.load("en", time_zone=UTC, clock=lambda: NOW)


async def test_findings_are_counted_and_named(phrases: Phrases) -> None:
    assert phrases.say_findings(seen((a_finding(),))) == (
        "There is one problem in the cluster: Pod jellyfin in media: Back-off pulling image."
    )
    two = (a_finding(), a_finding("node-1", "disk pressure", None))
    assert phrases.say_findings(seen(two)) == (
        "There are two problems in the cluster. "
        "Pod jellyfin in media: Back-off pulling image. Pod node-1: disk pressure."
    )


async def test_of_many_findings_only_the_oldest_few_are_named(phrases: Phrases) -> None:
    said = phrases.say_findings(seen(tuple(a_finding(f"app-{number}") for number in range(30))))
    assert said.startswith(
        "There are 30 problems in the cluster. Pod app-0 in media: Back-off pulling image. Pod app-1"
    )
    assert "app-2" in said
    assert "app-3" not in said
    assert said.endswith(". And 27 more.")


async def test_no_findings_no_cluster_and_no_news_are_told_apart(phrases: Phrases) -> None:
    assert phrases.say_findings(seen(())) == "Nothing is wrong in the cluster."
    assert phrases.say_findings(None) == "No cluster is set up yet, so I cannot see its problems."
    assert phrases.say_findings(Observation()) == "Nothing has been heard from the cluster yet."


async def test_a_silent_service_is_told_with_its_last_state_and_since_when(phrases: Phrases) -> None:
    assert phrases.say_findings(lost((a_finding(), a_finding("b")))) == (
        "The cluster does not answer since 14:02; the cluster had two problems then."
    )
    assert phrases.say_findings(lost(())) == (
        "The cluster does not answer since 14:02; the cluster had no problems then."
    )
    assert phrases.say_findings(lost(None)) == "The cluster does not answer since 14:02."
    assert phrases.say_gpu(lost((CARD,))) == (
        "The GPU host does not answer since 14:02; NVIDIA GeForce RTX 4080 was at 63 degrees then."
    )
    assert phrases.say_models(lost(loaded(("llama3.1:8b", 1)))) == (
        "The AI hub does not answer since 14:02; it had llama3.1 8b loaded then."
    )


async def test_other_troubles_name_their_cause(phrases: Phrases) -> None:
    refused = AuthenticationFailed("401")
    assert phrases.say_models(lost(None, refused)) == "The AI hub does not accept our credentials since 14:02."
    missing = NotFound("k8sgpt is not installed in this cluster.")
    assert phrases.say_findings(lost(None, missing)) == "K8sgpt is not installed in this cluster."


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (SINCE, "since 15:02"),
        (NOW - timedelta(days=1), "since yesterday at 15:30"),
        (datetime(2026, 5, 3, 12, 0, tzinfo=UTC), "since 3 May at 14:00"),
    ],
)
async def test_times_are_told_in_the_households_time_zone(since: datetime, told: str) -> None:
    phrases = Phrases.load("en", time_zone=ZoneInfo("Europe/Berlin"), clock=lambda: NOW)
    assert told in phrases.say_findings(lost(None, since=since))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("**boom** <b>now</b>\n\x1b[31mred\x07", "boom now [31mred"),
        ("see [the docs](http://evil.example/x) or https://evil.example", "see the docs or evil.example"),
        ("safe\u202etxt\u200b", "safetxt"),
        ("x" * 500, "x" * 119 + "…"),
        ("word " * 100, "word " * 23 + "word…"),
        ("", "no details are known."),
    ],
)
async def test_finding_text_is_stripped_of_markup_and_capped(phrases: Phrases, error: str, said: str) -> None:
    assert f"Pod jellyfin in media: {said}" in phrases.say_findings(seen((a_finding(error=error),)))


async def test_a_card_tells_only_what_its_exporter_serves(phrases: Phrases) -> None:
    assert phrases.say_gpu(seen((CARD,))) == (
        "NVIDIA GeForce RTX 4080: 63 degrees, 41 percent busy, 9.1 of 16 gigabytes of memory in use and 210 watts."
    )
    assert phrases.say_gpu(seen((GpuHealth(uuid="1", name="RTX 4080", temperature=50.5),))) == "RTX 4080: 50.5 degrees."
    assert phrases.say_gpu(seen((GpuHealth(uuid="1", name="RTX 4080"),))) == "RTX 4080 tells nothing of itself."
    assert phrases.say_gpu(seen(())) == "The GPU host shows no graphics card."
    assert phrases.say_gpu(None) == "No GPU exporter is set up, so I cannot see the graphics card."


async def test_models_in_memory_are_named_with_their_share_of_the_gpu(phrases: Phrases) -> None:
    assert phrases.say_models(seen(loaded())) == "No model is loaded."
    assert phrases.say_models(seen(loaded(("mistral:latest", 1)))) == "Mistral is loaded."
    assert phrases.say_models(seen(loaded(("llama3.1:8b", 1), ("qwen2.5-coder:7b", 0.6), ("tiny", 0)))) == (
        "Llama3.1 8b, qwen2.5-coder 7b with 60 percent of it on the GPU and tiny on the CPU are loaded."
    )


async def test_the_status_tells_troubles_first_and_then_the_rest(phrases: Phrases) -> None:
    house = House(hub=seen(loaded(("llama3.1:8b", 1))), gpus=lost((CARD,)), findings=seen(()))
    assert phrases.say_status(house, (PROPOSAL,)) == (
        "The GPU host does not answer since 14:02; NVIDIA GeForce RTX 4080 was at 63 degrees then. "
        "Nothing is wrong in the cluster. Llama3.1 8b is loaded. "
        'One change waits for a yes: Jellyfin in media: replicas from 1 to 3, confirmed by "confirm blue seven".'
    )
    assert phrases.say_status(House(), ()).startswith("Nothing is set up yet")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            ProposalState.AWAITING,
            f'Jellyfin in media: replicas from 1 to 3, one line in {PATH}, high risk. Say "confirm blue seven".',
        ),
        (
            ProposalState.APPROVED,
            "Approved, but not opened yet: Jellyfin in media: replicas from 1 to 3. GitHub does not answer.",
        ),
        (
            ProposalState.OPENING,
            "Approved, but not opened yet: Jellyfin in media: replicas from 1 to 3. GitHub does not answer.",
        ),
        (ProposalState.OPEN, "Pull request 12 is open: Jellyfin in media: replicas from 1 to 3."),
        (ProposalState.REJECTED, "Dropped: Jellyfin in media: replicas from 1 to 3."),
        (
            ProposalState.EXPIRED,
            "Nobody said yes in time, so this is dropped: Jellyfin in media: replicas from 1 to 3.",
        ),
        (
            ProposalState.FAILED,
            "That did not work: Jellyfin in media: replicas from 1 to 3. GitHub does not answer.",
        ),
    ],
)
async def test_a_proposal_is_told_by_its_state(phrases: Phrases, state: ProposalState, said: str) -> None:
    proposal = replace(
        PROPOSAL,
        state=state,
        pull_request="https://github.com/anna/homelab/pull/12",
        why=Reason.of(ConnectionFailed("GitHub does not answer.")),
    )
    assert phrases.say_proposal(proposal) == said


async def test_where_there_are_branches_only_the_branch_is_named(phrases: Phrases) -> None:
    branch = PullRequest(
        number=0,
        url="file:///srv/proposals/set-replicas-media-jellyfin-1a2b3c4d.md",
        branch="homelab-assistant/set-replicas-media-jellyfin-1a2b3c4d",
        head_commit="0" * 40,
        state=PullRequestState.OPEN,
    )
    opened = replace(PROPOSAL, state=ProposalState.OPEN, opened=branch, pull_request=branch.url)
    said = phrases.say_proposal(opened)
    assert said.startswith("Branch homelab-assistant/set-replicas-media-jellyfin-1a2b3c4d is open: ")
    assert "The last one opened is branch homelab-assistant/" in phrases.say_pending((), (opened,))


async def test_what_waits_is_told_with_its_codes_and_else_what_was_opened_last(phrases: Phrases) -> None:
    opened = replace(PROPOSAL, state=ProposalState.OPEN, pull_request="https://github.com/a/b/pull/12")
    assert phrases.say_pending(()) == "Nothing waits for a yes."
    assert phrases.say_pending((), (PROPOSAL, opened)) == (
        "Nothing waits for a yes. The last one opened is pull request 12: Jellyfin in media: replicas from 1 to 3."
    )
    assert phrases.say_pending((PROPOSAL, replace(PROPOSAL, code="green ten"))) == (
        'Two changes wait for a yes: Jellyfin in media: replicas from 1 to 3, confirmed by "confirm blue seven" '
        'and Jellyfin in media: replicas from 1 to 3, confirmed by "confirm green ten".'
    )


async def test_an_error_is_said_as_its_own_sentence(phrases: Phrases) -> None:
    error = UnknownWorkload("There is no workload called `jellyfish`; did you mean jellyfin?", candidates=("jellyfin",))
    assert phrases.say_error(error) == "There is no workload called jellyfish; did you mean jellyfin?"


async def test_an_address_in_an_error_is_said_as_its_host(phrases: Phrases) -> None:
    error = ConnectionFailed("The Ollama server at http://10.0.0.5:11434/x does not answer: http://10.0.0.5. Really!")
    assert phrases.say_error(error) == "The Ollama server at 10.0.0.5 does not answer: 10.0.0.5. Really!"


async def test_a_failed_model_is_told_with_what_is_known_without_it(phrases: Phrases) -> None:
    house = House(hub=lost(loaded()), findings=seen((a_finding(), a_finding("b"))))
    assert phrases.say_model_failed(CLOSED, house) == (
        "The AI hub does not answer since 14:02; the cluster has two problems."
    )
    assert phrases.say_model_failed(CLOSED, House(findings=lost(()))) == (
        "The AI hub does not answer; the cluster had no problems at 14:02."
    )
    assert phrases.say_model_failed(CLOSED, House()) == "The AI hub does not answer."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("x/jellyfin:1.0", "x/jellyfin:1.1", "from 1.0 to 1.1"),
        ("ftp:a/b", "ftp:a/c", "from ftp:a/b to ftp:a/c"),
    ],
)
def test_of_an_image_only_the_tag_is_said_and_of_other_values_all(
    phrases: Phrases, before: str, after: str, said: str
) -> None:
    target = replace(PROPOSAL.target, field="image", before=before, after=after)
    assert said in phrases.say_proposal(replace(PROPOSAL, target=target))
