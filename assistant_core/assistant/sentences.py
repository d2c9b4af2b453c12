"""The answer to a fixed sentence: from data, by code, without a model."""

from typing import NamedTuple

from ..errors import AmbiguousWorkload, HomelabError, Incomplete, JournalFailed, SeveralChanges
from ..models.change import ChangePlan, Proposal, SetReplicas
from ..models.chat import Role
from ..ports import Desk, Homelab
from ..speech import (
    Agree,
    Ask,
    AskChanges,
    AskHistory,
    Cancel,
    Confirm,
    Phrases,
    Scale,
    Several,
    Speech,
    Undo,
    Wish,
    beginning,
)
from .choosing import chosen, narrowed
from .events import Question, Utterance


class Answer(NamedTuple):
    """What to say; `asks` when it waits for an answer itself, to this `question`."""

    text: str
    asks: bool = False
    question: Question | None = None


def understood(utterance: Utterance, speech: Speech) -> bool:
    """Whether the words are a fixed sentence, or name one of those we asked to choose from."""
    question = utterance.question
    if question and chosen(utterance.text, question.candidates, speech.vocabulary):
        return True
    return speech.recognise(utterance.text) is not None


async def answer(utterance: Utterance, speech: Speech, *, homelab: Homelab, desk: Desk) -> Answer | None:
    """Answer a fixed sentence, or the answer to our own question; None when it was not meant for us after all."""
    phrases, question = speech.phrases, utterance.question
    if question and (candidate := chosen(utterance.text, question.candidates, speech.vocabulary)):
        return await _propose(
            narrowed(question.plan, candidate, question.slot), question.words, utterance, desk, phrases
        )
    match spoken := speech.recognise(utterance.text):
        case None:
            known = None
        case Cancel(code=None) if question:
            known = Answer(phrases.say("not_asked_any_more"))
        case Scale() | Wish() | Several():
            known = await _change(spoken, utterance, desk, phrases)
        case Confirm() | Cancel():
            known = await _decide(spoken, utterance, desk, phrases)
        case AskChanges():
            known = Answer(await _changes(spoken, homelab, desk, phrases))
        case AskHistory() | Undo():
            known = await _look_back(spoken, utterance, desk, phrases)
        case Agree():
            known = _remind(utterance, desk.awaiting, phrases)
        case _:
            known = Answer(_look(spoken, homelab, desk, phrases))
    return known


async def _decide(spoken: Confirm | Cancel, utterance: Utterance, desk: Desk, phrases: Phrases) -> Answer:
    decide = desk.approve if isinstance(spoken, Confirm) else desk.reject
    try:
        return Answer(phrases.say_proposal(await decide(requester=utterance.requester, code=spoken.code)))
    except HomelabError as error:
        return Answer(phrases.say_error(error))


def _look(asked: Ask, homelab: Homelab, desk: Desk, phrases: Phrases) -> str:
    match asked:
        case Ask.STATUS:
            said = phrases.say_status(homelab, desk.awaiting)
        case Ask.FINDINGS:
            said = phrases.say_findings(homelab.findings())
        case Ask.GPU:
            said = phrases.say_gpu(homelab.gpus())
        case Ask.MODELS:
            said = phrases.say_models(homelab.hub())
        case Ask.APPLICATIONS:
            said = phrases.say_applications(homelab.applications())
        case Ask.NODES:
            said = phrases.say_nodes(homelab.nodes())
        case Ask.PROPOSALS:
            said = phrases.say_pending(desk.awaiting, desk.proposals)
    return said


async def _changes(asked: AskChanges, homelab: Homelab, desk: Desk, phrases: Phrases) -> str:
    since = beginning(asked.period, asked.count, phrases.local_time())
    try:
        changed = await homelab.what_changed(since)
    except JournalFailed:
        return phrases.say_history_unknown()
    except HomelabError as error:
        return phrases.say_error(error)
    proposals = tuple(each for each in desk.proposals if (each.updated or each.created) >= since)
    return phrases.say_changes(asked, changed, homelab.findings(), proposals)


async def _look_back(spoken: AskHistory | Undo, utterance: Utterance, desk: Desk, phrases: Phrases) -> Answer:
    """What became of the latest change, or what takes the last merged one back; of one workload if it was named."""
    name = spoken.name
    try:
        if isinstance(spoken, Undo):
            undoing = await desk.propose_revert(utterance.requester, words=utterance.text, name=name)
            return Answer(phrases.say_proposal(undoing), asks=True)
        asked = [each for each in desk.proposals if name in {None, each.target.name}]
        if not asked:
            return Answer(phrases.say_no_history(name) if name else phrases.say_pending(()))
        return Answer(phrases.say_history(asked[-1], await desk.history(asked[-1])))
    except HomelabError as error:
        return Answer(phrases.say_error(error))


async def _change(spoken: Scale | Wish | Several, utterance: Utterance, desk: Desk, phrases: Phrases) -> Answer:
    match spoken:
        case Several():
            return Answer(phrases.say_error(SeveralChanges(spoken.candidates)), asks=True)
        case Scale():
            return await _scale(spoken, utterance, desk, phrases)
        case Wish():
            return await _propose(spoken, utterance.text, utterance, desk, phrases)


async def _scale(spoken: Scale, utterance: Utterance, desk: Desk, phrases: Phrases) -> Answer:
    if spoken.replicas is None:
        return Answer(phrases.say("not_a_number", amount=spoken.amount, name=spoken.name))
    plan = SetReplicas(name=spoken.name, namespace=spoken.namespace, replicas=spoken.replicas)
    return await _propose(plan, utterance.text, utterance, desk, phrases)


async def _propose(plan: ChangePlan | Wish, words: str, utterance: Utterance, desk: Desk, phrases: Phrases) -> Answer:
    """Read the proposal back, or ask which workload is meant."""
    try:
        proposal = await desk.propose(plan, utterance.requester, words=words)
    except AmbiguousWorkload as error:
        question = Question(plan=plan, candidates=error.candidates, words=words, slot=error.slot)
        return Answer(phrases.say_error(error), asks=True, question=question)
    except Incomplete as error:
        return Answer(phrases.say_error(error), asks=True)
    except HomelabError as error:
        return Answer(phrases.say_error(error))
    return Answer(phrases.say_proposal(proposal), asks=True)


def _remind(utterance: Utterance, awaiting: tuple[Proposal, ...], phrases: Phrases) -> Answer | None:
    """A bare yes right after a read-back asks for the code; after anything else it belongs to somebody else."""
    said = [message.content for message in utterance.history if message.role is Role.ASSISTANT]
    for proposal in awaiting:
        if said and said[-1].endswith(phrases.say_proposal(proposal)):
            return Answer(phrases.say("repeat_code", code=phrases.say_codes(proposal.code)), asks=True)
    return None
