"""Imports modules of an integration into a fresh interpreter; run as a script, so that nothing else is loaded before.

Reads `{"integration": package, "modules": [modules of it], "known": [modules to import first]}`, prints
`{"milliseconds": of processor time, "home_assistant": [modules of Home Assistant that are loaded then]}`.
"""

import gc
from importlib import import_module
import json
import sys
import time


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    integration = request["integration"]
    for name in request["known"]:
        import_module(name)
    gc.freeze()  # walking through Home Assistant's own objects is not our cost
    begun = time.process_time()
    for name in request["modules"]:
        import_module(name)
    milliseconds = (time.process_time() - begun) * 1e3
    own = [name for name in sys.modules if name.startswith("homeassistant.") and not name.startswith(integration)]
    print(json.dumps({"milliseconds": milliseconds, "home_assistant": own}))


if __name__ == "__main__":
    main()
