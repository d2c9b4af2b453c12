"""Assist's pipelines, which people know as assistants, that talk with our agents."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN

ASSIST_PIPELINE = "assist_pipeline"


@callback
def unused_agent(hass: HomeAssistant) -> str | None:
    """The first of our agents, while no assistant talks with any of them; None also without Assist's pipelines."""
    if ASSIST_PIPELINE not in hass.config.components:
        return None
    from homeassistant.components.assist_pipeline import async_get_pipelines  # noqa: PLC0415 - not everybody has it

    ours = {
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.domain == "conversation" and entity.platform == DOMAIN
    }
    used = {pipeline.conversation_engine for pipeline in async_get_pipelines(hass)}
    return None if ours & used else min(ours, default=None)


async def async_create_pipeline(hass: HomeAssistant, agent: str, *, name: str, preferred: bool) -> None:
    """Make an assistant that talks with an agent: in Home Assistant's language, with the usual speech services."""
    from homeassistant.components.assist_pipeline.pipeline import (  # noqa: PLC0415 - not everybody has it
        KEY_ASSIST_PIPELINE,
        async_get_pipeline,
    )

    usual = async_get_pipeline(hass, agent).to_json()
    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    made = await store.async_create_item({**{key: usual[key] for key in usual if key != "id"}, "name": name})
    if preferred:
        store.async_set_preferred_item(made.id)
