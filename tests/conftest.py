"""Nothing in this suite leaves the machine: every socket of the test process may reach loopback only."""

import pytest

from demo.loopback import guard

_blocked: list[str] = []
guard(blocked=_blocked.append)


@pytest.fixture(autouse=True)
def nothing_leaves_the_machine() -> None:
    """Fail the test in which something tried to connect elsewhere, even if it took the refusal calmly."""
    _blocked.clear()
    yield
    assert not _blocked
