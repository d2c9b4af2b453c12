"""A copy of the journal that is made while it is used."""

from dataclasses import replace
from pathlib import Path
from shutil import copyfile

from assistant_core.journal import SqliteJournal

from .examples import PROPOSAL

LARGE = replace(PROPOSAL, id="0", diff="+ a rather long line\n" * 5000)


async def test_a_copy_of_the_file_and_then_of_its_log_is_whole(tmp_path: Path) -> None:
    path, copy = tmp_path / "journal.db", tmp_path / "copy.db"
    journal = SqliteJournal(path)
    await journal.open()
    await journal.record(LARGE)

    await journal.hold_still()
    copyfile(path, copy)
    for number in range(1, 80):  # more than the log usually holds
        await journal.record(replace(LARGE, id=str(number)))
    copyfile(f"{path}-wal", f"{copy}-wal")
    await journal.go_on()
    await journal.record(replace(LARGE, id="after"))
    await journal.close()

    restored = SqliteJournal(copy)
    await restored.open()
    assert [each.id for each in await restored.proposals()] == [str(number) for number in range(80)]
    assert restored.set_aside is None
    await restored.close()


async def test_the_log_does_not_grow_after_a_copy_was_made(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    await journal.open()
    await journal.hold_still()
    await journal.go_on()
    for number in range(80):
        await journal.record(replace(LARGE, id=str(number)))
    assert (tmp_path / "journal.db-wal").stat().st_size < 5_000_000
    await journal.close()
