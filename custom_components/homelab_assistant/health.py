"""How every part of the homelab is, found out anew when a person asks."""

import asyncio
from collections.abc import Iterator

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_MODEL
from homeassistant.core import HomeAssistant, callback

from .checks import TALK, Checked, CheckFailed, Remark, check_model, check_service
from .const import CONF_KIND, DOMAIN, SUBENTRY_CONVERSATION, Kind
from .pipelines import unused_agent
from .words import Words, async_load_words

GOOD, DOUBTFUL, BAD, MISSING = "🟢", "🟡", "🔴", "⚪"


@callback
def missing_kinds(hass: HomeAssistant) -> list[Kind]:
    """What nothing is connected of yet."""
    there = {entry.data[CONF_KIND] for entry in _entries(hass)}
    return [kind for kind in Kind if kind not in there]


async def async_examine_all(hass: HomeAssistant) -> str:
    """A line for every part, as Markdown: its colour, what was found, and what to do about it."""
    words = await async_load_words(hass)
    entries = sorted(_entries(hass), key=lambda entry: list(Kind).index(entry.data[CONF_KIND]))
    results = await asyncio.gather(*(_async_examine(hass, entry) for entry in entries))
    lines = [_line(words, entry, result) for entry, result in zip(entries, results, strict=True)]
    lines += [f"{MISSING} {words.remark(Remark(key=f'no_{kind}'))}" for kind in missing_kinds(hass)]
    if unused_agent(hass):
        lines.append(f"{MISSING} {words.remark(Remark(key='no_voice'))}")
    return "\n\n".join(lines)


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


def _line(words: Words, entry: ConfigEntry, result: Checked | CheckFailed) -> str:
    def sentences() -> Iterator[str]:
        if isinstance(result, CheckFailed):
            yield words.failure(result)
            return
        yield words.remark(result.note)
        yield from (words.remark(warning) for warning in result.warnings)

    colour = BAD if isinstance(result, CheckFailed) else DOUBTFUL if result.warnings else GOOD
    return f"{colour} **{entry.title}**: {' '.join(sentences())}"
