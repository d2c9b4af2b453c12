"""Many checks and reviews in a word, however a forge lists them."""

from collections.abc import Iterable, Mapping

from ..models.repository import ChecksState, ReviewState

_MAX_NAMES = 20
_MAX_NAME = 80


def checks_of(results: Iterable[tuple[str, ChecksState]]) -> tuple[ChecksState, tuple[str, ...]]:
    """The checks' state together and the names of those that failed; a name is the forge's, so it is cut."""
    known = list(results)
    states = {state for _, state in known}
    failed = tuple(" ".join(name.split())[:_MAX_NAME] for name, state in known if state is ChecksState.FAILURE)
    for state in (ChecksState.FAILURE, ChecksState.PENDING, ChecksState.SUCCESS):
        if state in states:
            return state, failed[:_MAX_NAMES]
    return ChecksState.NONE, ()


def review_of(latest: Mapping[str, ReviewState]) -> ReviewState:
    """The reviewers' last words together."""
    for state in (ReviewState.CHANGES_REQUESTED, ReviewState.APPROVED):
        if state in latest.values():
            return state
    return ReviewState.NONE
