"""Which model answers: the one chosen for the purpose, and those that stand in for it."""

from copy import replace

from ..errors import ConnectionFailed, HomelabError, InputInvalid
from ..models.chat import ChatRequest, Purpose
from .config import HubConfig, ModelChoice


class Router:
    """Knows the choices of a configuration."""

    def __init__(self, config: HubConfig) -> None:
        self._config = config

    def choice(self, purpose: Purpose) -> ModelChoice:
        """The preferred model for a purpose; raises InputInvalid when none is chosen."""
        for choice in self._config.chain(purpose):
            return choice
        raise InputInvalid("No model is chosen for the AI hub yet; choose one in its settings.")

    def named(self, model: str) -> ModelChoice:
        """How the model of that name is loaded; one that nobody chose comes from the first server."""
        chosen = (choice for choice in self._config.choices if choice.name == model)
        return next(chosen, ModelChoice(name=model))

    def chain(self, request: ChatRequest) -> tuple[ModelChoice, ...]:
        """The models to ask, in this order; raises InputInvalid when there is none.

        A model that the request names is asked first. One that nobody chose is loaded as the request says.
        """
        chain = self._config.chain(request.purpose)
        if not request.model:
            return chain or (self.choice(request.purpose),)
        first = self.named(request.model)
        if first not in self._config.choices:
            first = replace(
                first,
                context_length=request.context_length or first.context_length,
                keep_alive=first.keep_alive if request.keep_alive is None else request.keep_alive,
            )
        return (first, *(choice for choice in chain if choice.name != first.name or choice.server != first.server))


def may_stand_in(choice: ModelChoice, failed: ModelChoice, error: HomelabError) -> bool:
    """Whether another model may do better after `error`: not where the question is wrong or the server is gone."""
    if isinstance(error, InputInvalid):
        return False
    return choice.server != failed.server or not isinstance(error, ConnectionFailed)
