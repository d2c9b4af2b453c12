"""`scripts/demo`: a real Home Assistant on 127.0.0.1, set up through its own API, and a homelab around it."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import secrets
import shutil
import signal
import socket
import sys
import tempfile

import aiohttp

from .entries import add_entries, typed
from .faults import Fault, FaultKind
from .home_assistant import REPOSITORY, Client, DemoError, Hass, hass_process, write_configuration
from .homelab import TOKEN_VARIABLE, Homelab, RealServices, homelab
from .tour import SENTENCES, tour

USUAL_PORT = 8123
USER = "demo"


def arguments() -> argparse.Namespace:
    """What the person asked for."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--tour", action="store_true", help="speak five sentences, show what they did, and end")
    parser.add_argument(
        "--empty", action="store_true", help="leave it to you to add the services, and tell what to type"
    )
    parser.add_argument("--ollama", metavar="URL", help="a real Ollama instead of the simulator")
    parser.add_argument("--gpu", metavar="URL", help="a real GPU exporter")
    parser.add_argument("--kubeconfig", metavar="FILE", type=Path, help="a real cluster, read only")
    parser.add_argument(
        "--github", metavar="OWNER/REPO", help=f"a real repository; the token comes from {TOKEN_VARIABLE}"
    )
    parser.add_argument("--port", type=int, help=f"Home Assistant's port (default {USUAL_PORT}, or a free one)")
    parser.add_argument("--config", metavar="DIR", type=Path, help="a new directory for Home Assistant's configuration")
    parser.add_argument("--keep", action="store_true", help="keep the configuration afterwards")
    parser.add_argument(
        "--fault",
        metavar="SERVICE=KIND",
        action="append",
        default=[],
        help=f"make a simulator fail once all is set up, such as ollama=refuse ({', '.join(FaultKind)})",
    )
    return parser.parse_args()


def say(text: str = "") -> None:
    """Print at once, so that a pipe sees it as it happens."""
    print(text, flush=True)


@contextmanager
def configuration(wanted: Path | None, *, keep: bool) -> Iterator[Path]:
    """A directory for Home Assistant's configuration, removed afterwards unless it is kept."""
    if wanted is None:
        directory = Path(tempfile.mkdtemp(prefix="homelab-assistant-"))
    elif wanted.exists() and (not wanted.is_dir() or any(wanted.iterdir())):
        raise DemoError(f"{wanted} is not an empty directory; name a new one.")
    else:
        directory = wanted.absolute()
        directory.mkdir(parents=True, exist_ok=True)
    try:
        yield directory
    finally:
        if keep:
            say(f"Kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


def free_port(wanted: int | None) -> int:
    """The wanted port, else the usual one, else any."""
    for port in [USUAL_PORT, 0] if wanted is None else [wanted]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError(f"Port {wanted} is in use; choose another with --port.")


async def inject(faults: list[str], lab: Homelab) -> None:
    """Apply the `--fault` options."""
    for fault in faults:
        service, _, kind = fault.partition("=")
        if service not in lab.proxies or kind not in list(FaultKind):
            known = ", ".join(lab.proxies)
            raise DemoError(f"--fault {fault}: the simulators are {known}; the kinds are {', '.join(FaultKind)}.")
        await lab.proxies[service].inject(Fault(kind=FaultKind(kind)))
        say(f"  {service}: {kind}")


async def run(options: argparse.Namespace) -> None:
    """Start everything, then take the tour or wait until the person has seen enough."""
    real = RealServices(ollama=options.ollama, gpu=options.gpu, kubeconfig=options.kubeconfig, github=options.github)
    with configuration(options.config, keep=options.keep) as directory:
        async with homelab(real, directory) as lab, aiohttp.ClientSession() as session:
            port = free_port(options.port)
            write_configuration(directory, port, REPOSITORY / "custom_components")
            say("  starting Home Assistant")
            async with hass_process(directory, port, allow=lab.hosts) as hass:
                await hass.wait_started()
                await visit(hass, lab, session, options)


async def visit(hass: Hass, lab: Homelab, session: aiohttp.ClientSession, options: argparse.Namespace) -> None:
    """Set Home Assistant up as its first user, and either take the tour or leave it to the person."""
    password = secrets.token_urlsafe(9)
    async with await Client.onboard(session, hass.url, name="Demo", user=USER, password=password) as client:
        if not options.empty:
            await add_entries(client, lab, say)
        await inject(options.fault, lab)
        if options.tour:
            say()
            await tour(client, lab, session, say)
            return
    introduce(hass, password, lab, empty=options.empty)
    await hass.process.wait()
    raise DemoError("Home Assistant ended by itself; its last words were:\n" + "\n".join(hass.log[-20:]))


def introduce(hass: Hass, password: str, lab: Homelab, *, empty: bool) -> None:
    """Tell the person where to go, what to type where nothing is set up, and what to say."""
    say(f"\nHome Assistant   {hass.url}\nUser             {USER}\nPassword         {password}")
    say(f"Fault controls   {lab.control}")
    if empty:
        say("\nAdd the integration Homelab Assistant, and type:")
        for field, value in typed(lab).items():
            say(f"  {field:<20}{value}")
    say("\nOpen Assist and say:")
    for sentence in SENTENCES:
        say(f"  {sentence}")
    say("\nCtrl-C ends everything.")


def main() -> int:
    """Run; returns the exit status."""
    options = arguments()

    async def until_told() -> None:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await run(options)

    try:
        asyncio.run(until_told())
    except DemoError as error:
        print(f"scripts/demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt, asyncio.CancelledError:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
