"""A model that a flow fetches while it shows how far that is; what was fetched before it is cancelled Ollama keeps."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowHandler, FlowResult

from .assistant_core.errors import HomelabError
from .assistant_core.models.hub import PullProgress
from .const import DOMAIN


class Pull[ResultT: FlowResult[Any, Any]]:
    """A pull in the background of a flow's step "pull"; `failure` is why it ended without the model."""

    def __init__(self, flow: FlowHandler[Any, ResultT, Any], model: str, reports: AsyncGenerator[PullProgress]) -> None:
        self.failure: HomelabError | None = None
        self._flow = flow
        self._model = model
        self._task: asyncio.Task[None] = flow.hass.async_create_background_task(
            self._async_run(reports), f"{DOMAIN} pull {model}"
        )

    @callback
    def async_progress(self) -> ResultT | None:
        """What the step shows while the model is on its way; None when that is over."""
        if self._task.done():
            return None
        return self._flow.async_show_progress(
            step_id="pull",
            progress_action="pull",
            progress_task=self._task,
            description_placeholders={"model": self._model},
        )

    @callback
    def async_cancel(self) -> None:
        """Fetch no more."""
        self._task.cancel()

    async def _async_run(self, reports: AsyncGenerator[PullProgress]) -> None:
        try:
            async with aclosing(reports):
                async for report in reports:
                    if report.percent is not None:
                        self._flow.async_update_progress(report.percent / 100)
        except HomelabError as error:
            self.failure = error
