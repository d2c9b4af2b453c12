"""What is wrong with a hub that answers."""

from collections.abc import Iterable, Iterator

from ..models.hub import HubStatus, HubWarning, HubWarningKind
from .config import ModelChoice
from .traits import full_name


def find_warnings(status: HubStatus, choices: Iterable[ModelChoice]) -> Iterator[HubWarning]:
    """The warnings that a server's status gives about the models chosen for it."""
    installed = {model.name for model in status.installed}
    loaded = {model.name: model for model in status.loaded}
    for choice in dict.fromkeys(choices):
        name = full_name(choice.name)
        model = loaded.get(name)
        if name not in installed:
            yield HubWarning(kind=HubWarningKind.MODEL_MISSING, model=choice.name, server=choice.server)
        elif model is not None:
            if model.context_length not in {None, choice.context_length}:
                yield HubWarning(
                    kind=HubWarningKind.OTHER_CONTEXT,
                    model=choice.name,
                    server=choice.server,
                    expected=choice.context_length,
                    actual=model.context_length or 0,
                )
            if model.size_vram < model.size:
                yield HubWarning(
                    kind=HubWarningKind.PARTLY_ON_CPU,
                    model=choice.name,
                    server=choice.server,
                    expected=model.size,
                    actual=model.size_vram,
                )
