"""The cluster's config flow: a kubeconfig in every form it comes in, and what our account may see."""

from pathlib import Path
from typing import Any

import aiohttp
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import yaml

from demo.faults import Fault, FaultKind, FaultProxy
from demo.kubernetes import ADMIN, ADMIN_TOKEN, READER_TOKEN, KubernetesSimulator
from demo.kubernetes_access import READ, Account
from demo.kubernetes_objects import kind_named

DOMAIN = "homelab_assistant"
CLUSTER = {"next_step_id": "cluster"}
SAVE = {"next_step_id": "save_cluster"}
AGAIN = {"next_step_id": "look_again"}
RIGHTS = {"next_step_id": "rights"}


def by(form: str) -> tuple[dict[str, str], dict[str, str]]:
    return CLUSTER, {"next_step_id": form}


@pytest.fixture
def kubeconfig(kubernetes: KubernetesSimulator, kubernetes_proxy: FaultProxy) -> str:
    return kubernetes.kubeconfig(kubernetes_proxy.url)


@pytest.fixture
def two_contexts(kubeconfig: str) -> str:
    """A kubeconfig whose current context has a token that nobody accepts."""
    document = yaml.safe_load(kubeconfig)
    document["users"].append({"name": "old", "user": {"token": "wrong"}})
    document["contexts"].insert(0, {"name": "stale", "context": {"cluster": "demo", "user": "old"}})
    document["current-context"] = "stale"
    return yaml.safe_dump(document)


async def upload(client: aiohttp.ClientSession, content: bytes) -> str:
    """Send a file as the browser does; returns its id."""
    form = aiohttp.FormData()
    form.add_field("file", content, filename="kubeconfig.yaml")
    answer = await client.post("/api/file_upload", data=form)
    return (await answer.json())["file_id"]


async def test_inside_a_cluster_its_own_is_offered_too(walk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = await walk(CLUSTER)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    inside = await walk(CLUSTER)

    assert outside["menu_options"] == ["upload", "kubeconfig", "path", "server"]
    assert inside["menu_options"] == [*outside["menu_options"], "in_cluster"]
    refused = await walk({"next_step_id": "in_cluster"}, {"name": "home"}, after=inside)
    assert refused["errors"] == {"base": "input_invalid"}


async def test_before_it_is_saved_a_cluster_shows_its_version_what_it_has_and_our_rights(
    kubeconfig: str, walk: Any
) -> None:
    shown = await walk(*by("kubeconfig"), {"kubeconfig": kubeconfig})

    assert (shown["type"], shown["step_id"]) == ("menu", "cluster_found")
    told = shown["description_placeholders"]
    assert "Connected to Kubernetes v1." in told["found"]
    assert "| ✓ | ✓ | ✓ | results.core.k8sgpt.ai |" in told["table"]
    for name in ("k8sgpts.core", "mutations.core", "applications.argoproj", "helmreleases.helm", "kustomizations.kust"):
        assert name in told["table"]
    assert (await walk(SAVE, after=shown))["type"] == "create_entry"


async def test_a_cluster_without_k8sgpt_is_accepted_with_a_remark(
    kubernetes: KubernetesSimulator, kubeconfig: str, walk: Any
) -> None:
    kubernetes.store.remove_crd(kind_named("results.core.k8sgpt.ai"))
    shown = await walk(*by("kubeconfig"), {"kubeconfig": kubeconfig})

    assert "k8sgpt is not installed" in shown["description_placeholders"]["found"]
    assert "| - | - | - | results.core.k8sgpt.ai |" in shown["description_placeholders"]["table"]


async def test_a_right_that_is_missing_is_named_and_the_role_that_has_it_is_shown(
    kubernetes: KubernetesSimulator, kubeconfig: str, walk: Any
) -> None:
    kubernetes.server.accounts[READER_TOKEN] = Account("reader", READ, denied=("watch pods",))
    shown = await walk(*by("kubeconfig"), {"kubeconfig": kubeconfig})
    assert "The account may not: watch pods." in shown["description_placeholders"]["found"]
    assert "| ✓ | ✓ | ✗ | pods |" in shown["description_placeholders"]["table"]

    role = await walk(RIGHTS, after=shown)
    documents = list(yaml.safe_load_all(role["description_placeholders"]["manifest"]))
    assert {"ClusterRole", "ServiceAccount"} <= {document["kind"] for document in documents}

    kubernetes.server.accounts[READER_TOKEN] = Account("reader", READ)
    mended = await walk({}, after=role)
    assert mended["menu_options"] == ["save_cluster", "look_again"]


async def test_a_cluster_that_goes_down_meanwhile_can_be_looked_at_again(
    kubernetes_proxy: FaultProxy, kubeconfig: str, walk: Any
) -> None:
    shown = await walk(*by("kubeconfig"), {"kubeconfig": kubeconfig})
    await kubernetes_proxy.inject(Fault(kind=FaultKind.STATUS, status=503))
    down = await walk(AGAIN, after=shown)
    assert down["errors"] == {"base": "service_failed_status"}

    await kubernetes_proxy.clear()
    assert (await walk({}, SAVE, after=down))["type"] == "create_entry"


async def test_a_kubeconfig_is_uploaded(hass_client: ClientSessionGenerator, kubeconfig: str, walk: Any) -> None:
    form = await walk(*by("upload"))
    client = await hass_client()
    wrong = await walk({"upload": await upload(client, b"\xff\xfe")}, after=form)
    assert wrong["errors"] == {"upload": "upload_unreadable"}
    gone = await walk({"upload": "7b1a2c56-3bd4-4b2e-9f3c-0d8d7a3c1f10"}, after=wrong)
    assert gone["errors"] == {"upload": "upload_unreadable"}

    done = await walk({"upload": await upload(client, kubeconfig.encode()), "name": "cellar"}, SAVE, after=gone)
    assert done["type"] == "create_entry"
    assert done["data"] == {"kind": "cluster", "kubeconfig": kubeconfig, "name": "cellar"}


async def test_a_kubeconfig_on_this_machine_stays_where_it_is(kubeconfig: str, walk: Any, tmp_path: Path) -> None:
    place = tmp_path / "homelab.kubeconfig"
    missing = await walk(*by("path"), {"kubeconfig_file": str(place)})
    assert missing["errors"] == {"base": "input_invalid"}
    assert str(place) in missing["description_placeholders"]["message"]

    place.write_text(kubeconfig)
    done = await walk({"kubeconfig_file": str(place)}, SAVE, after=missing)
    assert done["data"] == {"kind": "cluster", "kubeconfig_file": str(place), "name": "homelab"}


async def test_among_several_contexts_a_person_chooses_and_may_choose_again(two_contexts: str, walk: Any) -> None:
    choice = await walk(*by("kubeconfig"), {"kubeconfig": two_contexts})
    assert choice["step_id"] == "context"
    assert choice["data_schema"].schema["context"].config["options"] == ["stale", "demo"]

    refused = await walk({"context": "stale"}, after=choice)
    assert refused["errors"] == {"base": "authentication_failed_credentials"}

    done = await walk({"context": "demo"}, SAVE, after=refused)
    assert done["data"]["context"] == "demo"


async def test_a_server_needs_a_token_or_the_file_of_one(
    kubernetes_proxy: FaultProxy, walk: Any, tmp_path: Path
) -> None:
    bare = await walk(*by("server"), {"url": kubernetes_proxy.url})
    assert bare["errors"] == {"token": "token_missing"}

    file = tmp_path / "token"
    file.write_text(READER_TOKEN)
    done = await walk({"url": kubernetes_proxy.url, "token_file": str(file)}, SAVE, after=bare)
    assert done["type"] == "create_entry"


async def test_a_kubeconfig_that_skips_the_certificate_check_is_refused(kubeconfig: str, walk: Any) -> None:
    document = yaml.safe_load(kubeconfig)
    document["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = True
    refused = await walk(*by("kubeconfig"), {"kubeconfig": yaml.safe_dump(document)})

    assert "insecure-skip-tls-verify" in refused["description_placeholders"]["message"]


@pytest.fixture
async def kept(hass: HomeAssistant, two_contexts: str, connect: Any) -> ConfigEntry:
    """A cluster by a kubeconfig of two contexts."""
    result = await connect(*by("kubeconfig"), {"kubeconfig": two_contexts}, {"context": "demo"})
    return result["result"]


async def begin(hass: HomeAssistant, entry: ConfigEntry, source: str) -> dict[str, Any]:
    context = {"source": source, "entry_id": entry.entry_id}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context, data=dict(entry.data))


async def test_a_new_kubeconfig_keeps_its_context(
    hass: HomeAssistant, kept: ConfigEntry, kubernetes: KubernetesSimulator, two_contexts: str, walk: Any
) -> None:
    kubernetes.server.accounts[ADMIN_TOKEN] = ADMIN
    form = await begin(hass, kept, SOURCE_REAUTH)
    assert set(form["data_schema"].schema) == {"kubeconfig"}

    done = await walk({"kubeconfig": two_contexts.replace(READER_TOKEN, ADMIN_TOKEN)}, after=form)
    await hass.async_block_till_done()

    assert done["reason"] == "reauth_successful"
    assert kept.data["context"] == "demo"
    assert ADMIN_TOKEN in kept.data["kubeconfig"]


async def test_a_cluster_is_renamed_without_its_kubeconfig_being_given_again(
    hass: HomeAssistant, kept: ConfigEntry, two_contexts: str, walk: Any
) -> None:
    done = await walk({"name": "cellar"}, after=await begin(hass, kept, SOURCE_RECONFIGURE))
    await hass.async_block_till_done()

    assert done["reason"] == "reconfigure_successful"
    assert kept.title == "cellar"
    assert kept.data == {"kind": "cluster", "kubeconfig": two_contexts.strip(), "context": "demo", "name": "cellar"}
