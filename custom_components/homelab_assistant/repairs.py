"""Fix flows: a model that a hub does not have is fetched, a finding of a cluster explained and perhaps mended."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, override

from homeassistant.components.repairs import RepairsFlow
from homeassistant.components.repairs.models import RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.importlib import async_import_module

from .assistant_core.errors import HomelabError, NotFound
from .assistant_core.models.hub import PullProgress
from .data import HubData
from .pulling import Pull


async def async_create_fix_flow(hass: HomeAssistant, _issue_id: str, data: dict[str, Any] | None) -> RepairsFlow:
    """The flow that mends an issue."""
    assert data is not None  # noqa: S101 - every issue of ours that can be mended has some
    if "finding_id" in data:
        cluster_repair = await async_import_module(hass, f"{__package__}.cluster_repair")
        flow: RepairsFlow = cluster_repair.FindingFlow(data["entry_id"], data["finding_id"])
        return flow
    return PullFlow(data["entry_id"], data["model"], data["server"])


class PullFlow(RepairsFlow):
    """Fetches a model that a hub does not have."""

    def __init__(self, entry_id: str, model: str, server: int) -> None:
        self._entry_id = entry_id
        self._model = model
        self._server = server
        self._pull: Pull[RepairsFlowResult] | None = None
        self._failure: HomelabError | None = None

    async def async_step_init(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask first: a model is several gigabytes."""
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders={"model": self._model})
        return await self.async_step_pull()

    async def async_step_pull(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show how far the model is."""
        if self._pull is None:
            self._pull = Pull(self, self._model, self._async_reports())
        if progress := self._pull.async_progress():
            return progress
        self._failure, self._pull = self._pull.failure, None
        return self.async_show_progress_done(next_step_id="failed" if self._failure else "done")

    async def async_step_done(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """End; the issue goes away."""
        return self.async_create_entry(data={})

    async def async_step_failed(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say why it failed, and try again if that is wanted."""
        if user_input is None:
            placeholders = {"model": self._model, "message": str(self._failure)}
            return self.async_show_form(step_id="failed", description_placeholders=placeholders)
        return await self.async_step_pull()

    @callback
    @override
    def async_remove(self) -> None:
        if self._pull is not None:
            self._pull.async_cancel()

    async def _async_reports(self) -> AsyncGenerator[PullProgress]:
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        hub = getattr(entry, "runtime_data", None)
        if not isinstance(hub, HubData):
            raise NotFound("The AI hub is not set up.")
        async with aclosing(hub.ollama.hub.pull(self._model, server=self._server)) as reports:
            async for report in reports:
                yield report
        await hub.ollama.async_refresh()
