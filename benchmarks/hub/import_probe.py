"""Imports an integration into a fresh interpreter; run as a script, so that nothing else is loaded before.

Reads `{"integration": package, "known": [modules to import first]}`, prints `{"milliseconds": of processor time,
"home_assistant": [modules of Home Assistant that are loaded then]}`.
"""

import gc
from importlib import import_module
import json
import pkgutil
import sys
import time


def load(integration: str) -> None:
    """Import the package and the modules in it, which is what Home Assistant does with an integration it sets up."""
    package = import_module(integration)
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg:
            import_module(f"{integration}.{module.name}")


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    integration = request["integration"]
    for name in request["known"]:
        import_module(name)
    gc.freeze()  # walking through Home Assistant's own objects is not our cost
    begun = time.process_time()
    load(integration)
    milliseconds = (time.process_time() - begun) * 1e3
    own = [name for name in sys.modules if name.startswith("homeassistant.") and not name.startswith(integration)]
    print(json.dumps({"milliseconds": milliseconds, "home_assistant": own}))


if __name__ == "__main__":
    main()
