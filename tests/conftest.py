"""Nothing in this suite leaves the machine: every socket of the test process may reach loopback only.

The one exception is a real server that tests/contract was told to ask (see scripts/test).
"""

from collections.abc import Iterator
from importlib.util import find_spec
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from demo.loopback import guard


def _real_servers() -> Iterator[str]:
    urls = [os.environ.get(name, "") for name in ("HOMELAB_TEST_OLLAMA", "HOMELAB_TEST_GPU", "HOMELAB_TEST_GITEA")]
    if os.environ.get("HOMELAB_TEST_GITHUB"):
        urls.append(os.environ.get("HOMELAB_TEST_GITHUB_URL", "https://api.github.com"))
    if kubeconfig := os.environ.get("HOMELAB_TEST_KUBECONFIG"):
        urls += [cluster["cluster"]["server"] for cluster in yaml.safe_load(Path(kubeconfig).read_text())["clusters"]]
    return (host for url in urls if (host := urlsplit(url).hostname))


# The browser tests have an environment of their own.
collect_ignore = [] if find_spec("playwright") else ["browser"]

_blocked: list[str] = []
guard(allow=_real_servers(), blocked=_blocked.append)


@pytest.fixture(autouse=True)
def nothing_leaves_the_machine() -> Iterator[None]:
    """Fail the test in which something tried to connect elsewhere, even if it took the refusal calmly."""
    _blocked.clear()
    yield
    assert not _blocked
