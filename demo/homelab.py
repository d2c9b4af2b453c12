"""The services of a homelab: a simulator for each, or the real one where the person named it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
import os
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from .faults import FaultProxy
from .github import REPOSITORY, TOKEN, GitHubSimulator
from .gpu import GpuExporterSimulator
from .home_assistant import DemoError
from .kubernetes import KubernetesSimulator
from .ollama import OllamaSimulator
from .repository import create_bare_repository
from .serving import Simulator, controlling, serving

TOKEN_VARIABLE = "HOMELAB_GITHUB_TOKEN"
GITHUB = "https://api.github.com"


@dataclass(frozen=True, kw_only=True)
class RealServices:
    """What the person wants instead of a simulator; None: the simulator."""

    ollama: str | None = None
    gpu: str | None = None
    kubeconfig: Path | None = None
    github: str | None = None


@dataclass(frozen=True, kw_only=True)
class Homelab:
    """Where everything is. `hosts` are the real ones, which the loopback guard must admit."""

    ollama: str
    gpu: str
    kubeconfig: str
    repository: str
    github_api: str
    github_token: str = field(repr=False)
    hosts: tuple[str, ...]
    control: str
    proxies: dict[str, FaultProxy]


@asynccontextmanager
async def homelab(real: RealServices, directory: Path) -> AsyncIterator[Homelab]:
    """Start the simulators that `real` leaves to us; `directory` takes the Git repository of the simulated GitHub."""
    async with AsyncExitStack() as stack:
        services: list[tuple[Simulator, FaultProxy]] = []

        async def simulate(simulator: Simulator) -> str:
            proxy = await stack.enter_async_context(serving(simulator))
            services.append((simulator, proxy))
            return proxy.url

        ollama = real.ollama or await simulate(OllamaSimulator())
        gpu = real.gpu or await simulate(GpuExporterSimulator())
        if real.kubeconfig:
            kubeconfig = _read(real.kubeconfig)
        else:
            kubernetes = KubernetesSimulator()
            kubeconfig = kubernetes.kubeconfig(await simulate(kubernetes))
        if real.github:
            repository, github_api, token = real.github, GITHUB, _token()
        else:
            bare = directory / "homelab.git"
            await create_bare_repository(bare)
            repository, token = REPOSITORY, TOKEN
            github_api = await simulate(GitHubSimulator(bare))
        control = await stack.enter_async_context(controlling(services))
        yield Homelab(
            ollama=ollama,
            gpu=gpu,
            kubeconfig=kubeconfig,
            repository=repository,
            github_api=github_api,
            github_token=token,
            hosts=_hosts(real, kubeconfig),
            control=control,
            proxies={simulator.name: proxy for simulator, proxy in services},
        )


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise DemoError(f"The kubeconfig {path} cannot be read: {error}.") from error


def _token() -> str:
    if token := os.environ.get(TOKEN_VARIABLE):
        return token
    raise DemoError(f"A real repository needs a GitHub token in the environment variable {TOKEN_VARIABLE}.")


def _hosts(real: RealServices, kubeconfig: str) -> tuple[str, ...]:
    urls = [url for url in (real.ollama, real.gpu) if url]
    if real.kubeconfig:
        clusters = (yaml.safe_load(kubeconfig) or {}).get("clusters") or []
        urls += [cluster["cluster"]["server"] for cluster in clusters]
    if real.github:
        urls.append(GITHUB)
    return tuple(host for url in urls if (host := urlsplit(url).hostname))
