"""The answer to a fixed sentence: from data, by code, without a model."""

from dataclasses import dataclass

from ..errors import AmbiguousWorkload, HomelabError
from ..models.change import Proposal, SetReplicas
from ..models.chat import Role
from ..ports import Desk, Homelab
from ..speech import (
    Agree,
    AskFindings,
    AskGpu,
    AskModels,
    AskProposals,
    AskStatus,
    Cancel,
    Confirm,
    Phrases,
    Scale,
    Spoken,
)
from .events import Utterance


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say; `asks` when it waits for an answer itself."""

    text: str
    asks: bool = False


async def answer(
    spoken: Spoken, utterance: Utterance, *, homelab: Homelab, desk: Desk, phrases: Phrases
) -> Answer | None:
    """Answer a fixed sentence; None when it was not meant for us after all."""
    try:
        match spoken:
            case Scale():
                return await _scale(spoken, utterance, desk, phrases)
            case Confirm(code=code):
                return Answer(phrases.say_proposal(await desk.approve(requester=utterance.requester, code=code)))
            case Cancel(code=code):
                return Answer(phrases.say_proposal(await desk.reject(requester=utterance.requester, code=code)))
            case Agree():
                return _remind(utterance, desk.awaiting, phrases)
            case _:
                return Answer(_look(spoken, homelab, desk, phrases))
    except HomelabError as error:
        return Answer(phrases.say_error(error), asks=isinstance(error, AmbiguousWorkload))


def _look(
    spoken: AskStatus | AskFindings | AskGpu | AskModels | AskProposals, homelab: Homelab, desk: Desk, phrases: Phrases
) -> str:
    match spoken:
        case AskStatus():
            return phrases.say_status(homelab, desk.awaiting)
        case AskFindings():
            return phrases.say_findings(homelab.findings())
        case AskGpu():
            return phrases.say_gpu(homelab.gpus())
        case AskModels():
            return phrases.say_models(homelab.hub())
        case AskProposals():
            return phrases.say_pending(desk.awaiting, desk.proposals)


async def _scale(spoken: Scale, utterance: Utterance, desk: Desk, phrases: Phrases) -> Answer:
    if spoken.replicas is None:
        return Answer(phrases.say("not_a_number", amount=spoken.amount, name=spoken.name))
    plan = SetReplicas(name=spoken.name, namespace=spoken.namespace, replicas=spoken.replicas)
    proposal = await desk.propose(plan, utterance.requester, words=utterance.text)
    return Answer(phrases.say_proposal(proposal), asks=True)


def _remind(utterance: Utterance, awaiting: tuple[Proposal, ...], phrases: Phrases) -> Answer | None:
    """A bare yes right after a read-back asks for the code; after anything else it belongs to somebody else."""
    said = [message.content for message in utterance.history if message.role is Role.ASSISTANT]
    for proposal in awaiting:
        if said and said[-1].endswith(phrases.say_proposal(proposal)):
            return Answer(phrases.say("repeat_code", code=proposal.code), asks=True)
    return None
