"""Undoing a merged change: the inverse of our own edit, on today's files, confirmed like any other."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
import pytest

from assistant_core.change import ChangeDesk
from assistant_core.change.events import Merged
from assistant_core.change.pull_request import draft
from assistant_core.change.reverting import inverse
from assistant_core.errors import ApprovalRefused, EditRefused, InputInvalid, PolicyRefused, Unchanged
from assistant_core.guard import Policy
from assistant_core.journal import SqliteJournal
from assistant_core.models.change import Proposal, ProposalState, RemoveApp, Risk
from assistant_core.models.left_alone import LeftAlone
from assistant_core.models.repository import FileChange, PullRequestStatus, Snapshot
from tests.core.change.memory import ANNA, BEN, REPOSITORY, Clock, MemoryForge, manifest, scale
from tests.core.change.test_states import PROPOSAL


async def _merged(desk: ChangeDesk, forge: MemoryForge) -> Proposal:
    """A change that a person merged, in the repository and in the book."""
    await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    opened = await desk.approve(requester=ANNA)
    assert opened.opened is not None
    forge.files["jellyfin.yaml"] = opened.files[0].after or b""
    status = PullRequestStatus(pull_request=opened.opened, merge_commit="e" * 40)
    return await desk._book.move(opened, Merged(status, opened.expires))


async def test_undoing_waits_for_a_yes_and_becomes_a_pull_request_of_its_own(
    desk: ChangeDesk, forge: MemoryForge
) -> None:
    merged = await _merged(desk, forge)
    forge.files["jellyfin.yaml"] += b"# a note of today\n"

    proposal = await desk.propose_revert(BEN, hash=merged.hash, words="undo that")

    assert proposal.state is ProposalState.AWAITING
    assert proposal.reverts == merged.id
    assert (proposal.target.before, proposal.target.after) == ("3", "1")
    assert "-  replicas: 3\n+  replicas: 1\n" in proposal.diff
    assert len(forge.opened) == 1
    opened = await desk.approve(requester=BEN, hash=proposal.hash)
    assert opened.state is ProposalState.OPEN
    assert "- It undoes an earlier change of ours\n" in draft(opened, opened.created).body
    assert opened.files[0].after == merged.files[0].before + b"# a note of today\n"
    assert len(forge.opened) == 2


async def test_what_was_removed_comes_back_with_its_old_sins_but_never_where_nothing_may_be_changed(
    desk: ChangeDesk, forge: MemoryForge
) -> None:
    sinful = manifest("jellyfin").replace(b"image:", b"securityContext: {privileged: true}\n        image:")
    forge.files["jellyfin.yaml"] = sinful
    await desk.propose(RemoveApp(name="jellyfin"), ANNA, words="remove jellyfin")
    opened = await desk.approve(requester=ANNA)
    assert opened.opened is not None
    del forge.files["jellyfin.yaml"]
    status = PullRequestStatus(pull_request=opened.opened, merge_commit="e" * 40)
    merged = await desk._book.move(opened, Merged(status, opened.expires))

    desk.settings = replace(desk.settings, left_alone={REPOSITORY: LeftAlone(paths=("jellyfin.yaml",))})
    with pytest.raises(PolicyRefused, match="paths"):
        await desk.propose_revert(ANNA, hash=merged.hash, words="undo that")

    desk.settings = replace(desk.settings, left_alone={}, policy=Policy(max_lines=3))
    undoing = await desk.propose_revert(ANNA, hash=merged.hash, words="undo that")
    assert undoing.files == (FileChange(path="jellyfin.yaml", before=None, after=sinful),)
    assert undoing.risk is not Risk.LOW


async def test_undoing_is_planned_again_when_the_base_moved(desk: ChangeDesk, forge: MemoryForge) -> None:
    merged = await _merged(desk, forge)
    proposal = await desk.propose_revert(ANNA, hash=merged.hash, words="undo that")
    forge.files["jellyfin.yaml"] = forge.files["jellyfin.yaml"].replace(b"replicas: 3", b"replicas: 4")

    with pytest.raises(EditRefused, match=r"Somebody changed the same lines of jellyfin.yaml since"):
        await desk.approve(requester=ANNA, hash=proposal.hash)
    assert len(forge.opened) == 1


async def test_what_was_never_merged_cannot_be_undone(desk: ChangeDesk) -> None:
    waiting = await desk.propose(scale(), ANNA, words="")
    with pytest.raises(InputInvalid, match="was never merged"):
        await desk.propose_revert(ANNA, hash=waiting.hash, words="undo that")
    await desk.approve(requester=ANNA)
    with pytest.raises(InputInvalid, match="close its pull request"):
        await desk.propose_revert(ANNA, hash=waiting.hash, words="undo that")
    with pytest.raises(ApprovalRefused, match="There is no such proposal"):
        await desk.propose_revert(ANNA, hash="0" * 64, words="undo that")


async def test_what_is_undone_already_is_not_undone_again(desk: ChangeDesk, forge: MemoryForge) -> None:
    merged = await _merged(desk, forge)
    forge.files["jellyfin.yaml"] = merged.files[0].before or b""

    with pytest.raises(Unchanged, match="is 1 already"):
        await desk.propose_revert(ANNA, hash=merged.hash, words="undo that")


async def test_undoing_outlives_a_restart(
    desk: ChangeDesk, forge: MemoryForge, journal: SqliteJournal, clock: Clock
) -> None:
    merged = await _merged(desk, forge)
    proposal = await desk.propose_revert(ANNA, hash=merged.hash, words="undo that")
    await desk.close()

    after = ChangeDesk(journal, clock=clock, tended=False)
    await after.load()
    after.attach(REPOSITORY, forge)
    assert (await after.approve(requester=ANNA, hash=proposal.hash)).state is ProposalState.OPEN


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c: 1\n", b"d\r\n"]), max_size=8)


@given(before=LINES, after=LINES, above=LINES, below=LINES)
def test_lines_elsewhere_stay_as_they_are_today(
    before: list[bytes], after: list[bytes], above: list[bytes], below: list[bytes]
) -> None:
    """Whatever was added at the ends since: either exactly our edit is undone, or nothing is."""
    old, new = b"<\n" + b"".join(before) + b">\n", b"<\n" + b"".join(after) + b">\n"
    today = b"".join(above) + new + b"".join(below)
    change = replace(PROPOSAL, files=(FileChange(path="a.yaml", before=old, after=new),))
    snapshot = Snapshot(commit="c" * 40, files={"a.yaml": today})

    try:
        edit = inverse(change, snapshot)
    except EditRefused:
        return
    result = edit.files[0].after if edit.files else today
    assert result in (
        b"".join(above) + old + b"".join(below),
        today if old == new else None,
        old if today == new else None,
    )


@pytest.mark.parametrize(
    ("before", "after", "today", "undone"),
    [
        (None, b"new\n", b"new\n", None),
        (b"old\n", None, None, b"old\n"),
        (b"a\nb\n", b"a\nc\n", b"a\nc\nd\n", b"a\nb\nd\n"),
        (b"a\nb", b"a\nc", b"0\na\nc", b"0\na\nb"),
    ],
)
def test_files_that_came_or_went_are_undone_too(
    before: bytes | None, after: bytes | None, today: bytes | None, undone: bytes | None
) -> None:
    change = replace(PROPOSAL, files=(FileChange(path="a.yaml", before=before, after=after),))
    files = {} if today is None else {"a.yaml": today}

    (edited,) = inverse(change, Snapshot(commit="c" * 40, files=files)).files

    assert (edited.before, edited.after) == (today, undone)


@pytest.mark.parametrize(
    ("before", "after", "today"),
    [
        (None, b"new\n", b"changed\n"),
        (b"old\n", None, b"there again\n"),
        (b"a\nb\n", b"a\nc\n", None),
        (b"a\nb\n", b"a\nc\n", b"a\nx\n"),
        (b"a\nb\nz\n", b"a\nc\nz\n", b"a\nc\nbetween\nz\n"),
    ],
)
def test_lines_that_somebody_touched_are_left_alone(
    before: bytes | None, after: bytes | None, today: bytes | None
) -> None:
    change = replace(PROPOSAL, files=(FileChange(path="a.yaml", before=before, after=after),))
    files = {} if today is None else {"a.yaml": today}

    with pytest.raises(EditRefused, match=r"Somebody changed the same lines of a.yaml"):
        inverse(change, Snapshot(commit="c" * 40, files=files))
