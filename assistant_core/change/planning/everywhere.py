"""A wish for several clusters or environments at once becomes a question: one change is for one of them."""

from collections.abc import Sequence

from ...errors import InputInvalid, SeveralChanges
from ...gitops import Index, Workload
from ...gitops.index.naming import places
from ...speech import Known, Speech
from ...speech.wishes import several_places

_MOST = 8


def refuse_everywhere(words: str, index: Index, languages: Sequence[Speech], known: Known) -> None:
    """Raise SeveralChanges with a sentence for each place, where the words ask for more than one at once."""
    environments = index.environments()
    names = [each for each in (*environments, *{one.namespace for one in index.workloads}) if each]
    for reader in (each.reader for each in languages):
        said = several_places(words, names, reader.lexicon)
        wish = reader.read(said.only(names[0]), known) if said and names else None
        if said is None or wish is None or not known.knows(wish.name):
            continue
        try:
            meant = said.named or _places(index.candidates(wish.name), environments)
        except InputInvalid:
            return
        if len(meant) > 1:
            raise SeveralChanges(tuple(map(said.only, meant[:_MOST])))


def _places(found: Sequence[Workload], environments: Sequence[str]) -> list[str]:
    """What tells the workloads of one name apart: their namespaces, or else their clusters, or folders."""
    ways = [each.namespace for each in found], [each.cluster for each in found]
    for names in ways:
        if len(set(names)) == len(found) and all(names):
            return names
    every = [places(each) for each in found]
    own = [
        [place for place in mine if place in environments and sum(place in other for other in every) == 1]
        for mine in every
    ]
    return [mine[-1] for mine in own] if all(own) else []
