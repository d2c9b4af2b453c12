"""Small repositories written for the tests, and what an edit does to them."""

from collections.abc import Callable, Mapping

import pytest

from assistant_core.gitops import Edit, Index, apply, unified_diff
from assistant_core.models.change import ChangePlan
from assistant_core.models.repository import Snapshot

type Changed = Callable[[Mapping[str, str], ChangePlan], list[str]]


def index_of(files: Mapping[str, str]) -> Index:
    return Index.of(Snapshot(commit="c" * 40, files={path: text.encode() for path, text in files.items()}))


def lines_of(edit: Edit) -> list[str]:
    """The changed lines of an edit, each file's name before its own."""
    shown: list[str] = []
    for line in unified_diff(edit.files).splitlines():
        if line.startswith("+++ "):
            shown.append(line.removeprefix("+++ ").removeprefix("b/"))
        elif line.startswith(("+", "-")) and not line.startswith("--- "):
            shown.append(line)
    return shown


@pytest.fixture
def index() -> Callable[[Mapping[str, str]], Index]:
    return index_of


@pytest.fixture
def edit() -> Callable[[Mapping[str, str], ChangePlan], Edit]:
    return lambda files, plan: apply(plan, index_of(files))


@pytest.fixture
def changed() -> Changed:
    """Apply a plan and show the lines that change."""
    return lambda files, plan: lines_of(apply(plan, index_of(files)))
