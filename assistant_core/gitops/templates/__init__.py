"""New apps from our own templates; everything in them meets Pod Security's restricted level."""

from collections.abc import Callable
from typing import Any

from ...models.plan import AddApp
from .cronjob import cronjob
from .postgresql import postgresql
from .redis import redis
from .web import web

TEMPLATES: dict[str, Callable[[AddApp, str], list[dict[str, Any]]]] = {
    "web": web,
    "redis": redis,
    "postgresql": postgresql,
    "cronjob": cronjob,
}
"""From the plan and the namespace to the objects, by the name of the template."""
