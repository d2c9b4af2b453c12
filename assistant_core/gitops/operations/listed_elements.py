"""Applications that a generator makes of the elements of its list, and what belongs to one element alone."""

from ..index import Index
from ..layouts.files import entries, get
from ..layouts.roots import identity
from ..model import Owner
from ..text import Spot
from .own_folder import below, is_within, source_folders


def listed_element(index: Index, owner: Owner) -> Spot | None:
    """The element of a list with others that makes an Application and nothing else."""
    path, spot = owner.element or ("", None)
    if spot is None or path != owner.path or spot.path[-2:-1] != ("elements",):
        return None
    listed = entries(get(index.files.documents(path)[spot.document], *spot.path[:-1]))
    return spot if len(listed) > 1 else None


def file_of(owner: Owner) -> str:
    """The file of which a generator makes an Application and nothing else; empty for none."""
    path, spot = owner.element or ("", None)
    return path if spot is not None and not spot.path and path != owner.path else ""


def made_for(index: Index, owner: Owner) -> set[str]:
    """The files of the Application around an owner that a generator makes of a file of its own, for this owner only."""
    around = owner.parent
    if around is None or not file_of(around):
        return set()
    inside = [each for each in index.deployment.objects if each.owner == around]
    alone = all((each.path, each.document) == (owner.path, owner.document) for each in inside)
    return {file_of(around), *of_element(index, around)} if alone else set()


def of_element(index: Index, owner: Owner) -> set[str]:
    """The files of the folders that only this owner deploys, and the files of values that only its charts take."""
    others = [folder for each in index.deployment.owners if each != owner for folder in source_folders(each)]
    alone = [
        each
        for each in source_folders(owner)
        if not any(is_within(each, one) or is_within(one, each) for one in others)
    ]
    mine = {path for each in alone for path in below(index, each)}
    strange = {owner.path}
    for release in index.deployment.releases:
        (mine if release.owner == owner else strange).update(each.path for each in release.layers)
    read = {path for path, readers in index.deployment.readers.items() if readers - {identity(owner)}}
    return mine - strange - read
