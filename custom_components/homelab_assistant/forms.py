"""The forms of the config flow: what each service is asked for."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_NAME, CONF_TOKEN, CONF_URL
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from .const import (
    CONF_API_URL,
    CONF_CA,
    CONF_CA_FILE,
    CONF_CERTIFICATE_FILE,
    CONF_CONTEXT,
    CONF_GPU_URL,
    CONF_HEADERS,
    CONF_KEY_FILE,
    CONF_KIND,
    CONF_KUBECONFIG,
    CONF_PROXY,
    CONF_REPOSITORY,
    DEFAULT_CLUSTER_NAME,
    DEFAULT_HUB_URL,
    Kind,
)

TEXT = TextSelector()
LONG_TEXT = TextSelector(TextSelectorConfig(multiline=True))
URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
LINES = TextSelector(TextSelectorConfig(multiple=True))
SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

FIELDS: dict[str, dict[str, TextSelector]] = {
    "hub": {CONF_URL: URL, CONF_TOKEN: SECRET, CONF_GPU_URL: URL},
    "kubeconfig": {CONF_KUBECONFIG: LONG_TEXT, CONF_CONTEXT: TEXT, CONF_NAME: TEXT},
    "server": {CONF_URL: URL, CONF_TOKEN: SECRET, CONF_CA: LONG_TEXT, CONF_NAME: TEXT},
    "repository": {CONF_REPOSITORY: TEXT, CONF_TOKEN: SECRET, CONF_API_URL: URL},
}
REQUIRED = {
    "hub": {CONF_URL},
    "kubeconfig": {CONF_KUBECONFIG},
    "server": {CONF_URL, CONF_TOKEN},
    "repository": {CONF_REPOSITORY, CONF_TOKEN},
}
KINDS = {"hub": Kind.HUB, "kubeconfig": Kind.CLUSTER, "server": Kind.CLUSTER, "repository": Kind.REPOSITORY}
SECRETS = {CONF_TOKEN, CONF_KUBECONFIG}
CREDENTIALS = {*SECRETS, CONF_CONTEXT}
SUGGESTED = {
    "hub": {CONF_URL: DEFAULT_HUB_URL},
    "kubeconfig": {CONF_NAME: DEFAULT_CLUSTER_NAME},
    "server": {CONF_NAME: DEFAULT_CLUSTER_NAME},
}


SECTIONS: dict[str, dict[str, dict[str, TextSelector]]] = {
    "hub": {CONF_PROXY: {CONF_HEADERS: LINES, CONF_CA_FILE: TEXT, CONF_CERTIFICATE_FILE: TEXT, CONF_KEY_FILE: TEXT}}
}


def form_of(data: Mapping[str, Any]) -> str:
    """The form that an entry was filled in with."""
    if data[CONF_KIND] == Kind.CLUSTER:
        return "kubeconfig" if CONF_KUBECONFIG in data else "server"
    return str(data[CONF_KIND])


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
