"""What a new app may be like: what is asked back, and what cannot be."""

import re

from ...errors import Incomplete, InputInvalid
from ...models.plan import AddApp
from ..index import naming
from ..knobs.references import reference
from ..templates import TEMPLATES
from .quantities import size
from .schedules import is_schedule

_NAME = re.compile(r"[a-z]([-a-z0-9]{0,50}[a-z0-9])?")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+")
_MOUNT = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._-]+)+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,252}")
_PORTS = range(1, 65536)
_TAKEN = {
    "web": ("port", "host", "storage", "mount", "command", "env"),
    "redis": ("storage",),
    "postgresql": ("storage", "env"),
    "cronjob": ("schedule", "command", "env"),
}
"""What each template can be told besides the image."""
_FIXED = {"redis": {"port": 6379}, "postgresql": {"port": 5432}}
"""What a template has anyway."""


def check_new(plan: AddApp) -> None:
    """Raise InputInvalid for whatever cannot be."""
    if plan.template not in TEMPLATES:
        raise InputInvalid(
            f"There is no template {plan.template!r:.40}; there are {naming.either(TEMPLATES)}.",
            known=", ".join(TEMPLATES),
            reason="no_template",
        )
    _check_names(plan)
    _check_image(plan)
    _check_taken(plan)
    if plan.template == "web" and plan.port not in _PORTS:
        raise Incomplete("Say on which port the new app listens, from 1 to 65535.", reason="no_port")
    if plan.template == "cronjob" and not is_schedule(plan.schedule or ""):
        raise Incomplete('Say when the new job runs, such as "0 3 * * *".', reason="no_schedule")
    if plan.storage is not None:
        size(plan.storage, "Storage")


def _check_taken(plan: AddApp) -> None:
    """What would go unheard is told."""
    known = _FIXED.get(plan.template, {})
    told = [name for name in dict.fromkeys(each for names in _TAKEN.values() for each in names) if getattr(plan, name)]
    for name in told:
        if name not in _TAKEN[plan.template] and getattr(plan, name) != known.get(name):
            raise InputInvalid(
                f"A new app of the template {plan.template} takes no {name}.",
                template=plan.template,
                slot=name,
                reason="no_slot",
            )
    if plan.mount and not plan.storage:
        raise Incomplete(
            f"Say how large the volume at {plan.mount} shall be.", path=plan.mount, reason="no_volume_size"
        )


def _check_names(plan: AddApp) -> None:
    for text, pattern, what in (
        (plan.name, _NAME, "name of an app: small letters, digits and dashes, beginning with a letter"),
        (plan.namespace, _NAME, "name of a namespace"),
        (plan.host, _HOST, "name of a host"),
        (plan.mount, _MOUNT, "path inside a container"),
    ):
        if text is not None and not pattern.fullmatch(text):
            raise InputInvalid(f"{text[:60]!r} is no {what}.", text=text[:60], reason="no_such_name")
    if any(not _VARIABLE.fullmatch(key) or not value.isprintable() for key, value in plan.env.items()):
        raise InputInvalid("An environment variable has a plain name and one line of text.", reason="one_line")


def _check_image(plan: AddApp) -> None:
    if plan.image is None:
        if plan.template in ("web", "cronjob"):
            raise Incomplete("Say which image the new app shall run.", reason="no_image")
        return
    found = reference(plan.image)
    if found is None or (found.tag in ("", "latest") and not found.digest):
        raise Incomplete(
            "A new app needs an image with a version, such as ghcr.io/name/app:1.2.3.", reason="no_version"
        )
