"""Sentences that a form is filled with, in the language of Home Assistant."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .checks import CheckFailed, Remark
from .const import DOMAIN


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of our config flows."""

    _texts: Mapping[str, str]

    def remark(self, remark: Remark) -> str:
        """The sentence of what was found."""
        return self._texts[f"component.{DOMAIN}.selector.remark.options.{remark.key}"].format(**remark.placeholders)

    def failure(self, failure: CheckFailed) -> str:
        """The sentence of what a service failed with, as its form would say it."""
        return self._texts[f"component.{DOMAIN}.config.error.{failure.key}"].format(**failure.placeholders)


async def async_load_words(hass: HomeAssistant) -> Words:
    """The sentences."""
    language = hass.config.language
    remarks = await async_get_translations(hass, language, "selector", {DOMAIN})
    return Words(remarks | await async_get_translations(hass, language, "config", {DOMAIN}))
