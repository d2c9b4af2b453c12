"""The engine's benchmark works on what it says, and counts what it says."""

from assistant_core.gitops import Index
from assistant_core.guard import Trust
from benchmarks.engine.lines import touched
from benchmarks.engine.repository import CHANGED, FILES, large_repository, next_commit
from benchmarks.engine.work import our_edit, our_judgement


def test_the_repository_has_a_thousand_files_of_which_every_app_is_found() -> None:
    snapshot = large_repository()
    index = Index.of(snapshot)
    assert len(snapshot.files) == FILES == 1_000
    assert {each.release is None for each in index.workloads} == {True, False}
    assert len(index.workloads) == 170


def test_a_salt_leaves_no_file_as_it_was_and_a_commit_all_but_one() -> None:
    snapshot = large_repository()
    assert not set(snapshot.files.values()) & set(large_repository(1).files.values())
    after = next_commit(snapshot, 2)
    assert [path for path in snapshot.files if after.files[path] != snapshot.files[path]] == [CHANGED]


def test_the_change_that_is_measured_is_one_line_and_accepted() -> None:
    snapshot = large_repository()
    (file,) = our_edit(Index.of(snapshot)).files
    assert file.path == CHANGED
    assert touched(file.before or b"", file.after or b"") == 1
    assert our_judgement((file,), Trust.of(snapshot.files))
