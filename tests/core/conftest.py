"""The core must work where Home Assistant is not installed: importing it here fails as it would there.

What Hypothesis makes up is the same each time, and as slow as the machine: a test that fails once fails again.
"""

from importlib.abc import MetaPathFinder
import sys
from typing import override

from hypothesis import HealthCheck, settings

settings.register_profile(
    "the same each time", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("the same each time")


class _NotInstalled(MetaPathFinder):
    @override
    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] == "homeassistant":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


if (
    "homeassistant" not in sys.modules
):  # the harness of tests/component has loaded it when everything runs in one process
    sys.meta_path.insert(0, _NotInstalled())
