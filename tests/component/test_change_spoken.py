"""The whole life of a change in what people say and hear, in English and in German."""

from collections.abc import Awaitable, Callable
import re
from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_assistant.assistant_core.models.change import Proposal, ProposalState
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.github import GitHubSimulator
from demo.kubernetes import KubernetesSimulator
from tests.component.conftest import deploy

AGENT = "conversation.homelab_assistant"
S = ProposalState

type Say = Callable[[str], Awaitable[str]]


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster where Argo CD deploys the household's repository."""
    return KubernetesSimulator()


@pytest.fixture
def language(hass: HomeAssistant, request: pytest.FixtureRequest) -> str:
    """What the house speaks; ask for it before its services."""
    hass.config.language = getattr(request, "param", "en")
    return hass.config.language


@pytest.fixture
async def say(
    hass: HomeAssistant,
    language: str,
    hurry: None,
    hub: ConfigEntry,
    repository: ConfigEntry,
    hass_admin_user: MockUser,
) -> Say:
    """What is answered to the administrator in one conversation."""
    known: list[str] = []

    async def speak(text: str) -> str:
        context = Context(user_id=hass_admin_user.id)
        talk = known[-1] if known else None
        result = await conversation.async_converse(hass, text, talk, context, language=language, agent_id=AGENT)
        known.append(result.conversation_id)
        return result.response.speech["plain"]["speech"]

    return speak


def last(hass: HomeAssistant) -> Proposal:
    return hass.data[HOUSEHOLD].office.desk.proposals[-1]


def code(answer: str) -> str:
    """The two words that are to be said."""
    return re.search(r"(?:confirm|bestätige) ([\wäöüß]+ [\wäöüß]+)", answer)[1]


async def test_a_change_is_asked_for_confirmed_followed_and_undone(
    hass: HomeAssistant,
    say: Say,
    reached: Any,
    cluster: ConfigEntry,
    kubernetes: KubernetesSimulator,
    github: GitHubSimulator,
    on_github: Any,
) -> None:
    asked = await say("Scale jellyfin to three")
    assert asked == (
        "Jellyfin in media: replicas from 1 to 3, one line in apps/media/jellyfin/jellyfin.yaml, low risk. "
        f'Say "confirm {last(hass).code}".'
    )
    pending = await say("What is pending?")
    assert "Jellyfin in media: replicas from 1 to 3" in pending
    assert (await say(f"Confirm {code(asked)}")).startswith("Pull request 1 is open")
    assert re.search(r"was already approved by Mock User at \d\d:\d\d\.$", await say(f"Confirm {code(asked)}"))

    await on_github("pulls/1/merge")
    await reached(S.MERGED)
    deploy(kubernetes, github.hub.pulls[0].merge_sha, "Degraded")
    await reached(S.DEGRADED)
    told = await say("What happened to the jellyfin change?")
    assert re.search("asked for by Mock User in the chat .*approved by Mock User.*merged.*not well: jellyfin is", told)

    undo = await say("Undo that")
    assert "replicas from 3 to 1" in undo
    assert len(github.hub.pulls) == 1
    assert (await say(f"Confirm {code(undo)}")).startswith("Pull request 2 is open")


@pytest.mark.parametrize("language", ["de"], indirect=True)
async def test_the_same_in_german(
    hass: HomeAssistant, say: Say, reached: Any, github: GitHubSimulator, on_github: Any
) -> None:
    asked = await say("Skaliere Jellyfin auf drei")
    assert asked.startswith("Jellyfin in media: ")
    assert "von 1 auf 3" in asked
    assert "geringes Risiko" in asked
    assert (await say("Ja")) != ""
    assert github.hub.pulls == []
    assert "Jellyfin" in await say("Was steht noch aus?")
    assert (await say(f"Bestätige {code(asked)}")).startswith("Pull Request 1 ist offen")
    again = await say(f"Bestätige {code(asked)}")
    assert re.search(r"wurde schon um \d\d:\d\d( Uhr)? von Mock User bestätigt\.$", again)

    await on_github("pulls/1/merge")
    await reached(S.MERGED)
    told = await say("Was ist mit der Jellyfin-Änderung passiert?")
    assert "gemergt" in told
    undo = await say("Mach das rückgängig")
    assert "von 3 auf 1" in undo
    assert (await say(f"Bestätige {code(undo)}")).startswith("Pull Request 2 ist offen")


async def test_more_than_can_be_read_out_is_counted_and_shown_on_the_phone(
    hass: HomeAssistant, say: Say, reached: Any, on_github: Any, hass_admin_user: MockUser
) -> None:
    async def act(action: str, **data: Any) -> None:
        context = Context(user_id=hass_admin_user.id)
        await hass.services.async_call("homelab_assistant", action, data, blocking=True, context=context)

    await act("propose_change", plan={"operation": "remove_app", "name": "sonarr"})
    await act("approve_change", hash=last(hass).hash)
    await on_github("pulls/1/merge")
    await reached(S.MERGED)
    told = await say("Undo that")
    lines = sum(line[:1] in "+-" and line[:3] not in {"+++", "---"} for line in last(hass).diff.splitlines())
    assert f"{lines} lines" in told
    assert told.endswith(f'That is too much to read out: see your phone, then say "confirm {last(hass).code}".')
