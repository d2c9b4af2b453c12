"""The one door from words to a plan, for the command line, the assistant and the services alike."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
import re

from ...errors import Incomplete, InputInvalid, NotUnderstood, SeveralChanges, UnknownWorkload
from ...gitops import Index
from ...gitops.index import naming
from ...gitops.index.by_parts import is_made_of, parts_of
from ...gitops.terraform import has_machines, machines
from ...models.plan import AddApp, ChangePlan, SetVm
from ...models.wish import Amount, Wish
from ...ports import ChatModel
from ...speech import Known, Scale, Speech
from ...speech.wishes import runs, several_changes
from .everywhere import refuse_everywhere
from .fields import NO_SETTING, variables_of
from .model import plan_by_model
from .resolving import plan_of

_CAPITALS = re.compile(r"(?<!\w)[A-Z][A-Z0-9_]*(?!\w)")


async def plan_from_words(
    words: str, index: Index, speech: Speech | Sequence[Speech], model: ChatModel | None = None
) -> ChangePlan:
    """The change that `words` ask for in this commit: the first language that understands them, or else the model.

    Raises Incomplete with the question to answer, AmbiguousWorkload and UnknownWorkload with candidates, InputInvalid
    for what cannot be, and whatever the model raises.
    """
    languages = [speech] if isinstance(speech, Speech) else list(speech)
    try:
        plan = await asyncio.to_thread(plan_by_sentences, words, index, languages)
    except Incomplete as error:
        if model is None or error.placeholders.get("reason") != NO_SETTING:
            raise
        plan = None
    if plan is not None:
        return plan
    if model is not None:
        return await plan_by_model(words, index, model, languages)
    raise NotUnderstood(words)


def known_of(index: Index, *, with_machines: bool = False, also: Iterable[str] = ()) -> Known:
    """Everything in a commit that words may name; machines cost a second when they are read first."""
    names = [*also]
    names += [name for each in index.workloads for name in (each.name, each.label, *each.aliases)]
    names += [one for each in index.workloads for one in each.containers if _shares_name(one, each.name)]
    names += [each.name for each in index.deployment.owners if each.kind == "Kustomization"]
    namespaces = [each.namespace for each in index.workloads if each.namespace] + index.environments()
    if with_machines:
        found, _ = machines(index.snapshot.files)
        names += [name for machine in found for name in (machine.name, *machine.aliases)]
        namespaces += [place for machine in found for place in machine.root.split("/") if place]
    return Known.of(dict.fromkeys(names), dict.fromkeys(namespaces))


def _shares_name(container: str, workload: str) -> bool:
    """Whether a container is called like the beginning of the workload's name, or goes on where that ends."""
    return workload.startswith(f"{container}-") or container.startswith(f"{workload}-")


def plan_by_sentences(words: str, index: Index, languages: Sequence[Speech]) -> ChangePlan | None:
    """The plan of the first language that understands the words, without a model. Raises InputInvalid."""
    plan: ChangePlan | None = None
    missed: InputInvalid | None = None
    try:
        plan = _plan(words, index, languages)
    except (Incomplete, UnknownWorkload) as error:
        if isinstance(error, Incomplete) and error.placeholders.get("reason") != NO_SETTING:
            raise
        missed = error
    if isinstance(plan, AddApp | SetVm) or (plan and naming.matching(index.workloads, plan.name)):
        return plan
    for text, name in _by_parts(words, index, languages):
        if found := _plan(text, index, languages, also=(name,)):
            return found
    if missed is not None:
        raise missed
    return plan


def _by_parts(words: str, index: Index, languages: Sequence[Speech]) -> Iterator[tuple[str, str]]:
    """The words with a name in them that only its parts tell, and that name."""
    parts = parts_of(index.workloads)
    for said, name in dict.fromkeys(run for each in languages for run in runs(words, each.reader.lexicon)):
        if is_made_of(name, parts) and naming.matching(index.workloads, name):
            before, _, after = re.split(rf"(?<!\w)({said})", words, maxsplit=1)
            yield f"{before}{name}{after}", name
            return


def _plan(words: str, index: Index, languages: Sequence[Speech], *, also: Sequence[str] = ()) -> ChangePlan | None:
    known = known_of(index, also=also)
    compounds = {word for each in languages for word in each.reader.compounds_in(words, known)}
    inside = {name for each in index.workloads for name in (*each.containers, *each.helpers)}
    if whole := [*also, *(each for each in compounds if each.casefold() in inside or _is_written(each, index))]:
        known = known_of(index, also=whole)
    if variables := _variables(words, languages, known, index):
        wishes = (each.reader.read(words, known._replace(variables=variables)) for each in languages)
        wish = next((each for each in wishes if each and each.slots.get("key") in variables), None)
        return plan_of(wish, index) if wish else None
    refuse_everywhere(words, index, languages, known)
    wish = _wish(words, languages, known)
    if (wish is None or not known.knows(wish.name)) and has_machines(index.snapshot.files):
        wish = _wish(words, languages, known_of(index, with_machines=True, also=whole)) or wish
    return plan_of(wish, index) if wish else None


def _is_written(name: str, index: Index) -> bool:
    """Whether Terraform or a file that was left out has the word as it is: it may name what we do not know."""
    word = re.compile(rb"(?<![\w-])" + re.escape(name.encode()) + rb"(?![\w-])", re.IGNORECASE)
    unread = {each.path for each in index.unread}
    files = index.snapshot.files.items()
    return any(word.search(text) for path, text in files if path in unread or path.endswith((".tf", ".tfvars", ".hcl")))


def _variables(words: str, languages: Sequence[Speech], known: Known, index: Index) -> frozenset[str]:
    """The words in capitals that are variables of a workload the words name, though they may be words of ours."""
    readers = [each.reader for each in languages]
    written = frozenset(each for each in _CAPITALS.findall(words) if any(one.has_word(each) for one in readers))
    if not written or words.isupper():
        return frozenset()
    names = {name for each in readers for name in each.names_in(words, known)}
    workloads = [each for each in index.workloads if not names.isdisjoint((each.name, each.label, *each.aliases))]
    return written & {variable for each in workloads for variable in variables_of(each, index)}


def _is_of_words(name: str, languages: Sequence[Speech]) -> bool:
    """Whether an unknown name is several words of which wishes are made: a language that knows none took it for one."""
    said = name.split()
    return len(said) > 1 and all(any(each.reader.has_word(word) for each in languages) for word in said)


def _wish(words: str, languages: Sequence[Speech], known: Known) -> Wish | None:
    """What the words ask for; last in the household's own sentences. Raises Incomplete."""
    wishes = [wish for each in languages if (wish := each.reader.read(words, known)) is not None]
    wishes = [each for each in wishes if known.knows(each.name) or not _is_of_words(each.name, languages)]
    if wishes:  # a language that takes words for a part of a name may not be theirs
        return min(wishes, key=lambda each: 0 if known.knows(each.name) else len(each.name.split()))
    for speech in languages:
        if several := several_changes(words, speech.reader, known):
            raise SeveralChanges(several)
    for speech in languages:
        match speech.recognise(words):
            case Scale(name=name, amount=amount, replicas=None):
                raise Incomplete(speech.phrases.say("not_a_number", amount=amount, name=name))
            case Scale(name=name, namespace=namespace, replicas=int(replicas)):
                amounts = (Amount(of="replicas", number=replicas),)
                return Wish(operation="set_replicas", name=name, namespace=namespace, amounts=amounts)
            case Wish() as wish:
                return wish
    return None
