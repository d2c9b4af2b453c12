"""The index of one commit."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
import posixpath
import re
from typing import Self

from ...models.repository import Snapshot
from ..knobs import knobs_of
from ..knobs.claims import mounted_from_elsewhere
from ..layouts.deployment import Deployment, deployment
from ..layouts.files import Files, leaves
from ..model import Deployed, Knob, Owner, Scaler, Unread, Workload
from ..spoken import plain
from . import naming
from .evidence import Running, really_run
from .scalers import scalers
from .sharing import Sharing
from .workloads import of_objects, of_release


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What was found in one commit, in the order of the paths; `unread` are the files that were left out.

    `running` is what a live cluster runs, where one was asked.
    """

    snapshot: Snapshot
    workloads: tuple[Workload, ...]
    scalers: tuple[Scaler, ...]
    unread: tuple[Unread, ...]
    files: Files = field(repr=False)
    deployment: Deployment = field(repr=False)
    sharing: Sharing = field(repr=False)
    running: tuple[Running, ...] = ()

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Follow a commit from its roots; whatever cannot be read is listed, never guessed."""
        files = Files(snapshot.files)
        found = deployment(files)
        workloads: dict[object, Workload] = {}
        unread = list(found.unread)
        for each in of_objects(found.objects):
            if isinstance(each, Unread):
                unread.append(each)
            else:
                own = each.kind, each.name, each.namespace
                _add(workloads, (each.path, each.document, *own, each.way, each.cluster), each)
        for release in found.releases:
            for each in of_release(release):
                called = release.chart, each.name, each.namespace, each.part
                _add(workloads, (each.path, each.document, *called, each.way, each.cluster), each)
        known = tuple(sorted(workloads.values(), key=lambda each: (each.path, each.document, each.name)))
        return cls(
            snapshot=snapshot,
            workloads=known,
            scalers=tuple(scalers(found.objects)),
            unread=tuple(dict.fromkeys(unread)),
            files=files,
            deployment=found,
            sharing=Sharing(known, found.releases, found.objects, files),
        )

    def find(
        self, name: str, namespace: str | None = None, kind: str | None = None, *, kinds: tuple[str, ...] = ()
    ) -> Workload:
        """The one workload of that name, however it is written; of several, those of `kinds` are meant.

        Raises UnknownWorkload, AmbiguousWorkload.
        """
        found = self.candidates(name, namespace, kind)
        found = [each for each in found if each.kind in kinds] or found
        if len(found) > 1:
            found = really_run(found, self.running) or found
        if len(found) > 1:
            raise naming.ambiguous(name, found)
        return found[0]

    def candidates(self, name: str, namespace: str | None = None, kind: str | None = None) -> list[Workload]:
        """Every workload that answers to the name. Raises UnknownWorkload."""
        name = name.strip()
        namesakes = naming.matching(self.workloads, name)
        if not namesakes and "/" in name and namespace is None:
            namespace, _, name = name.partition("/")
            namesakes = naming.matching(self.workloads, name)
        found = naming.narrowed(namesakes, namespace, kind)
        found = found or naming.matching(naming.narrowed(list(self.workloads), namespace, kind), name)
        if not found:
            named = (naming.of_operator(each, each.name) for each in self.named(name, namespace, kind))
            if known := next(filter(None, named), None):
                raise known
            raise naming.unknown(name, self.workloads, namesakes, self._looked(name))
        for each in found:
            naming.refuse_one_of_twins(each, namespace or each.namespace)
        return found

    def named(self, name: str, namespace: str | None, kind: str | None) -> list[Deployed]:
        """Every object of that name, whatever it is, or of a label that tells it apart from its namesakes."""
        return [
            each
            for each in self.deployment.objects
            if plain(name) in map(plain, (each.name, each.own_name, f"{each.namespace}/{each.name} ({each.kind})"))
            and (kind is None or plain(kind) == plain(each.kind))
            and (namespace is None or plain(namespace) == plain(each.namespace))
        ]

    def release(self, name: str, namespace: str | None = None, kind: str | None = None) -> Workload:
        """As `find`, where the parts of one release are one. Raises UnknownWorkload, AmbiguousWorkload."""
        wanted = plain(name)
        found = self.candidates(name, namespace, kind)
        of_operators = [each for each in self.workloads if each.is_custom and each.release and each not in found]
        found += naming.narrowed(naming.matching(of_operators, name), namespace, kind)
        found = (really_run(found, self.running) if len(found) > 1 else []) or found
        whole = {
            (
                *(each.path, each.document, each.release.version if each.release else each.name, each.way),
                each.owner.name if each.owner else "",
            ): each
            for each in found[::-1]
        }
        if len(whole) > 1:
            of_chart = [each for each in whole.values() if each.release and plain(each.release.chart) == wanted]
            if len(of_chart) == 1:
                return of_chart[0]
            raise naming.ambiguous(name, list(whole.values())[::-1])
        return found[0]

    def of_chart(self, name: str, namespace: str | None = None) -> list[Workload]:
        """A workload of every release of the chart that is called so, or whose source is."""
        found = {
            (each.path, each.document, each.namespace, each.way, each.release.name): each
            for each in self.workloads
            if each.release is not None and plain(name) in map(plain, each.release.known_as)
        }
        return naming.narrowed(list(found.values()), namespace, None)

    def environments(self) -> list[str]:
        """The clusters and folders that tell workloads of one name apart."""
        named: dict[str, list[set[str]]] = defaultdict(list)
        for each in self.workloads:
            found = each.deployed or (each.release.source if each.release else None)
            named[found.own_name if found else each.name].append({each.cluster, *naming.places(each)})
        several = [places for places in named.values() if len(places) > 1]
        return sorted(
            {place for one, *others in several for place in one.union(*others) - one.intersection(*others)} - {""}
        )

    def knobs(self, workload: Workload) -> tuple[Knob, ...]:
        """Every place that decides about a workload, strongest first; those that others read too say so."""
        near = self.siblings(workload)
        far = mounted_from_elsewhere(workload, self.sharing.claims) if self.sharing.claims else []
        found = knobs_of(workload, self.files, [*near, *far])
        return tuple(replace(each, shared_by=self.others(each, workload) or each.shared_by) for each in found)

    def others(self, knob: Knob, workload: Workload) -> tuple[str, ...]:
        """The workloads that would follow a change of a place, though it is not meant for them."""
        return self.sharing.others(knob, workload)

    def siblings(self, workload: Workload) -> list[Deployed]:
        """The objects that are deployed together with a workload."""
        owner = workload.owner
        near: dict[bool, list[Deployed]] = defaultdict(list)
        for each in self.deployment.objects:
            same_owner = _identity(each.owner) == _identity(owner)
            near[same_owner and (not workload.namespace or each.namespace in ("", workload.namespace))].append(each)
        return near[True] if owner is not None else self._of_one_build(near[True], workload)

    def _of_one_build(self, found: list[Deployed], workload: Workload) -> list[Deployed]:
        """Of what somebody applies from several overlays of one base, what the workload's own one builds."""
        own = workload.deployed
        if own is None or not own.overlays:
            return found
        same = [each for each in found if (each.path, each.document, each.keys) == (own.path, own.document, own.keys)]
        if len(same) == 1:
            return found
        return [each for each in found if not each.overlays or each.overlays[-1].path == own.overlays[-1].path]

    def belonging(self, workload: Workload) -> list[Deployed]:
        """The siblings that are about this workload: by their name, by speaking of it, or as the only one near it."""
        names = {workload.name, workload.deployed.own_name if workload.deployed else workload.name}
        folder = posixpath.dirname(workload.path)
        alone = all(posixpath.dirname(each.path) != folder or each.label == workload.label for each in self.workloads)
        return [
            each
            for each in self.siblings(workload)
            if not names.isdisjoint((each.name, each.own_name))
            or any(value in names for _, value in leaves(each.data) if isinstance(value, str))
            or (alone and posixpath.dirname(each.path) == folder)
        ]

    def scaler(self, workload: Workload) -> Scaler | None:
        """What decides over the workload's replicas instead of its own manifest."""
        names = {workload.name, workload.deployed.own_name if workload.deployed else workload.name}
        known = (replace(workload, name=name) for name in sorted(names))
        return next((each for one in known for each in self.scalers if each.scales(one)), None)

    def _looked(self, name: str) -> str:
        """A file that speaks of the name and was left out, or else where we looked."""
        word = re.compile(rb"(?<![\w-])" + re.escape(name.encode(errors="replace")) + rb"(?![\w-])", re.IGNORECASE)
        for each in self.unread:
            in_path = name.casefold() in each.path.casefold()
            if name and each.path in self.snapshot.files and (in_path or word.search(self.snapshot.files[each.path])):
                return f" {each.path} mentions it, but that file {each.reason}."
        for path, data in self.snapshot.files.items():
            if name and path.endswith((".tf", ".tfvars", ".hcl")) and word.search(data):
                return f" {path} mentions it, but in Terraform I change only the hardware of virtual machines."
        count = len({each.path for each in self.workloads})
        return f" I looked through {len(self.workloads)} workloads in {count} files."


def _add(known: dict[object, Workload], key: object, found: Workload) -> None:
    """Take a workload in; one that is there already, by another owner, has a twin."""
    first = known.setdefault(key, found)
    owners = [_identity(each) for each in (first.owner, *first.twins)]
    if found.owner is not None and first.owner is not None and _identity(found.owner) not in owners:
        known[key] = replace(first, twins=(*first.twins, found.owner))


def _identity(owner: Owner | None) -> tuple[object, ...] | None:
    return (owner.path, owner.document, owner.keys, owner.name) if owner else None
