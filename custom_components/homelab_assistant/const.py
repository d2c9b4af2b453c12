"""Names shared by the whole integration."""

from datetime import timedelta
from enum import StrEnum

from homeassistant.const import CONF_TOKEN
from homeassistant.helpers import llm

DOMAIN = "homelab_assistant"


class Kind(StrEnum):
    """What a config entry stands for: one outside service each."""

    HUB = "hub"
    CLUSTER = "cluster"
    REPOSITORY = "repository"


class ForgeKind(StrEnum):
    """How the entry of a repository reaches it."""

    GITHUB = "github"
    GITHUB_APP = "github_app"
    GITEA = "gitea"
    GIT = "git"


CONF_KIND = "kind"
CONF_CONNECTED = "connected"
CONF_GPU_URL = "gpu_url"
CONF_KUBECONFIG = "kubeconfig"
CONF_KUBECONFIG_FILE = "kubeconfig_file"
CONF_CONTEXT = "context"
CONF_CA = "ca"
CONF_TOKEN_FILE = f"{CONF_TOKEN}_file"
CONF_IN_CLUSTER = "in_cluster"
CONF_FORGE = "forge"
CONF_REPOSITORY = "repository"
CONF_APP_ID = "app_id"
CONF_PRIVATE_KEY = "private_key"
CONF_USER = "user"
CONF_SSH_KEY_FILE = "ssh_key_file"
CONF_API_URL = "api_url"
CONF_PROXY = "proxy"
CONF_HEADERS = "headers"
CONF_CA_FILE = "ca_file"
CONF_CERTIFICATE_FILE = "certificate_file"
CONF_KEY_FILE = "key_file"
CONF_MODELS = "models"
CONF_CONTEXT_LENGTH = "context_length"
CONF_KEEP_ALIVE = "keep_alive"
CONF_WRITE_MODEL = "write_model"
CONF_FALLBACK_MODEL = "fallback_model"
CONF_FALLBACK_URL = "fallback_url"
CONF_TIMEOUTS = "timeouts"
CONF_WARM_UP_WHEN_HOME = "warm_up_when_home"

DEFAULT_HUB_URL = "http://192.168.1.94:11434"
DEFAULT_GITHUB_API_URL = "https://api.github.com"

CONF_PREFERRED = "preferred"

SUBENTRY_CONVERSATION = "conversation"
SUBENTRY_AI_TASK = "ai_task_data"
HUB_NAME = "AI hub"
DEFAULT_CLUSTER_NAME = "homelab"
PIPELINE_NAME = "Homelab"
AGENT_NAME = "Homelab Assistant"
AI_TASK_NAME = "Homelab AI task"
DEFAULT_LLM_APIS = [llm.LLM_API_ASSIST]

DEFAULT_CONTEXT_LENGTH = 8192  # tokens
DEFAULT_KEEP_ALIVE = 1800  # seconds

HUB_INTERVAL = timedelta(seconds=30)
GPU_HISTORY = timedelta(hours=1)
CLUSTER_INTERVAL = timedelta(seconds=60)
REPOSITORY_INTERVAL = timedelta(minutes=15)
LONGEST_INTERVAL = timedelta(minutes=5)  # while a service is down

EVENT_FINDING = f"{DOMAIN}_finding"
EVENT_APPLICATION = f"{DOMAIN}_application"
EVENT_CHANGE = f"{DOMAIN}_change"

JOURNAL_FILE = "homelab_assistant.db"
SENTENCES_DIRECTORY = ("homelab_assistant", "sentences")  # below the configuration directory
