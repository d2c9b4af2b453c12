"""A change is worked out with what the household's cluster tells."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from demo.kubernetes import KubernetesSimulator

DOMAIN = "homelab_assistant"
AUTOSCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "by-load", "namespace": "media"},
    "spec": {"maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "jellyfin"}},
}


@pytest.fixture
def kubernetes() -> KubernetesSimulator:
    """A cluster with an autoscaler that the repository does not know."""
    return KubernetesSimulator(objects=(AUTOSCALER,))


@pytest.mark.usefixtures("cluster")
async def test_an_autoscaler_that_is_only_in_the_cluster_is_heeded(
    hass: HomeAssistant, repository: ConfigEntry, hass_admin_user: MockUser
) -> None:
    data, context = {"name": "jellyfin", "replicas": 3}, Context(user_id=hass_admin_user.id)
    with pytest.raises(HomeAssistantError, match="HorizontalPodAutoscaler by-load"):
        await hass.services.async_call(DOMAIN, "propose_change", data, blocking=True, context=context)
