"""What a plan comes to, and how several changes become the files of one edit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
import re

import orjson

from ...errors import EditRefused
from ...models.change import Target
from ...models.notes import Note
from ...models.reasons import Reason
from ...models.repository import FileChange
from ..index import Index
from ..index.naming import deployed_twice
from ..knobs.choosing import refuse_filled
from ..knobs.pods import RESOURCES
from ..layouts.files import JSON, leaves
from ..model import Confidence, Knob, Release, Topic, Workload
from ..text import Remove, Set, Unreadable, Unspliceable, edited
from .anchored import shared
from .new_patches import as_patches
from .writing import Changes

_AUTOMATED = b"$imagepolicy"
_GENERATED = re.compile(rb"do not (edit|modify)", re.IGNORECASE)
_HEAD = 5
"""The lines at the top of a file in which it says where it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a plan comes to; no files when it is so already. `notes` are to be said along."""

    target: Target
    files: tuple[FileChange, ...]
    notes: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Draft:
    """Collects the changes of an edit and what is to be said of them; `alone`: one container of a workload is meant."""

    index: Index
    alone: bool = False
    changes: Changes = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def change(self, path: str, *changes: Set | Remove) -> None:
        """Plan changes of a file."""
        self.changes += [(path, change) for change in changes]

    def fill(self, workload: Workload, variable: Knob, value: str) -> None:
        """Plan the change of a variable of a Flux Kustomization; who else takes it is told."""
        if workload.twins:
            raise deployed_twice(workload)
        self.change(variable.path, Set(variable.spot, value))
        used = re.compile(rf"\$\{{{re.escape(str(variable.spot.path[-1]))}(?![A-Za-z0-9_])")
        near = [each for each in self.index.workloads if each is not workload and each.owner == workload.owner]
        found = [each.label for each in near if any(used.search(text) for text in _texts(each, workload))]
        if found:
            self.notes.append(Note.READERS.told(workloads=", ".join(found)))

    def shared(self, workload: Workload, knob: Knob, change: Set | Remove) -> Set | Remove:
        """The change of a knob, with whatever shares its value by an anchor; who does is told."""
        if isinstance(change, Remove):
            return change
        change, readers = shared(self.index, workload, knob, change, alone=self.alone)
        if readers:
            self.notes.append(Note.READERS.told(workloads=", ".join(dict.fromkeys(readers.values()))))
        return change

    def turn(self, workload: Workload, knob: Knob, *changes: Set | Remove) -> None:
        """Plan changes of the file of a knob; one that is guessed, or may be set out of sight, says so."""
        refuse_filled(workload, knob)
        self.change(knob.path, *changes)
        self.tell_others(workload, knob)
        release = workload.release
        if release is None or knob.is_set:
            return
        self.notes += [Note.OUT_OF_SIGHT.told(secret=each, field=knob.field) for each in release.secrets]
        if knob.confidence is Confidence.LIKELY:
            if release.taken is not None:
                _refuse_untaken(workload, release, knob)
                return
            self.notes.append(Note.GUESSED.told(chart=release.chart or workload.name, field=knob.field))

    def tell_others(self, workload: Workload, knob: Knob) -> None:
        """Say which other workloads of the same chart its templates give the same value."""
        if workload.release is None or not workload.release.rendered:
            return
        near = [each for each in self.index.workloads if each.release is workload.release and each is not workload]
        places = {each.label: {(one.path, one.spot) for one in self.index.knobs(each)} for each in near}
        found = [label for label, known in places.items() if (knob.path, knob.spot) in known]
        if found:
            self.notes.append(Note.READERS.told(workloads=", ".join(found)))

    def edit(self, target: Target) -> Edit:
        """Carry the changes out. Raises EditRefused."""
        files = tuple(spliced(self.index, as_patches(self.index, self.changes, target)))
        if any(_automated(file) for file in files):
            self.notes.append(Note.AUTOMATED.told())
        self.notes += [Note.GENERATED.told(path=file.path) for file in files if _is_generated(file)]
        return Edit(target=target, files=files, notes=tuple(dict.fromkeys(self.notes)))


def _texts(other: Workload, workload: Workload) -> Iterator[str]:
    """The texts from which one workload is made, of one release only those that are not the other's."""
    layers = [each.data for each in other.release.layers] if other.release else []
    for data in [other.deployed.data] if other.deployed else layers:
        for keys, value in leaves(data):
            if isinstance(value, str) and not (other.release == workload.release and workload.part in keys):
                yield value


def _refuse_untaken(workload: Workload, release: Release, knob: Knob) -> None:
    """A value that no template of a chart in the repository speaks of changes nothing."""
    starts = [each.spot.path for each in release.layers if each.path == knob.path]
    start = next((each for each in starts if knob.spot.path[: len(each)] == each), ())
    keys = knob.spot.path[len(start) :]
    if not any(keys[: len(each)] == each[: len(keys)] for each in release.taken or ()):
        raise EditRefused(
            f"The templates of the chart {release.chart} do not take {'.'.join(map(str, keys))}, so setting it for "
            f"{workload.label} would change nothing.",
            workload=workload.label,
            name=workload.name,
            reason="not_taken",
        )


def spliced(index: Index, changes: Changes) -> Iterable[FileChange]:
    """The files after the changes; what stays as it was is left out. Raises EditRefused."""
    for path in dict.fromkeys(path for path, _ in changes):
        before = index.snapshot.files[path]
        after = before
        for each, change in changes:
            if each != path:
                continue
            try:
                after = edited(after, change)
            except (Unspliceable, Unreadable) as error:
                what = "it" if isinstance(error, Unreadable) else ".".join(map(str, change.spot.path))
                raise EditRefused(f"I leave {path} alone: {what} {error}.", path=path, reason="unprovable") from error
        if path.endswith(JSON) and after != before:
            _refuse_broken(path, after)
        if after != before:
            yield FileChange(path=path, before=before, after=after)


def _refuse_broken(path: str, after: bytes) -> None:
    """What YAML takes may be no JSON any more: a key without quotes. Raises EditRefused."""
    try:
        orjson.loads(after)
    except orjson.JSONDecodeError as error:
        raise EditRefused(
            f"I leave {path} alone: I change values that stand in JSON already, but add none. Add it by hand first.",
            path=path,
            reason="new_in_json",
        ) from error


def _is_generated(file: FileChange) -> bool:
    """Whether a file says of itself that it is not to be edited."""
    head = (file.before or b"").splitlines()[:_HEAD]
    return any(line.startswith(b"#") and _GENERATED.search(line) for line in head)


def _automated(file: FileChange) -> bool:
    after = set((file.after or b"").splitlines())
    return any(_AUTOMATED in line and line not in after for line in (file.before or b"").splitlines())


def target_of(workload: Workload, knob: Knob, before: str, after: str) -> Target:
    """The workload and the place that changes."""
    return Target(
        kind=workload.kind,
        namespace=workload.namespace,
        name=workload.name,
        path=knob.path,
        field=_field(knob),
        before=before,
        after=after,
    )


def _field(knob: Knob) -> str:
    """What decides; a new entry of an overlay, and a parameter of Argo CD, is told by what it is about."""
    if not (knob.form.is_of_overlay or (is_parameter(knob) and knob.topic is not Topic.RESTART)):
        return knob.field
    return ".".join(("resources", *RESOURCES[knob.topic])) if knob.topic in RESOURCES else knob.topic.value


def is_parameter(knob: Knob) -> bool:
    """Whether it is a parameter of a chart, whose own name stands beside it."""
    return knob.spot.path[-3:-2] == ("parameters",)


def refuse_template(workload: Workload, knob: Knob) -> None:
    """Refuse what something else fills in."""
    text = knob.value if isinstance(knob.value, str) else ""
    if "{{" in text or "${" in text:
        raise EditRefused(
            f"I leave {knob.path} alone: {knob.field} of {workload.label} is filled in from {text[:60]!r}.",
            path=knob.path,
            reason="filled_in",
        )
