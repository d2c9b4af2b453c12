"""An operation of a JSON patch that goes: whole, as it needs its value, and with its patch when it is the only one."""

from ...errors import EditRefused
from ..index import Index
from ..layouts.kustomize import patches
from ..model import Knob, Workload
from ..text import Remove, Spot


def out_of_patch(index: Index, workload: Workload, knob: Knob) -> Remove | None:
    """What takes the operation out that sets a knob; None for what stands elsewhere. Raises EditRefused."""
    for overlay in workload.deployed.overlays if workload.deployed else ():
        for path, spot, content, _ in patches(index.files, overlay):
            below = knob.spot.path[len(spot.path) :]
            if path != knob.path or not isinstance(content, list) or spot.below(*below) != knob.spot or not below:
                continue
            if len(content) > 1:
                return Remove(spot.below(below[0]))
            if spot.inside is None:
                raise EditRefused(
                    f"I leave {path} alone: nothing would be left of that patch.", path=path, reason="unprovable"
                )
            return Remove(Spot(spot.document, spot.keys[:-1]))
    return None
