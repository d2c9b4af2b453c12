"""What live clusters tell of a repository's workloads before a change is worked out. Without them the files hold."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from ..errors import HomelabError
from ..logs import EventLog
from ..models.repository import FileChange

if TYPE_CHECKING:
    from ..gitops import Index
    from ..guard import Policy, Shapes

_EVENTS = EventLog(__name__)
_PATIENCE = 5.0
"""Seconds; somebody waits for the proposal."""


class Evidence(Protocol):
    """A cluster that can be asked."""

    async def known(self, index: Index) -> Index:
        """The index with what runs and who sets replicas. Raises HomelabError."""

    async def shapes(self, changes: Sequence[FileChange]) -> Shapes | None:
        """The shapes of the kinds that a change brings; None when it does not show them. Raises HomelabError."""


class Witnesses:
    """The clusters of a household. Of several nobody knows which one a change is for, so only one alone is asked."""

    def __init__(self) -> None:
        self._all: list[Evidence] = []

    def attach(self, evidence: Evidence) -> Callable[[], None]:
        """Ask this one, too; returns how to stop."""
        self._all.append(evidence)
        return lambda: self._all.remove(evidence)

    async def known(self, index: Index) -> Index:
        """The index with what the cluster tells; as it is when that does not answer in time."""
        if len(self._all) == 1:
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await self._all[0].known(index)
            except (HomelabError, TimeoutError) as error:
                _tell(error)
        return index

    async def policy(self, changes: Sequence[FileChange], policy: Policy | None) -> Policy | None:
        """The policy with the cluster's shapes; as it is when that does not answer in time."""
        if len(self._all) == 1:
            try:
                async with asyncio.timeout(_PATIENCE):
                    shapes = await self._all[0].shapes(changes)
            except (HomelabError, TimeoutError) as error:
                _tell(error)
            else:
                return _with(policy, shapes) if shapes else policy
        return policy


def _with(policy: Policy | None, shapes: Shapes) -> Policy:
    from ..guard import Policy  # noqa: PLC0415 - loaded by the first wish, as in `asking`

    return replace(policy or Policy(), shapes=shapes)


def _tell(error: HomelabError | TimeoutError) -> None:
    why = str(error) or "it takes too long"
    _EVENTS.info("change-without-cluster", "The cluster was not asked about a change: %s", why)
