"""Does the whole work of one side (`ours`, `theirs`) in a fresh interpreter; prints the MB that it took at its peak."""

from dataclasses import replace
from pathlib import Path
import sys

from benchmarks.engine.repository import FILES, large_repository
from benchmarks.engine.work import our_whole, their_whole


def main() -> None:
    """Work, then tell. What both import is loaded before; a small piece of work loads what comes at first use."""
    snapshot = large_repository()
    small = {path: snapshot.files[path] for path in list(snapshot.files)[: FILES // 50]}
    their_whole(small)
    our_whole(replace(snapshot, files=small))
    before = _peak()
    if sys.argv[1] == "ours":
        our_whole(large_repository(1))
    else:
        their_whole(snapshot.files)
    print((_peak() - before) / 1024)


def _peak() -> int:
    """The most that was resident since the start, in KiB; what getrusage tells is inherited from the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
