"""How every part of the homelab is, found out anew when a person asks."""

import asyncio
from html import escape

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_MODEL
from homeassistant.core import HomeAssistant, callback

from .checks import TALK, Checked, CheckFailed, Remark, check_model, check_service
from .const import CONF_KIND, DOMAIN, SUBENTRY_CONVERSATION, Kind
from .pipelines import unused_agent
from .words import Words, async_load_words

GOOD, DOUBTFUL, BAD, MISSING = "success", "warning", "error", "info"


@callback
def missing_kinds(hass: HomeAssistant) -> list[Kind]:
    """What nothing is connected of yet."""
    there = {entry.data[CONF_KIND] for entry in _entries(hass)}
    return [kind for kind in Kind if kind not in there]


async def async_examine_all(hass: HomeAssistant) -> str:
    """A box for every part, as Home Assistant's Markdown has them: its colour, what was found, what to do about it."""
    words = await async_load_words(hass)
    entries = sorted(_entries(hass), key=lambda entry: list(Kind).index(entry.data[CONF_KIND]))
    results = await asyncio.gather(*(_async_examine(hass, entry) for entry in entries))
    boxes = [_examined(words, entry, result) for entry, result in zip(entries, results, strict=True)]
    missing = [f"no_{kind}" for kind in missing_kinds(hass)] + (["no_voice"] if unused_agent(hass) else [])
    boxes += [_box(MISSING, "", words.remark(Remark(key=key))) for key in missing]
    return "\n\n".join(boxes)


def _entries(hass: HomeAssistant) -> list[ConfigEntry]:
    return hass.config_entries.async_entries(DOMAIN, include_ignore=False)


async def _async_examine(hass: HomeAssistant, entry: ConfigEntry) -> Checked | CheckFailed:
    try:
        checked = await check_service(hass, entry.data)
        for agent in entry.get_subentries_of_type(SUBENTRY_CONVERSATION):
            await check_model(hass, entry.data, agent.data[CONF_MODEL], TALK)
    except CheckFailed as failure:
        return failure
    return checked


def _examined(words: Words, entry: ConfigEntry, result: Checked | CheckFailed) -> str:
    if isinstance(result, CheckFailed):
        return _box(BAD, entry.title, words.failure(result))
    text = " ".join(words.remark(remark) for remark in (result.note, *result.warnings))
    return _box(DOUBTFUL if result.warnings else GOOD, entry.title, text)


def _box(colour: str, title: str, text: str) -> str:
    """Names and what servers said are text, whatever they look like."""
    return f'<ha-alert alert-type="{colour}" title="{escape(title)}">\n{escape(" ".join(text.split()))}\n</ha-alert>'
