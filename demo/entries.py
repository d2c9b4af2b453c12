"""Sets the integration up as a person does, through its config flows."""

from collections.abc import Callable
from typing import Any

import yaml

from .home_assistant import Client, Step
from .homelab import Homelab

USUAL_MODEL = "llama3.1"


async def add_entries(client: Client, lab: Homelab, tell: Callable[[str], None]) -> None:
    """Add hub, cluster and repository through the config flows a person walks, and a pipeline with our agent."""
    for kind, steps in entries(lab).items():
        tell(f"  adding the {kind}")
        await client.add_entry(kind, *steps)
    agent = (await client.entities("conversation"))[0]
    speech = {"stt_engine": None, "stt_language": None, "tts_engine": None, "tts_language": None, "tts_voice": None}
    pipeline = await client.call(
        "assist_pipeline/pipeline/create",
        name="Homelab",
        language="en",
        conversation_engine=agent,
        conversation_language="en",
        wake_word_entity=None,
        wake_word_id=None,
        **speech,
    )
    await client.call("assist_pipeline/pipeline/set_preferred", pipeline_id=pipeline["id"])


def entries(lab: Homelab) -> dict[str, list[Step]]:
    """What a person would type into each config flow."""
    return {
        "hub": [{"url": lab.ollama, "gpu_url": lab.gpu}, choose_model],
        "cluster": [{"next_step_id": "kubeconfig"}, {"kubeconfig": lab.kubeconfig}],
        "repository": [
            {"next_step_id": "github"},
            {"repository": lab.repository, "token": lab.github_token, "api_url": lab.github_api},
        ],
    }


def typed(lab: Homelab) -> dict[str, str]:
    """The same for a person's eyes, with the cluster by its address and a token."""
    kubeconfig = yaml.safe_load(lab.kubeconfig)
    return {
        "Ollama": lab.ollama,
        "GPU exporter": lab.gpu,
        "Cluster": kubeconfig["clusters"][0]["cluster"]["server"],
        "Cluster token": kubeconfig["users"][0]["user"].get("token", ""),
        "Repository": lab.repository,
        "Repository token": lab.github_token,
        "API address": lab.github_api,
    }


def choose_model(form: dict[str, Any]) -> dict[str, Any]:
    """The model to talk with: the usual one where the hub has it."""
    models = form["data_schema"][0]["selector"]["select"]["options"]
    return {"model": next((model for model in models if model.startswith(USUAL_MODEL)), models[0])}
