"""Names shared by the whole integration."""

from datetime import timedelta
from enum import StrEnum
import logging

from homeassistant.helpers import llm

DOMAIN = "homelab_assistant"
LOGGER = logging.getLogger(__package__)


class Kind(StrEnum):
    """What a config entry stands for: one outside service each."""

    HUB = "hub"
    CLUSTER = "cluster"
    REPOSITORY = "repository"


CONF_KIND = "kind"
CONF_GPU_URL = "gpu_url"
CONF_KUBECONFIG = "kubeconfig"
CONF_CONTEXT = "context"
CONF_CA = "ca"
CONF_REPOSITORY = "repository"
CONF_API_URL = "api_url"

DEFAULT_HUB_URL = "http://192.168.1.94:11434"
DEFAULT_GITHUB_API_URL = "https://api.github.com"

SUBENTRY_CONVERSATION = "conversation"
HUB_NAME = "AI hub"
DEFAULT_CLUSTER_NAME = "homelab"
AGENT_NAME = "Homelab Assistant"
DEFAULT_LLM_APIS = [llm.LLM_API_ASSIST]

HUB_INTERVAL = timedelta(seconds=30)
CLUSTER_INTERVAL = timedelta(seconds=30)
REPOSITORY_INTERVAL = timedelta(minutes=15)

JOURNAL_FILE = "homelab_assistant.db"
