"""The forms of the config flow: what each service is asked for."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME, CONF_TOKEN, CONF_URL
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .const import (
    CONF_API_URL,
    CONF_APP_ID,
    CONF_CA,
    CONF_CA_FILE,
    CONF_CERTIFICATE_FILE,
    CONF_FORGE,
    CONF_GPU_URL,
    CONF_HEADERS,
    CONF_IN_CLUSTER,
    CONF_KEY_FILE,
    CONF_KIND,
    CONF_KUBECONFIG,
    CONF_KUBECONFIG_FILE,
    CONF_PRIVATE_KEY,
    CONF_PROXY,
    CONF_REPOSITORY,
    CONF_SSH_KEY_FILE,
    CONF_TOKEN_FILE,
    CONF_USER,
    DEFAULT_CLUSTER_NAME,
    DEFAULT_HUB_URL,
    ForgeKind,
    Kind,
)

CONF_UPLOAD = "upload"

TEXT = TextSelector()
LONG_TEXT = TextSelector(TextSelectorConfig(multiline=True))
URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
LINES = TextSelector(TextSelectorConfig(multiple=True))
SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
KUBECONFIG_FILE = FileSelector(FileSelectorConfig(accept=".yaml,.yml,.conf,.config,text/*,application/*"))


def number(least: float, most: float, unit: str | None = None, *, step: float = 1) -> NumberSelector:
    """A box for a number."""
    config = NumberSelectorConfig(min=least, max=most, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


CLUSTER_FORMS = ("upload", "kubeconfig", "path", "server", "in_cluster")

FIELDS: dict[str, dict[str, Selector[Any]]] = {
    "hub": {CONF_URL: URL, CONF_TOKEN: SECRET, CONF_GPU_URL: URL},
    "upload": {CONF_UPLOAD: KUBECONFIG_FILE, CONF_NAME: TEXT},
    "kubeconfig": {CONF_KUBECONFIG: LONG_TEXT, CONF_NAME: TEXT},
    "path": {CONF_KUBECONFIG_FILE: TEXT, CONF_NAME: TEXT},
    "server": {CONF_URL: URL, CONF_TOKEN: SECRET, CONF_TOKEN_FILE: TEXT, CONF_CA: LONG_TEXT, CONF_NAME: TEXT},
    "in_cluster": {CONF_NAME: TEXT},
    "github": {CONF_REPOSITORY: TEXT, CONF_TOKEN: SECRET, CONF_API_URL: URL},
    "github_app": {CONF_REPOSITORY: TEXT, CONF_APP_ID: TEXT, CONF_PRIVATE_KEY: LONG_TEXT, CONF_API_URL: URL},
    "gitea": {CONF_URL: URL, CONF_TOKEN: SECRET},
    "git": {CONF_URL: TEXT, CONF_USER: TEXT, CONF_TOKEN: SECRET, CONF_SSH_KEY_FILE: TEXT},
}
REQUIRED = {
    "hub": {CONF_URL},
    "upload": {CONF_UPLOAD},
    "kubeconfig": {CONF_KUBECONFIG},
    "path": {CONF_KUBECONFIG_FILE},
    "server": {CONF_URL},
    "in_cluster": {CONF_NAME},
    "github": {CONF_REPOSITORY, CONF_TOKEN},
    "github_app": {CONF_REPOSITORY, CONF_APP_ID, CONF_PRIVATE_KEY},
    "gitea": {CONF_URL, CONF_TOKEN},
    "git": {CONF_URL},
}
SECRETS = {CONF_TOKEN, CONF_KUBECONFIG, CONF_PRIVATE_KEY}
CREDENTIALS = {*SECRETS, CONF_KUBECONFIG_FILE, CONF_TOKEN_FILE, CONF_APP_ID, CONF_USER, CONF_SSH_KEY_FILE}
ALWAYS: dict[str, dict[str, Any]] = {
    "hub": {CONF_KIND: Kind.HUB},
    **{form: {CONF_KIND: Kind.CLUSTER} for form in CLUSTER_FORMS},
    "in_cluster": {CONF_KIND: Kind.CLUSTER, CONF_IN_CLUSTER: True},
    **{form: {CONF_KIND: Kind.REPOSITORY, CONF_FORGE: form} for form in ForgeKind},
}
SUGGESTED: dict[str, dict[str, Any]] = {
    "hub": {CONF_URL: DEFAULT_HUB_URL},
    **{form: {CONF_NAME: DEFAULT_CLUSTER_NAME} for form in CLUSTER_FORMS},
}
SECTIONS: dict[str, dict[str, dict[str, Selector[Any]]]] = {
    "hub": {CONF_PROXY: {CONF_HEADERS: LINES, CONF_CA_FILE: TEXT, CONF_CERTIFICATE_FILE: TEXT, CONF_KEY_FILE: TEXT}}
}
EXAMPLES = {
    "ollama_url": DEFAULT_HUB_URL,
    "exporter_url": "http://192.168.1.94:9835/metrics",
    "server_url": "https://192.168.1.10:6443",
    "enterprise_url": "https://github.example.com/api/v3",
    "gitea_url": "https://git.home.arpa/anna/homelab",
    "git_url": "https://git.home.arpa/anna/homelab.git",
}
"""Addresses that the explanations of fields show; Home Assistant keeps addresses out of translations."""


def form_of(data: Mapping[str, Any]) -> str:
    """The form that an entry was filled in with; a file that was uploaded is text from then on."""
    match data[CONF_KIND]:
        case Kind.CLUSTER:
            ways = {CONF_KUBECONFIG: "kubeconfig", CONF_KUBECONFIG_FILE: "path", CONF_IN_CLUSTER: "in_cluster"}
            return next((form for name, form in ways.items() if name in data), "server")
        case Kind.REPOSITORY:
            return str(data.get(CONF_FORGE, ForgeKind.GITHUB))
    return str(data[CONF_KIND])


def remembered(form: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry keeps while its form is filled in anew: what the form does not ask for, and its secrets."""
    asked = {*FIELDS[form], *(name for fields in SECTIONS.get(form, {}).values() for name in fields)}
    return {name: value for name, value in data.items() if name not in asked or name in SECRETS}


def filled_in(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, out of its sections and without the spaces around it; what was left empty is not there."""
    data: dict[str, Any] = {}
    for name, value in user_input.items():
        match value:
            case dict():
                data |= filled_in(value)
            case list():
                data[name] = [text for line in value if (text := line.strip())]
            case str():
                data[name] = value.strip()
    return {name: value for name, value in data.items() if value}


def nested(data: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What an entry remembers, as its form has it: in sections."""
    inner = {name: {each: data[each] for each in fields if each in data} for name, fields in sections.items()}
    return {**data, **inner}


def without_upload(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What a form is shown again with: an uploaded file is gone once it was read."""
    return {name: value for name, value in user_input.items() if name != CONF_UPLOAD}
