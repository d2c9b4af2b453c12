"""The cluster: our watch beside kubernetes_asyncio's client and Watch, on one simulated API server."""

from .costs import against_kubernetes_asyncio
from .house import against_a_bare_watch
from .loop import against_the_event_loop
from .memory import against_their_memory

COMPARISONS = (against_kubernetes_asyncio, against_a_bare_watch, against_the_event_loop, against_their_memory)
