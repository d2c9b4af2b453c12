"""Events of type Warning, which say why something does not get on."""

from typing import Any

from ..kube.fields import moment, section, text
from ..models.cluster import WarningEvent

KINDS = ("Pod", "PersistentVolumeClaim", "Job")


def warning_from(item: dict[str, Any]) -> WarningEvent | None:
    """An Event of the core API about an object whose troubles we explain; None for any other."""
    about = section(item, "involvedObject")
    if about.get("kind") not in KINDS or item.get("type") != "Warning":
        return None
    times = (moment(section(item, "series"), "lastObservedTime"), moment(item, "lastTimestamp"))
    return WarningEvent(
        kind=about["kind"],
        namespace=text(about, "namespace"),
        name=text(about, "name"),
        reason=text(item, "reason"),
        message=text(item, "message"),
        at=next(filter(None, times), moment(item, "eventTime")),
    )
