"""Connecting services: what a person types, and the one sentence that says what is wrong with it."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.homelab_assistant.const import DOMAIN
from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.github_access import Token
from demo.kubernetes import READER_TOKEN, KubernetesSimulator
from demo.ollama import OllamaSimulator
from demo.serving import serving

MODEL = "llama3.1:8b-demo-rules"

HUB = {"next_step_id": "hub"}
CLUSTER = {"next_step_id": "cluster"}
KUBECONFIG = {"next_step_id": "kubeconfig"}
SERVER = {"next_step_id": "server"}
GITOPS = {"next_step_id": "repository"}
GITHUB = {"next_step_id": "github"}


def sentence(result: dict[str, Any]) -> str:
    return result["description_placeholders"]["message"]


async def test_the_menu_offers_the_three_services_and_contacts_none(connect: Any) -> None:
    result = await connect()

    assert result["type"] == "menu"
    assert result["menu_options"] == ["hub", "find_hub", "cluster", "repository"]


async def test_the_usual_address_of_the_hub_is_only_suggested(connect: Any) -> None:
    result = await connect(HUB)

    url = next(field for field in result["data_schema"].schema if field == "url")
    assert url.description == {"suggested_value": "http://192.168.1.94:11434"}


async def test_a_hub_is_added_with_the_model_to_talk_with(
    ollama_proxy: FaultProxy, gpu_proxy: FaultProxy, connect: Any
) -> None:
    form = {"url": f"{ollama_proxy.url}/ ", "gpu_url": f"{gpu_proxy.url}/metrics"}
    result = await connect(HUB, form, {"model": MODEL})

    entry: ConfigEntry = result["result"]
    assert result["type"] == "create_entry"
    assert entry.title == "AI hub"
    assert entry.data == {"kind": "hub", "url": ollama_proxy.url, "gpu_url": f"{gpu_proxy.url}/metrics"}
    assert entry.state is ConfigEntryState.LOADED
    (agent,) = entry.subentries.values()
    assert agent.data == {"model": MODEL}
    assert agent.title == "Homelab Assistant"


async def test_only_installed_models_are_offered(
    ollama: OllamaSimulator, ollama_proxy: FaultProxy, connect: Any
) -> None:
    ollama.install(["qwen3:8b", "llama3.1:8b"])
    result = await connect(HUB, {"url": ollama_proxy.url})

    assert result["step_id"] == "model"
    assert result["data_schema"].schema["model"].config["options"] == ["qwen3:8b", "llama3.1:8b"]


async def test_a_model_without_tools_is_refused_before_it_disappoints(
    ollama: OllamaSimulator, ollama_proxy: FaultProxy, connect: Any
) -> None:
    ollama.install(["gemma3:270m"])
    result = await connect(HUB, {"url": ollama_proxy.url}, {"model": "gemma3:270m"})

    assert result["errors"] == {"model": "model_unsuitable"}


@pytest.mark.usefixtures("hub")
async def test_the_same_hub_is_not_added_twice(ollama_proxy: FaultProxy, connect: Any) -> None:
    result = await connect(HUB, {"url": ollama_proxy.url})

    assert (result["type"], result["reason"]) == ("abort", "already_configured")


@pytest.mark.parametrize(
    ("fault", "key", "words"),
    [
        (Fault(kind=FaultKind.REFUSE), "connection_failed_refused", "connection refused"),
        (Fault(kind=FaultKind.STATUS, status=401), "authentication_failed_credentials", ""),
        (Fault(kind=FaultKind.STATUS, status=200, body="<html>router</html>"), "response_invalid_foreign", ""),
        (Fault(kind=FaultKind.GARBAGE), "response_invalid_foreign", ""),
        (Fault(kind=FaultKind.STATUS, status=502, body="bad gateway"), "service_failed_status", ""),
    ],
)
async def test_a_hub_that_fails_is_told_apart_in_one_sentence(
    ollama_proxy: FaultProxy, connect: Any, fault: Fault, key: str, words: str
) -> None:
    await ollama_proxy.inject(fault)
    result = await connect(HUB, {"url": ollama_proxy.url})

    assert result["errors"] == {"url": key}
    assert words in sentence(result)
    assert sentence(result).count(". ") <= 1


async def test_what_was_typed_stays_in_the_form_and_can_be_corrected(ollama_proxy: FaultProxy, connect: Any) -> None:
    result = await connect(HUB, {"url": "not an address"}, {"url": ollama_proxy.url}, {"model": MODEL})

    assert result["type"] == "create_entry"


@pytest.mark.parametrize(
    ("steps", "typed", "left_out"),
    [
        (["hub"], {"url": "  "}, "url"),
        (["cluster", "kubeconfig"], {"kubeconfig": "\n", "name": "homelab"}, "kubeconfig"),
        (["cluster", "path"], {"kubeconfig_file": " ", "name": "homelab"}, "kubeconfig_file"),
        (["cluster", "server"], {"url": " ", "token": "x", "name": "homelab"}, "url"),
        (["repository", "github"], {"repository": "demo/homelab", "token": " "}, "token"),
        (["repository", "github_app"], {"repository": " ", "app_id": "1", "private_key": "x"}, "repository"),
        (["repository", "gitea"], {"url": "", "token": "x"}, "url"),
        (["repository", "git"], {"url": " "}, "url"),
    ],
)
async def test_what_must_be_filled_in_is_asked_for_where_only_spaces_were_typed(
    walk: Any, steps: list[str], typed: dict[str, str], left_out: str
) -> None:
    form = await walk(*({"next_step_id": step} for step in steps), typed)
    assert form["errors"] == {left_out: "required"}


async def test_a_wrong_gpu_exporter_is_blamed_itself(ollama_proxy: FaultProxy, connect: Any) -> None:
    result = await connect(HUB, {"url": ollama_proxy.url, "gpu_url": ollama_proxy.url})

    assert list(result["errors"]) == ["gpu_url"]


async def test_a_cluster_is_added_by_its_kubeconfig(
    kubernetes: KubernetesSimulator, kubernetes_proxy: FaultProxy, connect: Any
) -> None:
    kubeconfig = kubernetes.kubeconfig(kubernetes_proxy.url)
    result = await connect(CLUSTER, KUBECONFIG, {"kubeconfig": kubeconfig})

    assert result["type"] == "create_entry"
    assert result["title"] == "homelab"


async def test_a_cluster_is_added_by_address_and_token(kubernetes_proxy: FaultProxy, connect: Any) -> None:
    form = {"url": kubernetes_proxy.url, "token": READER_TOKEN, "name": "cellar"}
    result = await connect(CLUSTER, SERVER, form)

    assert result["type"] == "create_entry"
    assert result["title"] == "cellar"


@pytest.mark.usefixtures("cluster")
async def test_two_clusters_cannot_have_one_name(connect: Any) -> None:
    async with serving(KubernetesSimulator()) as other:
        result = await connect(CLUSTER, SERVER, {"url": other.url, "token": READER_TOKEN})

    assert result["errors"] == {"name": "name_taken"}


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ({"token": "wrong"}, "authentication_failed_credentials"),
        ({"url": "http://192.0.2.1:6443"}, "input_invalid"),
        ({"ca": "not a certificate", "url": "https://127.0.0.1:1"}, "input_invalid"),
    ],
)
async def test_a_wrong_way_to_a_cluster_is_named(
    kubernetes_proxy: FaultProxy, connect: Any, form: dict[str, str], key: str
) -> None:
    result = await connect(CLUSTER, SERVER, {"url": kubernetes_proxy.url, "token": READER_TOKEN, **form})

    assert result["errors"] == {"base": key}
    assert sentence(result)


async def test_a_cluster_that_is_off_is_named(kubernetes_proxy: FaultProxy, connect: Any) -> None:
    await kubernetes_proxy.inject(Fault(kind=FaultKind.REFUSE))
    result = await connect(CLUSTER, SERVER, {"url": kubernetes_proxy.url, "token": READER_TOKEN})

    assert result["errors"] == {"base": "connection_failed_refused"}


async def test_something_that_is_no_kubeconfig_is_refused(connect: Any) -> None:
    result = await connect(CLUSTER, KUBECONFIG, {"kubeconfig": "hello"})

    assert result["errors"] == {"base": "input_invalid"}
    assert "kubectl config view" in sentence(result)


@pytest.mark.parametrize(
    "typed",
    [
        REPOSITORY.upper(),
        f"https://github.com/{REPOSITORY}",
        f"https://github.com/{REPOSITORY}.git",
        "https://GitHub.com/demo/homelab/",
    ],
)
async def test_a_repository_is_added_as_the_forge_writes_its_name(
    github_proxy: FaultProxy, connect: Any, typed: str
) -> None:
    form = {"repository": typed, "token": TOKEN, "api_url": github_proxy.url}
    result = await connect(GITOPS, GITHUB, form)

    assert result["type"] == "create_entry"
    assert result["title"] == REPOSITORY
    assert result["data"]["repository"] == REPOSITORY


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({"token": "github_pat_wrong"}, {"base": "authentication_failed_credentials"}),
        ({"repository": "demo/nothing"}, {"base": "not_found_repository"}),
        ({"repository": "homelab"}, {"base": "input_invalid"}),
        ({"repository": f"https://git.home.arpa/{REPOSITORY}"}, {"base": "input_invalid"}),
        ({"api_url": "http://192.0.2.1"}, {"base": "input_invalid"}),
    ],
)
async def test_a_wrong_way_to_a_repository_is_named(
    github_proxy: FaultProxy, connect: Any, form: dict[str, str], errors: dict[str, str]
) -> None:
    result = await connect(
        GITOPS, GITHUB, {"repository": REPOSITORY, "token": TOKEN, "api_url": github_proxy.url, **form}
    )

    assert result["errors"] == errors
    assert sentence(result)


async def test_a_token_that_can_only_read_is_refused(
    github: GitHubSimulator, github_proxy: FaultProxy, connect: Any
) -> None:
    github.hub.access.add(Token(value="reader", push=False))
    result = await connect(GITOPS, GITHUB, {"repository": REPOSITORY, "token": "reader", "api_url": github_proxy.url})

    assert result["errors"] == {"token": "cannot_propose"}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault(kind=FaultKind.REFUSE), "Die Verbindung wird abgelehnt"),
        (Fault(kind=FaultKind.STATUS, status=401), "nimmt das Token oder die Anmeldung nicht an"),
        (Fault(kind=FaultKind.STATUS, status=403, body="no"), "erlaubt uns das nicht"),
        (Fault(kind=FaultKind.STATUS, status=429), "bittet um Geduld"),
        (Fault(kind=FaultKind.STATUS, status=502, body="bad gateway"), "scheitert mit Status 502"),
        (Fault(kind=FaultKind.STATUS, status=200, body="<html>router</html>"), "Dort antwortet ein anderer Dienst"),
    ],
)
async def test_a_german_form_names_the_cause_in_german_alone(
    hass: HomeAssistant, ollama_proxy: FaultProxy, connect: Any, fault: Fault, told: str
) -> None:
    await ollama_proxy.inject(fault)
    result = await connect(HUB, {"url": ollama_proxy.url})

    words = await async_get_translations(hass, "de", "config", {DOMAIN})
    given = result["description_placeholders"]
    text = words[f"component.{DOMAIN}.config.error.{result['errors']['url']}"].format(**given)
    assert text.startswith(f"Ollama ({ollama_proxy.url})")
    assert told in text
    assert given["message"] not in text
