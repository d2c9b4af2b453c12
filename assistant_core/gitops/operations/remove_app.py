"""Take an app out: what deploys it, and everything that belongs to it alone."""

import posixpath

from ...errors import EditRefused, Incomplete
from ...models.change import Target
from ...models.notes import Note
from ...models.plan import RemoveApp
from ...models.reasons import Reason
from ...models.repository import FileChange
from ..index import Index
from ..index.naming import ambiguous, deployed_twice
from ..index.sharing import same_way
from ..knobs.claims import mentioned
from ..layouts.applicationsets import discovered
from ..layouts.files import entries, get, normal, word
from ..layouts.roots import identity
from ..layouts.workload_kinds import template
from ..model import Deployed, Owner, Workload
from ..spoken import plain
from ..text import Path, Remove, Spot, Unreadable, Unspliceable
from ..text.cutting import without_documents
from .after_removal import gone_along
from .dependents import dependents, dependents_of
from .edit import Edit, spliced
from .keeping_out import copies, kept_out
from .leftovers import leftovers
from .listed_elements import file_of, listed_element, made_for, of_element
from .own_folder import below, laid_bare, own_folder, used_by
from .writing import Changes

_MAX_FILES = 50


def remove_app(plan: RemoveApp, index: Index) -> Edit:
    """The edit that removes an app. Raises InputInvalid (and its subclasses), EditRefused."""
    workload = index.release(plan.name, plan.namespace, plan.kind)
    if workload.twins:
        raise deployed_twice(workload)
    _refuse_part(plan, index, workload)
    _refuse_one_of_app(plan, index, workload)
    owner = workload.owner
    changes: Changes = []
    alone = owner is not None and _is_alone(index, owner, workload)
    if owner is not None and alone and (element := listed_element(index, owner)):
        removed = dict.fromkeys(of_element(index, owner))
        changes = [(owner.path, Remove(element)), *_unlisted(index, list(removed))]
    elif owner is not None and owner.generated and alone:
        removed = dict.fromkeys(_generated(index, owner, workload))
    elif owner is not None and not owner.generated and alone and owner.keys == ():
        removed, changes = _owned(index, owner)
    else:
        removed, changes = _objects(index, workload)
    if not (removed or changes) or len(removed) > _MAX_FILES:
        raise EditRefused(
            f"I cannot tell which files belong to {workload.label} alone.",
            workload=workload.label,
            name=workload.name,
            reason="not_alone",
        )
    edited = tuple(each for each in spliced(index, changes) if each.path not in removed)
    files = tuple(
        FileChange(path=path, before=index.snapshot.files[path], after=after) for path, after in sorted(removed.items())
    )
    along = gone_along(index, workload, (*files, *edited))
    return Edit(
        target=Target(
            kind=workload.kind,
            namespace=workload.namespace,
            name=workload.name,
            path=workload.path,
            field="app",
            before="deployed",
            after="removed",
        ),
        files=(*files, *edited),
        notes=_notes(index, workload, along),
    )


def _refuse_part(plan: RemoveApp, index: Index, workload: Workload) -> None:
    """Ask where one part of a release is named and all of it would go. Raises Incomplete."""
    release, name = workload.release, plan.name.rpartition("/")[2]
    if release is None:
        return
    parts = [each for each in index.workloads if each.release == release]
    whole = set.intersection(*({*map(plain, (each.name, *each.aliases))} for each in parts))
    if len(parts) > 1 and plain(name) not in {*whole, plain(release.name)} and "(" not in name:
        raise Incomplete(
            f"{name} is a part of {release.name}. Say {release.name} if all of it is meant.",
            part=name,
            name=release.name,
            reason="of_part",
        )


def _refuse_one_of_app(plan: RemoveApp, index: Index, workload: Workload) -> None:
    """Ask where a name is that of an app, and only begins the name of a workload of it. Raises AmbiguousWorkload."""
    name = plain(plan.name.rpartition("/")[2])
    others = [
        each
        for each in index.workloads
        if each is not workload and each.namespace == workload.namespace and name in map(plain, each.aliases)
    ]
    if workload.deployed and others and plain(workload.name) == plain(f"{name}-{workload.kind}"):
        raise ambiguous(plan.name, [workload, *others])


def _notes(index: Index, workload: Workload, along: list[str]) -> tuple[Reason, ...]:
    claims = [
        each.name
        for each in index.siblings(workload)
        if each.kind == "PersistentVolumeClaim" and _is_part(index, each, workload)
    ]
    notes = [Note.ALONG.told(workloads=", ".join(along))] if along else []
    notes += [Note.CLAIMS_GO.told(claims=", ".join(claims))] if claims else []
    source = workload.deployed or (workload.release.source if workload.release else None)
    others = copies(index, source) if source else []
    if source and others:
        names = ", ".join(dict.fromkeys(f"{each.namespace}/{each.name}".lstrip("/") for each in others))
        notes.append(Note.STAYS.told(path=source.path, others=names))
    return tuple(notes)


def _source(owner: Owner) -> str:
    path = word(owner.data, "spec", "source", "path") or word(owner.data, "spec", "path")
    return normal(path) if path else ""


def _is_alone(index: Index, owner: Owner, workload: Workload) -> bool:
    """Whether an owner deploys nothing but this app, and no other owner either."""
    if any(each.parent and identity(each.parent) == identity(owner) for each in index.deployment.owners):
        return False
    others = [each for each in index.workloads if each.owner == owner and each is not workload]
    mine = workload.whole
    return all(
        (each.release is not None and each.release == workload.release) or each.name.startswith(f"{mine}-")
        for each in others
    )


def _owned(index: Index, owner: Owner) -> tuple[dict[str, bytes | None], Changes]:
    """The owner's own file, the directory that only it reads, and the entries that name them."""
    directory = _source(owner)
    found, mine = below(index, directory), identity(owner)
    alone = all(
        not _reads(each, directory) for each in index.deployment.owners if each != owner and each.name != owner.name
    ) and not any(index.deployment.readers.get(path, {mine}) - {mine} for path in found if path != owner.path)
    removed: dict[str, bytes | None] = dict.fromkeys(found) if alone else {}
    own = (path for path, readers in index.deployment.readers.items() if readers == {mine})
    removed |= dict.fromkeys(path for path in own if not _is_component(index, path))
    waiting = dependents(index, owner) if owner.kind == "Kustomization" else []
    text = index.snapshot.files[owner.path]
    for each in spliced(index, [each for each in waiting if each[0] == owner.path]):
        text = each.after or b""
    removed |= _documents(owner.path, text, {owner.document})
    removed |= dict.fromkeys(made_for(index, owner))
    changes = _unlisted(index, [path for path, after in removed.items() if after is None])
    return removed, [*changes, *waiting]


def _is_component(index: Index, path: str) -> bool:
    """Whether a file is of a component, which is there for every app, though only one may take it now."""
    listing = index.files.kustomization(posixpath.dirname(path))
    return listing is not None and word(index.files.mapping(listing), "kind") == "Component"


def _generated(index: Index, owner: Owner, workload: Workload) -> list[str]:
    """The directory or the file from which a generator makes an Application. Raises EditRefused."""
    directory = _source(owner) or owner.made_of
    if directory not in discovered(index.files, owner):
        if file := file_of(owner):
            return sorted({file, *of_element(index, owner)})
        raise EditRefused(
            f"{workload.label} is made by a generator in {owner.path}, not for a directory of its own: "
            "take it out there by hand.",
            path=owner.path,
            name=workload.name,
            reason="generated",
        )
    doomed = below(index, directory)
    mine = identity(owner)
    others = [path for path in doomed if index.deployment.readers.get(path, {mine}) - {mine}]
    if others:
        raise EditRefused(f"{others[0]} is deployed by others too.", path=others[0], reason="deployed_twice")
    return doomed


def _reads(owner: Owner, directory: str) -> bool:
    other = _source(owner)
    return bool(other) and (other == directory or other.startswith(f"{directory}/"))


def _documents(path: str, text: bytes, numbers: set[int]) -> dict[str, bytes | None]:
    """A file without some documents; None when nothing is left of it."""
    try:
        return {path: without_documents(text, numbers)}
    except (Unspliceable, Unreadable) as error:
        raise EditRefused(f"I leave {path} alone: a document of it {error}.", path=path, reason="unprovable") from error


def _objects(index: Index, workload: Workload) -> tuple[dict[str, bytes | None], Changes]:
    """The objects that bear the app's name, in the files where they stand."""
    source = workload.deployed or (workload.release.source if workload.release else None)
    if source is None:
        return {}, []
    beside = [each for each in index.siblings(workload) if each is not source and same_way(each, workload)]
    parts = [source, *(each for each in beside if each.api != "generator" and _is_part(index, each, workload))]
    shared = [each for each in parts if copies(index, each)]
    changes, doomed = _documents_of(index, [each for each in parts if each not in shared])
    left_out, emptied = kept_out(index, workload, shared)
    waiting = dependents_of(index, workload.release) if workload.release and source not in shared else []
    woken = {each.path: each.after or b"" for each in spliced(index, [each for each in waiting if each[0] in doomed])}
    removed: dict[str, bytes | None] = {}
    for path, numbers in doomed.items():
        removed |= _documents(path, woken.get(path, index.snapshot.files[path]), numbers)
    gone = [path for path, after in removed.items() if after is None]
    for path in list(gone):  # a kustomization that would build nothing goes too
        listing = index.files.kustomization(posixpath.dirname(path))
        if listing and listing not in removed and _all_gone(index, listing, gone):
            emptied.append(listing)
    for listing in dict.fromkeys(emptied):
        used = [*used_by(index, listing), *laid_bare(index, workload, listing)]
        removed |= dict.fromkeys([listing, *used])
        gone += [listing, *used]
    if not shared:
        home = own_folder(index, workload)
        removed |= dict.fromkeys(home)
        gone += home
    left, unused = leftovers(index, parts, gone)
    unlisted = _from_the_end([*left_out, *_unlisted(index, gone)])
    return removed | dict.fromkeys(unused), [*changes, *unlisted, *left, *waiting]


def _from_the_end(changes: Changes) -> Changes:
    """What is added first, then what goes, from the last entry on, so that the others keep their numbers."""
    added = [each for each in changes if not isinstance(each[1], Remove)]
    gone = [each for each in changes if isinstance(each[1], Remove)]
    return [*added, *sorted(gone, key=lambda each: -_number(each[1].spot.path))]


def _documents_of(index: Index, gone: list[Deployed]) -> tuple[Changes, dict[str, set[int]]]:
    """The items of Lists that go, and the documents, of a List when nothing is left in it."""
    items: dict[tuple[str, int], set[Path]] = {}
    doomed: dict[str, set[int]] = {}
    for each in gone:
        if each.keys:
            items.setdefault((each.path, each.document), set()).add(each.keys)
        else:
            doomed.setdefault(each.path, set()).add(each.document)
    changes: Changes = []
    for (path, document), listed in items.items():
        if len(listed) == len(entries(index.files.documents(path)[document], "items")):
            doomed.setdefault(path, set()).add(document)
        else:
            changes += [(path, Remove(Spot(document, keys))) for keys in sorted(listed, key=_number, reverse=True)]
    return changes, doomed


def _number(keys: Path) -> int:
    return int(keys[-1])


def _is_part(index: Index, found: Deployed, workload: Workload) -> bool:
    """An object with the app's name, or one whose selector or claim is the app's and nobody else's."""
    others = [each for each in index.workloads if each is not workload and each.namespace == workload.namespace]
    others = [each for each in others if each.release is None or each.release is not workload.release]
    if any(_uses(each, found) for each in others):
        return False
    name = workload.deployed.own_name if workload.deployed else workload.name
    if found.own_name == name or found.name == workload.name or _uses(workload, found):
        return True
    return word(found.data, "spec", "scaleTargetRef", "name") == name


def _uses(workload: Workload, found: Deployed) -> bool:
    """Whether a Service leads to a workload, or whether it mounts a claim."""
    if found.kind == "Service" and workload.deployed:
        labels = get(workload.deployed.data, *template(workload.deployed.kind), "metadata", "labels", default={})
        selector = get(found.data, "spec", "selector", default={})
        return bool(selector) and isinstance(labels, dict) and selector.items() <= labels.items()
    return found.kind == "PersistentVolumeClaim" and not {found.own_name, found.name}.isdisjoint(mentioned(workload))


def _all_gone(index: Index, listing: str, gone: list[str]) -> bool:
    directory = posixpath.dirname(listing)
    listed = [each for each in entries(index.files.mapping(listing), "resources") if isinstance(each, str)]
    return all(normal(posixpath.join(directory, each)) in gone for each in listed)


def _unlisted(index: Index, gone: list[str]) -> Changes:
    """The entries of kustomizations that name what goes."""
    changes: Changes = []
    directories = {
        posixpath.dirname(path) for path in gone if index.files.kustomization(posixpath.dirname(path)) == path
    }
    for listing in index.deployment.readers:
        if index.files.kustomization(posixpath.dirname(listing)) != listing or listing in gone:
            continue
        listed = entries(index.files.mapping(listing), "resources")
        for number in reversed(range(len(listed))):
            named = normal(posixpath.join(posixpath.dirname(listing), str(listed[number])))
            if named in gone or named in directories:
                changes.append((listing, Remove(Spot(0, ("resources", number)))))
    return changes
