"""From a person's words to a plan: the fixed sentences of every language we speak."""

from collections.abc import Sequence

from ..errors import Incomplete
from ..gitops import Index
from ..models.plan import ChangePlan, SetReplicas
from ..speech import Scale, Speech, Wish

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


def plan_of(text: str, languages: Sequence[Speech]) -> ChangePlan:
    """The change that the words ask for, in the first language that knows them. Raises Incomplete."""
    for speech in languages:
        match speech.recognise(text):
            case Scale(name=name, amount=amount, replicas=None):
                raise Incomplete(speech.phrases.say("not_a_number", amount=amount, name=name))
            case Scale(name=name, namespace=namespace, replicas=int(replicas)):
                return SetReplicas(name=name, namespace=namespace, replicas=replicas)
            case Wish(plan):
                return plan
    raise Incomplete('This is no change I know; say for example "scale jellyfin to 3".')
