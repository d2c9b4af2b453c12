"""What a model can do, asked once for each version of it."""

from collections.abc import Iterable
import re

from ..models.hub import InstalledModel, ModelDetails, ModelTraits, ToolPlace
from .client import OllamaClient

ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
OPENING = {"if", "range", "with", "define", "block"}
TOOLS = re.compile(r"\.Tools\b")


def read_traits(details: ModelDetails) -> ModelTraits:
    """What follows from the details of a model."""
    able = details.capabilities
    return ModelTraits(
        tools="tools" in able,
        tools_in=tool_place(details.template),
        thinking="thinking" in able,
        vision="vision" in able,
        context_length=details.context_length,
    )


def tool_place(template: str) -> ToolPlace:
    """Where a template (Go's text/template) writes the tools: before the messages, or while it goes through them.

    A template that does not show it, because the server has that model's format built in, counts as the usual kind.
    """
    blocks: list[str] = []
    for action in ACTION.findall(template):
        word = action.partition(" ")[0]
        if word == "end":
            del blocks[-1:]
        elif word == "else":
            blocks[-1:] = [action]
        elif TOOLS.search(action) and word not in OPENING - {"range"} and ":=" not in action.partition(".Tools")[0]:
            return _place_within(blocks)
        elif word in OPENING:
            blocks.append(action)
    return "system"


def _place_within(blocks: list[str]) -> ToolPlace:
    among_messages = any(block.startswith("range") and ".Messages" in block for block in blocks)
    of_system = any('"system"' in block and "eq" in block for block in blocks)
    return "last_user" if among_messages and not of_system else "system"


class TraitsCache:
    """The traits of a server's models, each kept until its digest changes."""

    def __init__(self, client: OllamaClient) -> None:
        self._client = client
        self._digests: dict[str, str] = {}
        self._traits: dict[str, ModelTraits] = {}

    def learn(self, installed: Iterable[InstalledModel]) -> None:
        """Take note of which version of each model the server has."""
        self._digests = {model.name: model.digest for model in installed}
        current = set(self._digests.values())
        self._traits = {digest: traits for digest, traits in self._traits.items() if digest in current}

    def known(self, model: str) -> ModelTraits | None:
        """The traits of a model, as far as they have been asked for."""
        digest = self._digests.get(full_name(model))
        return self._traits.get(digest) if digest else None

    async def of(self, model: str) -> ModelTraits:
        """The traits of a model; raises HomelabError, NotFound when the server does not have it."""
        if known := self.known(model):
            return known
        self.learn(await self._client.installed())
        traits = read_traits(await self._client.details(model))
        if digest := self._digests.get(full_name(model)):
            self._traits[digest] = traits
        return traits


def full_name(model: str) -> str:
    """A model's name as the server lists it."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"
