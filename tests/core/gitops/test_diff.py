from pathlib import Path
import subprocess

from hypothesis import example, given, settings
from hypothesis import strategies as st
import pytest

from assistant_core.gitops import unified_diff
from assistant_core.models.repository import FileChange

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"\x0b\n", "é\u2028\n".encode()]), max_size=30)
TEXTS = st.builds(lambda lines, tail: b"".join(lines) + tail, LINES, st.sampled_from([b"", b"end"]))


def _applied(directory: Path, files: tuple[FileChange, ...]) -> dict[str, bytes]:
    """What `git apply` makes of the files before, given the diff."""
    for file in files:
        if file.before is not None:
            (directory / file.path).parent.mkdir(parents=True, exist_ok=True)
            (directory / file.path).write_bytes(file.before)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],  # noqa: S607 - the machine's git
        input=unified_diff(files).encode(),
        cwd=directory,
        check=True,
        env={"GIT_CEILING_DIRECTORIES": str(directory.parent), "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@settings(max_examples=60)
@given(before=TEXTS, after=TEXTS)
@example(before=b"a\n" * 300, after=b"a\n" * 150 + b"b\n" + b"a\n" * 150)
@example(before=b"a\n" * 10, after=b"a\n" * 11)
@example(before=b"a", after=b"a\n")
@example(before=b"a\na\na\na\n", after=b"b\na\na\na\na\na\n")
def test_git_takes_every_diff_and_arrives_at_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes
) -> None:
    change = FileChange(path="apps/web.yaml", before=before or None, after=after or None)
    if change.before == change.after:
        assert unified_diff([change]) == ""
        return

    expected = {} if change.after is None else {change.path: after}
    assert _applied(tmp_path_factory.mktemp("git"), (change,)) == expected


def test_a_single_edit_in_a_long_repetitive_file_stays_a_single_edit() -> None:
    before = b"  - x\n" * 5_000
    after = b"  - x\n" * 2_500 + b"  - y\n" + b"  - x\n" * 2_499

    diff = unified_diff([FileChange(path="a", before=before, after=after)])

    assert diff.count("\n-") == 1
    assert diff.count("\n+") == 2  # the line and its file's header


def test_files_stand_in_the_order_of_their_paths() -> None:
    files = [FileChange(path=path, before=b"1\n", after=b"2\n") for path in ("b", "a", "c")]

    assert unified_diff(files) == unified_diff(reversed(files))
    assert [line[6:] for line in unified_diff(files).splitlines() if line.startswith("+++")] == ["a", "b", "c"]


def test_a_missing_final_newline_is_told() -> None:
    diff = unified_diff([FileChange(path="a", before=b"x: 1", after=b"x: 2")])

    assert diff == (
        "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x: 1\n\\ No newline at end of file\n+x: 2\n\\ No newline at end of file\n"
    )


def test_a_path_cannot_pretend_to_be_another_file(tmp_path: Path) -> None:
    path = 'a\n+++ b/"evil".yaml'
    change = FileChange(path=path, before=b"1\n", after=b"2\n")

    assert [line for line in unified_diff([change]).splitlines() if line.startswith("+++")] == [
        r'+++ "b/a\012+++ b/\042evil\042.yaml"'
    ]
    assert _applied(tmp_path, (change,)) == {path: b"2\n"}
