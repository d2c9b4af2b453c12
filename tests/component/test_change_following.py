"""From the merge to a healthy workload: the forge's webhook, Argo CD, and what is remembered over a restart."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
import hmac
from typing import Any

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.homelab_assistant import change_rules
from custom_components.homelab_assistant.assistant_core.change import Backoff, Pace
from custom_components.homelab_assistant.assistant_core.models.change import ProposalState
from custom_components.homelab_assistant.change_options import webhook_id
from custom_components.homelab_assistant.const import EVENT_CHANGE
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.github import GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from tests.component.conftest import APPLICATIONS, Wait, deploy

DOMAIN = "homelab_assistant"
SECRET = "between the forge and us"
BODY = b'{"action": "closed"}'


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster where Argo CD deploys the household's repository."""
    return KubernetesSimulator()


@pytest.fixture
def opened(hass: HomeAssistant, repository: ConfigEntry, hass_admin_user: MockUser) -> Callable[[], Awaitable[None]]:
    """Ask for three Jellyfins and approve it, or one of both."""

    async def work(*actions: str) -> None:
        for action in actions or ("propose_change", "approve_change"):
            data = {"name": "jellyfin", "replicas": 3} if action == "propose_change" else {}
            context = Context(user_id=hass_admin_user.id)
            await hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)

    return work


@pytest.mark.usefixtures("hurry", "cluster")
async def test_a_merged_change_is_followed_until_it_is_healthy(
    hass: HomeAssistant,
    opened: Any,
    reached: Wait,
    on_github: Any,
    github: GitHubSimulator,
    kubernetes: KubernetesSimulator,
) -> None:
    await opened()
    await on_github("pulls/1/merge")
    await reached(ProposalState.MERGED)

    commit = github.hub.pulls[0].merge_sha
    deploy(kubernetes, commit, "Degraded", conditions=[{"type": "Error", "message": "no node has room"}])
    degraded = await reached(ProposalState.DEGRADED)
    assert "jellyfin is degraded" in degraded.failure
    await hass.async_block_till_done()
    shown = [each["message"] for each in _async_get_or_create_notifications(hass).values()]
    assert any("no node has room" in each and each.endswith('Say "undo that" to take it back.') for each in shown)

    deploy(kubernetes, commit, "Healthy")
    await reached(ProposalState.HEALTHY)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.changes_of_demo_homelab_merged").state == "1"
    assert float(hass.states.get("sensor.changes_of_demo_homelab_time_to_healthy").state) < 1


@pytest.fixture
def german_house(hass: HomeAssistant) -> None:
    hass.config.language = "de"


@pytest.mark.usefixtures("german_house", "hurry", "cluster")
async def test_what_went_wrong_is_told_in_the_language_of_the_house(
    hass: HomeAssistant,
    opened: Any,
    reached: Wait,
    on_github: Any,
    github: GitHubSimulator,
    kubernetes: KubernetesSimulator,
) -> None:
    happened = async_capture_events(hass, EVENT_CHANGE)
    await opened()
    await on_github("pulls/1/merge")
    await reached(ProposalState.MERGED)
    bad = [{"type": "Error", "message": "no node has room"}]
    deploy(kubernetes, github.hub.pulls[0].merge_sha, "Degraded", conditions=bad)
    await reached(ProposalState.DEGRADED)
    await hass.async_block_till_done()

    told = "nicht gesund: jellyfin ist nicht gesund, der Cluster meldet „no node has room“"
    assert happened[-1].data["message"] == told
    shown = [each["message"] for each in _async_get_or_create_notifications(hass).values()]
    assert (
        f"Jellyfin in media: Replikate von 1 auf 3: {told}. Sag „mach das rückgängig“, um sie zurückzunehmen." in shown
    )


def reconcile(kubernetes: KubernetesSimulator, commit: str, ready: str, message: str = "") -> None:
    """Let Flux have tried that commit of the media."""
    named = {"name": "media", "namespace": "flux-system"}
    reference = {"kind": "GitRepository", "name": "media"}
    url = {"url": "ssh://git@github.com/demo/homelab.git"}
    done = {"lastAppliedRevision": f"main@sha1:{commit}"} if ready == "True" else {}
    condition = {"type": "Ready", "status": ready, "reason": "Reconciliation", "message": message}
    status = {
        "observedGeneration": 1,
        "conditions": [condition],
        "lastAttemptedRevision": f"main@sha1:{commit}",
        **done,
    }
    for version, kind, spec, told in (
        ("source.toolkit.fluxcd.io/v1", "GitRepository", url, {}),
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", {"path": "./apps/media", "sourceRef": reference}, status),
    ):
        kubernetes.store.apply({"apiVersion": version, "kind": kind, "metadata": named, "spec": spec, "status": told})


@pytest.mark.usefixtures("hurry", "cluster")
async def test_a_merged_change_is_followed_through_flux_too(
    opened: Any, reached: Wait, on_github: Any, github: GitHubSimulator, kubernetes: KubernetesSimulator
) -> None:
    kubernetes.store.delete(APPLICATIONS, "argocd", "jellyfin")
    reconcile(kubernetes, "0" * 40, "True")
    await opened()
    await on_github("pulls/1/merge")
    await reached(ProposalState.MERGED)

    commit = github.hub.pulls[0].merge_sha
    reconcile(kubernetes, commit, "False", "kustomize build failed")
    degraded = await reached(ProposalState.DEGRADED)
    assert "kustomize build failed" in degraded.failure

    reconcile(kubernetes, commit, "True")
    await reached(ProposalState.HEALTHY)


@pytest.fixture
async def called(
    hass: HomeAssistant, repository: ConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Call the webhook as the forge does, once the household chose its secret; returns the status."""
    form = await hass.config_entries.options.async_init(repository.entry_id)
    path = form["description_placeholders"]["webhook"]
    given = {"approval": {}, "telling": {}, "limits": {}, "following": {"webhook_secret": SECRET}}
    await hass.config_entries.options.async_configure(form["flow_id"], given)
    await hass.async_block_till_done()
    client = await hass_client_no_auth()

    async def call(secret: str = SECRET, header: str = "X-Hub-Signature-256", body: bytes = BODY) -> int:
        answer = await client.post(path, data=body, headers={header: signature(body, secret)})
        return answer.status

    return call


def signature(body: bytes, secret: str = SECRET) -> str:
    """As GitHub sends it."""
    return f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"


async def test_a_webhook_with_the_right_signature_brings_the_look_forward(
    opened: Any, reached: Wait, on_github: Any, called: Any
) -> None:
    await opened()
    await on_github("pulls/1/merge")

    assert await called("something else") == 403
    assert await called(header="X-Nothing") == 403
    assert await called() == 204
    await reached(ProposalState.MERGED)


async def test_a_webhook_may_be_long_but_not_endless(called: Any) -> None:
    assert await called(body=BODY.ljust(900_000)) == 204
    assert await called(body=BODY.ljust(1_000_001)) == 413


@pytest.mark.usefixtures("called")
async def test_a_webhook_that_home_assistant_cloud_passes_on_is_heard(
    repository: ConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client()
    call = {"webhook_id": webhook_id(repository.entry_id), "method": "POST", "body": BODY.decode(), "query": ""}
    await client.send_json_auto_id(
        {"type": "webhook/handle", **call, "headers": {"X-Hub-Signature-256": signature(BODY)}}
    )
    assert (await client.receive_json())["result"]["status"] == 204


async def test_without_a_secret_there_is_no_webhook(
    repository: ConfigEntry, hass_client_no_auth: ClientSessionGenerator, hass: HomeAssistant
) -> None:
    form = await hass.config_entries.options.async_init(repository.entry_id)
    client = await hass_client_no_auth()
    answer = await client.post(form["description_placeholders"]["webhook"], data=b"{}")
    assert answer.status == 200  # as Home Assistant answers for every webhook that it does not know
    assert await answer.read() == b""


async def test_a_forge_that_asked_us_to_wait_is_left_alone_over_a_restart(
    hass: HomeAssistant,
    repository: ConfigEntry,
    opened: Any,
    on_github: Any,
    github_proxy: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soon = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=1))
    monkeypatch.setattr(change_rules, "PACE", Pace(retries=soon, looks=soon))
    reset = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    await opened("propose_change")
    await on_github("limits", remaining=0, reset=reset)
    with pytest.raises(HomeAssistantError, match="used up"):
        await opened("approve_change")
    asked = len(github_proxy.seen)

    await hass.config_entries.async_reload(repository.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    desk = hass.data[HOUSEHOLD].office.desk
    assert desk.asked_to_wait("demo/homelab") is not None
    assert desk.proposals[-1].state is ProposalState.APPROVED
    assert len(github_proxy.seen) == asked
