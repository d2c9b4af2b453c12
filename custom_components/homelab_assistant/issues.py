"""Repair issues: what a person should mend at a hub that answers. Each goes away by itself when it is mended."""

from collections.abc import Iterator

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .assistant_core.assistant import ContextUse
from .assistant_core.errors import HomelabError
from .assistant_core.models.hub import HubWarning, HubWarningKind
from .const import DOMAIN
from .coordinator import HubCoordinator

GIBIBYTE = 1024**3


@callback
def async_watch_hub(hass: HomeAssistant, coordinator: HubCoordinator) -> CALLBACK_TYPE:
    """Keep the issues of a hub as its warnings are; returns what ends it."""
    entry_id = coordinator.config_entry.entry_id
    known: set[str] = set()

    @callback
    def compare() -> None:
        if not coordinator.last_update_success:
            return  # what was wrong before it went down is as wrong as before
        found = dict(_named(entry_id, coordinator.hub.warnings))
        for issue_id in known - found.keys():
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        for issue_id in found.keys() - known:
            _async_create(hass, entry_id, issue_id, found[issue_id])
        known.clear()
        known.update(found)

    @callback
    def forget() -> None:
        stop()
        for issue_id in known:
            ir.async_delete_issue(hass, DOMAIN, issue_id)

    stop = coordinator.async_add_listener(compare)
    compare()
    return forget


def _named(entry_id: str, warnings: tuple[HubWarning, ...]) -> Iterator[tuple[str, HubWarning]]:
    for warning in warnings:
        where = f"_{warning.server}" if warning.server else ""
        yield f"{entry_id}_{warning.kind}_{warning.model}{where}", warning


@callback
def _async_create(hass: HomeAssistant, entry_id: str, issue_id: str, warning: HubWarning) -> None:
    is_size = warning.kind is HubWarningKind.PARTLY_ON_CPU
    expected, actual = (
        f"{value / GIBIBYTE:.1f}" if is_size else str(value) for value in (warning.expected, warning.actual)
    )
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry_id, "model": warning.model, "server": warning.server},
        is_fixable=warning.kind is HubWarningKind.MODEL_MISSING,
        severity=ir.IssueSeverity.ERROR if warning.kind is HubWarningKind.MODEL_MISSING else ir.IssueSeverity.WARNING,
        translation_key=warning.kind.value,
        translation_placeholders={"model": warning.model, "expected": expected, "actual": actual},
    )


@callback
def async_note_context(hass: HomeAssistant, agent: ConfigSubentry, context: ContextUse | None) -> None:
    """Say when the things that a person spoke of found no room in an agent's context, until they do or it is gone."""
    issue_id = f"{agent.subentry_id}_context_full"
    if context is None or not context.things_left_out:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="context_full",
        translation_placeholders={"agent": agent.title, "context": str(context.length)},
    )


@callback
def async_note_sentences(hass: HomeAssistant, error: HomelabError | None) -> None:
    """Say what is wrong with the household's own sentences, until nothing is."""
    if error is None:
        ir.async_delete_issue(hass, DOMAIN, "own_sentences")
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        "own_sentences",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="own_sentences",
        translation_placeholders={"message": str(error)},
    )
