"""Which of a workload's knobs is the one to turn."""

from collections.abc import Sequence
from dataclasses import replace

from ...errors import AmbiguousWorkload, EditRefused, Incomplete
from ..model import Knob, Topic, Workload
from ..spoken import plain
from .pods import RESOURCES
from .references import image_text

_USUAL = ("app", "main")
_COUNTED = (Topic.REPLICAS, Topic.STORAGE, *RESOURCES)
"""What is one value, wherever it stands."""


def chosen_container(workload: Workload, knobs: Sequence[Knob], asked: str | None, spoken: str) -> str:
    """The container that is meant. Raises InputInvalid, AmbiguousWorkload."""
    every = list(dict.fromkeys([*workload.containers, *(each.container for each in knobs if each.container)]))
    if asked is not None:
        wanted = asked.strip().casefold()
        longer = [each for each in every if wanted in each.casefold().split("-")]
        found = [each for each in every if plain(each) == plain(asked)] or (longer if len(longer) == 1 else [])
        if found or (not every and wanted in (workload.part.casefold(), workload.name.casefold())):
            return found[0] if found else ""
        known = f"; it has {', '.join(every)}" if every else ""
        raise Incomplete(
            f"{workload.label} has no container called '{asked.strip()[:63]}'{known}.", reason="no_container"
        )
    own = list(workload.containers)
    names = [workload.name, workload.part, *workload.aliases]
    helper = next((each for each in workload.helpers if plain(each) == plain(spoken)), "")
    if helper and plain(spoken) not in map(plain, (*names, *own)):
        return helper
    if len(own) <= 1:
        return own[0] if own else ""
    names = [spoken.strip().casefold(), workload.name, workload.part, *_USUAL, *workload.aliases]
    for name in names:
        if inside := next((each for each in own if plain(each) == plain(name)), ""):
            return inside
    by_image = [
        each.container for each in knobs if image_text(each).rpartition("/")[2] in names and each.container in own
    ]
    if len(set(by_image)) == 1:
        return by_image[0]
    named = [each for each in own if each.startswith(f"{workload.name}-") or workload.name.endswith(f"-{each}")]
    if len(named) == 1:
        return named[0]
    raise AmbiguousWorkload(
        f"{workload.label} has several containers: {', '.join(own)}. Say which one you mean.",
        candidates=tuple(own),
        slot="container",
        name=workload.name,
    )


def of_container(workload: Workload, knobs: Sequence[Knob], container: str) -> list[Knob]:
    """Those of a container and of its whole pod; of one that a chart takes from its values none but its own."""
    is_own = workload.release is not None and any(each.container == container for each in knobs)
    return [each for each in knobs if each.container == container or (not each.container and not is_own)]


def decisive(workload: Workload, knobs: Sequence[Knob], topic: Topic, *, container: str = "", name: str = "") -> Knob:
    """The knob that wins, or the one where a value can be added, with the value in force. Raises EditRefused."""
    inside = of_container(workload, [each for each in knobs if each.topic is topic], container)
    fitting = [each for each in inside if not name or each.name in ("", name)]
    if not fitting:
        raise EditRefused(
            f"The files do not tell where {_what(topic)} of {workload.label} is decided.",
            workload=workload.label,
            name=workload.name,
            reason="undecided",
        )
    strongest = next((each for each in fitting if each.is_set and (not name or each.name == name)), None)
    if strongest is not None:
        refuse_filled(workload, strongest)
    stronger = fitting[: fitting.index(strongest)] if strongest else fitting
    if strongest is not None and not strongest.shared_by:
        return strongest
    free = next((each for each in stronger if not each.shared_by and not each.is_set), None)
    if free is None and strongest is not None:
        free = next((each for each in _stronger(workload, fitting, strongest) if not each.shared_by), None)
    if free is not None:
        return replace(free, value=strongest.value) if strongest and topic in _COUNTED else free
    found = strongest or fitting[0]
    raise shared_place(_what(topic), workload, found.path, found.shared_by)


def refuse_filled(workload: Workload, knob: Knob) -> None:
    """Refuse what a replacement of kustomize puts in, whoever sets it. Raises EditRefused."""
    if knob.filled_by:
        raise EditRefused(
            f"{knob.name or knob.field} of {workload.label} is filled in from {knob.filled_by}: setting it in "
            f"{knob.path} would change nothing.",
            path=knob.path,
            reason="filled_in",
        )


def shared_place(what: str, workload: Workload, path: str, others: Sequence[str]) -> EditRefused:
    """The refusal to change a place that others read too."""
    named = ", ".join(others[:3])
    return EditRefused(
        f"{what[:1].upper()}{what[1:]} of {workload.label} stands in {path}, which {named} would follow too. Set it in "
        f"a values file or an overlay of {workload.label} alone first, or change {path} by hand for all of them.",
        workload=workload.label,
        path=path,
        others=named,
        reason="shared",
    )


def _stronger(workload: Workload, knobs: Sequence[Knob], than: Knob) -> list[Knob]:
    """The places that win over another once they are set: an overlay over the manifest or over one inside it."""
    found = [each for each in knobs if not each.is_set and (each.form.is_of_overlay or each.wins)]
    if workload.deployed is None or than.path == workload.deployed.path:
        return found
    paths = [each.path for each in workload.deployed.overlays]
    around = paths[paths.index(than.path) + 1 :] if than.path in paths else []
    return [each for each in found if each.path in around] or found[-1:]


def _what(topic: Topic) -> str:
    named = {
        "env": "the environment",
        "image": "the image",
        "restart": "the pod's annotations",
        "suspend": "the suspension",
    }
    return named.get(
        topic.value, f"the {topic.value.replace('_', ' ')}" if topic is not Topic.REPLICAS else "the number of replicas"
    )
