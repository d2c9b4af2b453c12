"""What the clusters run and on which machines, in the words of one language."""

from ..models.application import Application, HealthStatus, SyncStatus
from ..models.cluster import Node
from .text import plain
from .wording import Wording

NAME_LENGTH = 80
_WORST = tuple(HealthStatus(each) for each in ("Degraded", "Missing", "Unknown", "Progressing", "Suspended", "Healthy"))
"""Of healths, the worst first."""


def applications_now(wording: Wording, applications: tuple[Application, ...]) -> str:
    """How many applications are in sync and healthy, and the worst of the others by name: at most two sentences."""
    synced = sum(each.sync is SyncStatus.SYNCED for each in applications)
    healthy = sum(each.health is HealthStatus.HEALTHY for each in applications)
    form = "one" if len(applications) == 1 else "other"
    unwell = [each for each in applications if _faults(wording, each)]
    if not unwell:
        return wording.fill(f"applications.all.{form}", count=wording.number(len(applications)))
    unwell.sort(key=lambda each: (_WORST.index(each.health), each.name))
    named = [
        wording.fill(
            "applications.application",
            name=plain(each.name, NAME_LENGTH),
            faults=wording.listing(_faults(wording, each)),
        )
        for each in unwell
    ]
    return wording.fill(
        f"applications.some.{form}",
        count=wording.number(len(applications)),
        synced=wording.number(synced),
        healthy=wording.number(healthy),
        named=wording.some(named, "; "),
    )


def nodes_now(wording: Wording, nodes: tuple[Node, ...]) -> str:
    """How many nodes are ready, and which are not."""
    form = "one" if len(nodes) == 1 else "other"
    unready = [plain(each.name, NAME_LENGTH) for each in nodes if not each.ready]
    if not unready:
        return wording.fill(f"nodes.all.{form}", count=wording.number(len(nodes)))
    return wording.fill(
        f"nodes.some.{form}",
        count=wording.number(len(nodes)),
        ready=wording.number(len(nodes) - len(unready)),
        named=wording.some(unready, ", "),
    )


def _faults(wording: Wording, application: Application) -> list[str]:
    """What an application is that it should not be."""
    faults = []
    if application.health is not HealthStatus.HEALTHY:
        faults.append(wording.fill(f"applications.health.{application.health.value}"))
    if application.sync is not SyncStatus.SYNCED:
        faults.append(wording.fill(f"applications.sync.{application.sync.value}"))
    return faults
