"""A whole list, page by page, whatever the server makes of the pages."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from .cluster import Cluster, Page, TooHeavy
from .resource import Resource
from .status import Expired
from .wire import readable

PAGE_SIZE = 500
WHOLE = 0  # everything in one page: how client-go, too, lists what a server forgets faster than pages can be read
SHRINK = 8  # how many times fewer objects are asked for when a page was too heavy


async def pages(ask: Callable[[int, str], Awaitable[Page]], size: int = PAGE_SIZE) -> AsyncIterator[tuple[Page, bool]]:
    """The pages of a list, and with each whether it begins the list, perhaps anew: then those before count no more.

    `ask` reads at most so many objects (0: all) from where a token points ("": the start). Raises what it raises.
    """
    token = ""
    while True:
        begins = not token
        try:
            page = await ask(size, token)
        except TooHeavy:
            if size <= 1:
                raise
            size = max(1, size // SHRINK)
            continue
        except Expired:
            if begins:
                raise
            size, token = WHOLE, ""
            continue
        yield page, begins
        if not (token := page.following):
            return


async def everything(cluster: Cluster, resource: Resource) -> list[Any]:
    """All objects of a resource that can be read. Raises HomelabError."""
    objects: list[Any] = []
    async for page, begins in pages(lambda limit, token: cluster.page(resource, limit=limit, token=token)):
        if begins:
            objects = []
        objects += readable(page.items)
    return objects
