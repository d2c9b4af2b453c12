"""From a person's words to a plan: by the sentences of every language we speak, then by the write model."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from ..change.planning import plan_from_words
from ..errors import NotUnderstood
from ..gitops import Index
from ..models.plan import ChangePlan
from ..ollama import Hub, HubConfig, ModelChoice, ServerConfig
from ..ports import ChatModel
from ..speech import LANGUAGES, Speech
from .tokens import tokens


def listening(index: Index | None) -> tuple[Speech, ...]:
    """Every language, with the names of a repository. Reads the disk: run it in an executor."""
    languages = tuple(Speech.load(language, prepared=False) for language in LANGUAGES)
    if index is not None:
        for speech in languages:
            speech.know({each.name for each in index.workloads}, {each.namespace for each in index.workloads})
    return languages


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, and the name of the model that made it; None: a person's own words or JSON did."""

    plan: ChangePlan
    model: str | None = None


async def plan_of(text: str, index: Index, url: str | None, model: str) -> Made:
    """The change that the words ask for; `model` at `url` reads what no sentence does. Raises HomelabError."""
    languages = await asyncio.to_thread(listening, index)
    try:
        return Made(await plan_from_words(text, index, languages))
    except NotUnderstood:
        if url is None:
            raise
    async with model_at(url, model) as reader:
        return Made(await plan_from_words(text, index, languages, reader), model)


@asynccontextmanager
async def model_at(url: str, name: str) -> AsyncIterator[ChatModel]:
    """The model that reads changes, on the Ollama at `url`. Raises InputInvalid."""
    choice = (ModelChoice(name=name),)
    config = HubConfig(servers=(ServerConfig(url=url, token=tokens.get().own.get(url)),), talk=choice, write=choice)
    async with aiohttp.ClientSession() as session:
        yield await Hub.connect(session, config)
