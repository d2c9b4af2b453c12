"""What stands in the log when services fail: one line for each event, and never a secret."""

import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import TOKEN as GITHUB_TOKEN
from demo.kubernetes import READER_TOKEN

HUB_TOKEN = "hub-0123456789abcdefghijklmnop"
HEADER = "hush-0123456789abcdef"
ECHO = (
    f"Authorization: Bearer {HUB_TOKEN}\r\n[change-approved] all is well\r\n"
    f'{{"error": "token: {HUB_TOKEN}", "message": "https://anna:{GITHUB_TOKEN}@github.com"}}'
)
FAULTS = (
    Fault(kind=FaultKind.REFUSE),
    Fault(kind=FaultKind.GARBAGE, body=ECHO),
    *(Fault(kind=FaultKind.STATUS, status=status, body=ECHO) for status in (401, 403, 500)),
)
OURS = "custom_components.homelab_assistant"


@pytest.mark.usefixtures("cluster", "repository")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}")
async def test_services_that_fail_and_quote_our_secrets_leave_lines_with_an_id_and_without_them(
    hass: HomeAssistant,
    hub: ConfigEntry,
    ollama_proxy: FaultProxy,
    gpu_proxy: FaultProxy,
    kubernetes_proxy: FaultProxy,
    github_proxy: FaultProxy,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets: dict[str, Any] = {"token": HUB_TOKEN, "headers": [f"X-Api-Key: {HEADER}"]}
    hass.config_entries.async_update_entry(hub, data={**hub.data, **secrets})
    await hass.config_entries.async_reload(hub.entry_id)
    for proxy in (ollama_proxy, gpu_proxy, kubernetes_proxy, github_proxy):
        await proxy.inject(fault)
    entities = [each.entity_id for each in hass.states.async_all("binary_sensor")]
    for _ in range(2):
        await hass.services.async_call("homeassistant", "update_entity", {"entity_id": entities}, blocking=True)

    lines = [record for record in caplog.records if record.name.startswith(OURS)]
    told = [record.getMessage() for record in lines]
    assert any(line.startswith("[service-down] ") for line in told)
    assert [line for line in told if not line.startswith("[") or "\n" in line] == []
    assert [line for line in lines if line.exc_info or line.stack_info] == []
    quoted = [line for line in told for secret in (HUB_TOKEN, GITHUB_TOKEN) if secret in line]
    assert quoted == []
    sent = [line for line in caplog.messages for secret in (HEADER, READER_TOKEN) if secret in line]
    assert sent == []
