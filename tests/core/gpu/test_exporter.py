"""Reading a graphics card's health through its exporter, well and ill."""

from collections.abc import AsyncIterator
from copy import replace
from dataclasses import dataclass

import aiohttp
from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    HomelabError,
    InputInvalid,
    PermissionDenied,
    ResponseInvalid,
    ServiceFailed,
)
from assistant_core.gpu import GpuExporter, card_of_models, parse
from assistant_core.gpu.windows import EngineLoad
from assistant_core.models.gpu import GpuHealth
from assistant_core.models.hub import LoadedModel
from demo.faults import Fault, FaultKind, FaultProxy
from demo.gpu import Card, Exporter, GpuExporterSimulator
from demo.serving import serving

NOTHING = replace(
    Card(), utilisation=None, memory_used=None, memory_total=None, temperature=None, fan=None, power=None,
    power_limit=None, clock=None,
)  # fmt: skip


@dataclass(frozen=True)
class Host:
    simulator: GpuExporterSimulator
    proxy: FaultProxy
    session: aiohttp.ClientSession

    async def read(self, path: str = "/metrics", deadline: float = 10) -> tuple[GpuHealth, ...]:
        return await GpuExporter(self.session, self.proxy.url + path, deadline=deadline).read()


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    simulator = GpuExporterSimulator()
    async with serving(simulator) as proxy, aiohttp.ClientSession() as session:
        yield Host(simulator, proxy, session)


@pytest.mark.parametrize("path", ["/metrics", "", "/"])
async def test_a_cards_health_is_read(host: Host, path: str) -> None:
    assert await host.read(path) == (
        GpuHealth(
            uuid=host.simulator.card.uuid,
            name="NVIDIA GeForce RTX 4080",
            utilisation=0.07,
            memory_used=6 * 1024**3,
            memory_total=16 * 1024**3,
            temperature=46.0,
            power=38.25,
            fan=0.3,
            clock=2.505e9,
        ),
    )


async def test_what_the_card_does_not_tell_is_unknown_and_not_zero(host: Host) -> None:
    host.simulator.card = replace(NOTHING, utilisation=0.0)
    assert await host.read() == (GpuHealth(uuid=NOTHING.uuid, name=NOTHING.name, utilisation=0.0),)


async def test_dcgm_says_the_same_in_other_units(host: Host) -> None:
    (nvidia,) = await host.read()
    host.simulator.exporter = Exporter.DCGM
    (card,) = await host.read()
    assert card == replace(
        nvidia,
        uuid=f"GPU-{host.simulator.card.uuid}",
        utilisation=pytest.approx(0.07),
        fan=pytest.approx(0.3),
        clock=pytest.approx(2.505e9),
    )
    host.simulator.card = replace(NOTHING, temperature=40.0)
    assert await host.read() == (GpuHealth(uuid=f"GPU-{NOTHING.uuid}", name=NOTHING.name, temperature=40.0),)


async def test_windows_knows_the_memory_at_once_and_the_utilisation_from_the_second_reading_on(host: Host) -> None:
    host.simulator.exporter = Exporter.WINDOWS
    exporter = GpuExporter(host.session, host.proxy.url)
    (first,) = await exporter.read()
    assert first == GpuHealth(
        uuid=r"PCI\VEN_10DE&DEV_2704&SUBSYS_16F110DE&REV_A1@1",
        name="NVIDIA GeForce RTX 4080",
        memory_used=6 * 1024**3,
        memory_total=16 * 1024**3,
    )
    assert await exporter.read() == (replace(first, utilisation=0.0),)
    host.simulator.card = replace(host.simulator.card, busy=1e6)
    assert await exporter.read() == (replace(first, utilisation=1.0),)


async def test_a_windows_exporter_without_its_gpu_collector_says_so(host: Host) -> None:
    text = '# HELP x y\nwindows_exporter_build_info{version="0.31.3"} 1\nwindows_cpu_time_total{core="0,0"} 7\n'
    await host.proxy.inject(status(200, text))
    with pytest.raises(ServiceFailed, match=r"is a windows_exporter without its gpu collector; enable that one\.$"):
        await host.read()


def test_an_engines_time_is_what_its_processes_took_together_and_the_busiest_counts() -> None:
    def text(**seconds: float) -> str:
        lines = [
            f'windows_gpu_engine_time_seconds{{luid="a",eng="{name[0]}",process_id="{name[1:]}"}} {value}'
            for name, value in (("14", seconds["one"]), ("15", seconds["two"]), ("24", 50.0), ("16", seconds["late"]))
        ]
        return "\n".join([*lines, ""])

    load, cards = EngineLoad(), (GpuHealth(uuid="a", name="GPU"), GpuHealth(uuid="b", name="GPU"))
    assert load.complete(cards, text(one=1.0, two=5.0, late=90.0), 100.0) == cards
    busy = load.complete(cards, text(one=2.0, two=7.0, late=3.0), 110.0)  # one process began anew
    assert busy == (GpuHealth(uuid="a", name="GPU", utilisation=pytest.approx(0.3)), cards[1])


def test_without_an_exporter_the_memory_of_the_models_is_known() -> None:
    models = [
        LoadedModel(name=name, size=2 * vram, size_vram=vram, context_length=None, expires_at=None)
        for name, vram in (("a", 5), ("b", 7))
    ]
    assert card_of_models(models) == GpuHealth(uuid="ollama", name="Ollama", memory_used=12)
    assert card_of_models([]).memory_used == 0


async def test_an_exporter_without_its_card_says_so(host: Host) -> None:
    host.simulator.exit_code = 9
    with pytest.raises(ServiceFailed, match="is a GPU exporter that cannot read its cards; see its log"):
        await host.read()


def status(status: int, body: str = "", **headers: str) -> Fault:
    return Fault(kind=FaultKind.STATUS, status=status, body=body, headers=headers)


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (
            Fault(kind=FaultKind.REFUSE),
            ConnectionFailed,
            "The GPU exporter at URL does not answer: connection refused.",
        ),
        (Fault(kind=FaultKind.HANG), DeadlineExceeded, "The GPU exporter at URL did not answer within 0.1 seconds."),
        (
            Fault(kind=FaultKind.HANG, after=400),
            DeadlineExceeded,
            "The GPU exporter at URL did not answer within 0.1 seconds.",
        ),
        (
            Fault(kind=FaultKind.CUT, after=400),
            ConnectionFailed,
            "The GPU exporter at URL broke off in the middle of its answer.",
        ),
        (Fault(kind=FaultKind.GARBAGE), ResponseInvalid, "What answers at URL is not a GPU exporter."),
        (status(200, "x 1\n" * 600_000), ResponseInvalid, "What answers at URL is not a GPU exporter."),
        (
            status(200, "<html>Router</html>"),
            ResponseInvalid,
            "What URL answers has no metrics of a GPU; the address of an exporter mostly ends in /metrics.",
        ),
        (
            status(200, "node_load1 0.5\n"),
            ResponseInvalid,
            "What URL answers has no metrics of a GPU; the address of an exporter mostly ends in /metrics.",
        ),
        (
            status(200, 'nvidia_smi_temperature_gpu{uuid="a" 40\n'),
            ResponseInvalid,
            "What URL answers is not the text of a GPU exporter: a line is malformed.",
        ),
        (
            status(301, Location="http://evil.example/"),
            ResponseInvalid,
            "The GPU exporter at URL serves no metrics there (status 301).",
        ),
        (status(401), AuthenticationFailed, "The GPU exporter at URL asks for credentials."),
        (status(403), PermissionDenied, "The GPU exporter at URL does not allow us this access."),
        (status(404), ResponseInvalid, "The GPU exporter at URL serves no metrics there (status 404)."),
        (status(500), ServiceFailed, "The GPU exporter at URL failed with status 500."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_failed_read_ends_in_one_sentence(
    host: Host, fault: Fault, kind: type[HomelabError], sentence: str
) -> None:
    await host.proxy.inject(fault)
    with pytest.raises(HomelabError) as raised:
        await host.read(deadline=0.1 if fault.kind is FaultKind.HANG else 10)
    assert (type(raised.value), str(raised.value).replace(f"{host.proxy.url}/metrics", "URL")) == (kind, sentence)


@pytest.mark.parametrize("url", ["", "gpu", "file:///metrics", "http://", "http://gpu:99999", "http://me:secret@gpu"])
async def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(InputInvalid, match=r"^The address of the GPU exporter must") as raised:
            GpuExporter(session, url)
        assert "secret" not in str(raised.value)


def test_several_cards_keep_their_order_and_their_values() -> None:
    lines = [f'nvidia_smi_temperature_gpu{{uuid="{uuid}"}} {degrees}' for uuid, degrees in (("b", 40), ("a", "NaN"))]
    assert parse("\n".join([*lines, 'nvidia_smi_gpu_info{name="Ada \\"L4\\"",uuid="a"} 1', ""])) == (
        GpuHealth(uuid="b", name="NVIDIA GPU", temperature=40.0),
        GpuHealth(uuid="a", name='Ada "L4"'),
    )


@given(
    st.sampled_from(
        ["nvidia_smi_", "DCGM_FI_DEV_", "windows_gpu_info", "windows_gpu_dedicated_video_memory_size_bytes"]
    ),
    st.text(alphabet='nvidia_smi_gpuUIDl{}="#\\\n 0.1eN-', max_size=80),
)
def test_whatever_stands_there_is_understood_or_refused(prefix: str, text: str) -> None:
    try:
        cards = parse(prefix + text)
    except ResponseInvalid, ServiceFailed:
        return
    assert cards
