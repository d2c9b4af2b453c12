"""The text of nvidia_gpu_exporter: what the simulator and a real one (HOMELAB_TEST_GPU=URL) have in common."""

from collections.abc import AsyncIterator
import os

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
import pytest

from assistant_core.gpu import GpuExporter
from demo.gpu import GpuExporterSimulator
from demo.serving import controlling, serving


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def url() -> AsyncIterator[str]:
    if real := os.environ.get("HOMELAB_TEST_GPU"):
        yield real
        return
    async with serving(GpuExporterSimulator()) as proxy:
        yield f"{proxy.url}/metrics"


async def test_its_text_is_a_gauge_for_each_card(url: str, session: aiohttp.ClientSession) -> None:
    async with session.get(url) as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    for name in ("utilization_gpu_ratio", "memory_used_bytes", "memory_total_bytes", "temperature_gpu"):
        family = families[f"nvidia_smi_{name}"]
        assert family.type == "gauge"
        assert all(set(sample.labels) == {"uuid"} for sample in family.samples)
    (info, *_) = families["nvidia_smi_gpu_info"].samples
    assert {"name", "uuid", "driver_version"} <= set(info.labels)
    assert families["nvidia_smi_command_exit_code"].samples[0].value == 0


async def test_its_values_are_in_base_units(url: str, session: aiohttp.ClientSession) -> None:
    for card in await GpuExporter(session, url).read():
        assert card.uuid
        assert card.name
        assert card.utilisation is not None
        assert 0 <= card.utilisation <= 1
        assert card.memory_used is not None
        assert card.memory_total is not None
        assert 0 <= card.memory_used <= card.memory_total
        assert card.memory_total > 1024**3


async def test_the_control_port_steers_the_simulated_card(session: aiohttp.ClientSession) -> None:
    simulator = GpuExporterSimulator()
    async with serving(simulator) as proxy, controlling([(simulator, proxy)]) as control:
        exporter = GpuExporter(session, proxy.url)
        async with session.patch(f"{control}/gpu/card", json={"temperature": 91.5, "fan": None}) as response:
            assert (await response.json())["temperature"] == 91.5
        (card,) = await exporter.read()
        assert (card.temperature, card.fan) == (91.5, None)
        async with session.patch(f"{control}/gpu/card", json={"colour": "red"}) as response:
            assert response.status == 400
        async with session.put(f"{control}/gpu/exit_code", json=9) as response:
            assert response.status == 204
        assert "uuid" not in simulator.text()
        for name, status in (("dcgm", 204), ("windows", 204), ("abacus", 400)):
            async with session.put(f"{control}/gpu/exporter", json=name) as response:
                assert response.status == status
        assert len(await exporter.read()) == 1
