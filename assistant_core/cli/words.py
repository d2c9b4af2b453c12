"""From a person's words to a plan: the fixed sentences of every language we speak."""

from ..change.planning import plan_by_sentences
from ..errors import NotUnderstood
from ..gitops import Index
from ..models.plan import ChangePlan
from ..speech import Speech

LANGUAGES = ("en", "de")


def listening(index: Index) -> tuple[Speech, ...]:
    """Every language, with the names of a repository. Reads the disk: run it in an executor."""
    languages = tuple(Speech.load(language) for language in LANGUAGES)
    for speech in languages:
        speech.know(*names(index))
    return languages


def names(index: Index) -> tuple[set[str], set[str]]:
    """The names and namespaces of what a repository deploys."""
    return {each.name for each in index.workloads}, {each.namespace for each in index.workloads}


def plan_of(text: str, index: Index) -> ChangePlan:
    """The change that the words ask for, in the first language that knows them. Raises InputInvalid."""
    plan = plan_by_sentences(text, index, listening(index))
    if plan is None:
        raise NotUnderstood(text)
    return plan
