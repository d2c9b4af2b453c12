"""A real Home Assistant with its homelab, and a Chromium at which people sit."""

from collections.abc import Callable, Iterator
import os
import re
import signal
import subprocess
from typing import Any

from playwright.sync_api import APIRequestContext, Browser, Playwright, expect, sync_playwright
import pytest

from .visit import REPOSITORY, Demo, Visit

WIDE = {"width": 1280, "height": 860}
PATIENCE = 45_000  # milliseconds; a change is looked after every half a minute
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    # So that it asks nothing of its maker's servers.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

type Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`scripts/demo --empty`, until the last test is over."""
    process = subprocess.Popen(
        [REPOSITORY / "scripts" / "demo", "--empty", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = ""
        while "Ctrl-C ends everything." not in told:
            line = process.stdout.readline()
            assert line, f"the demo ended:\n{told}"
            told += line
        typed = dict(re.findall(r"^ *(\S.*?) {2,}(\S+)$", told, re.MULTILINE))
        yield Demo(typed["Home Assistant"], typed["Password"], typed["Fault controls"], typed)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    expect.set_options(timeout=PATIENCE)
    path = subprocess.check_output([REPOSITORY / "scripts" / "get-browser"], text=True).strip()
    started = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def control(playwright: Playwright, demo: Demo) -> Iterator[APIRequestContext]:
    """The control port of the simulators."""
    context = playwright.request.new_context(base_url=f"{demo.control}/", fail_on_status_code=True)
    yield context
    context.dispose()


@pytest.fixture(scope="session")
def open_browser(demo: Demo, browser: Browser) -> Open:
    """Open a browser of somebody's own, with settings such as `viewport` and `color_scheme`."""

    def opened(**settings: Any) -> Visit:
        context = browser.new_context(**{"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", **settings})
        context.set_default_timeout(PATIENCE)
        return Visit(demo, context.new_page())

    return opened


@pytest.fixture(scope="session")
def home(demo: Demo, open_browser: Open) -> Visit:
    """The administrator, who has connected the hub, the cluster and the repository in Home Assistant's dialogs."""
    home, typed = open_browser(), demo.typed
    home.log_in("demo", demo.password)
    home.begin_adding()
    home.choose("user", "hub")
    home.photograph_step("AI hub", "set-up-hub")
    home.submit(url=typed["Ollama"], gpu_url=typed["GPU exporter"])
    expect(home.page.get_by_text("llama3.1").first).to_be_visible()
    home.submit()
    home.photograph_step("What next?", "set-up-next")
    home.choose("next", "cluster")
    home.choose("cluster", "server")
    home.submit(url=typed["Cluster"], token=typed["Cluster token"])
    home.photograph_step("What our account sees", "set-up-cluster")
    home.choose("cluster_found", "save_cluster")
    home.choose("next", "repository")
    home.choose("repository", "github")
    home.submit(repository=typed["Repository"], token=typed["Repository token"], api_url=typed["API address"])
    home.choose("repository_found", "save_repository")
    home.choose("next", "health")
    home.photograph_step("How everything is doing", "set-up-health")
    home.choose("health", "finish")
    return home


@pytest.fixture(scope="session")
def child(home: Visit, open_browser: Open) -> Visit:
    """Somebody who is no administrator."""
    user = home.call(type="config/auth/create", name="Child", group_ids=["system-users"])["user"]
    account = {"username": "child", "password": "playing"}
    home.call(type="config/auth_provider/homeassistant/create", user_id=user["id"], **account)
    child = open_browser()
    child.log_in(account["username"], account["password"])
    return child
