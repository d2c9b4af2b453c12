"""A household whose changes meet every fault of a forge, and the table of what became of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
import json
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.homelab_assistant.assistant_core.change import Backoff, ChangeDesk
from custom_components.homelab_assistant.assistant_core.models.change import Proposal, ProposalState, Step
from custom_components.homelab_assistant.household import HOUSEHOLD
from demo.faults import FaultKind, FaultProxy
from demo.gitea import GiteaSimulator
from demo.github import GitHubSimulator
from tests.component.conftest import DOMAIN, PATIENCE, wait_for

TITLE = "what becomes of a change when the forge fails"
HEADER = ("fault", "end state", "branches", "pull requests", "what was said")


def answered(status: int, message: str = "", **headers: str) -> dict[str, Any]:
    """A fault that answers like that."""
    return {"kind": FaultKind.STATUS, "status": status, "body": json.dumps({"message": message}), "headers": headers}


FAILING_ONCE = (
    ("silence after the work", {"kind": FaultKind.HANG, "after": 1}, 3),
    ("connection cut after the work", {"kind": FaultKind.CUT}, 10),
    ("answer truncated", {"kind": FaultKind.CUT, "after": 60}, 10),
    ("502", answered(502), 10),
)
"""How a write fails that the server may have done, and the seconds of silence until that is noticed."""

SELDOM = Backoff(timedelta(minutes=5), timedelta(minutes=5))
"""Looks that leave a server to those who write."""


def _stands(desk: ChangeDesk, proposal: Proposal) -> Proposal:
    return next(each for each in desk.proposals if each.id == proposal.id)


@dataclass
class Changes:
    """What people ask for and approve while things fail; every change asks for another number of pods."""

    hass: HomeAssistant
    entry: ConfigEntry
    github: GitHubSimulator | GiteaSimulator
    proxy: FaultProxy
    user: str
    record: Callable[[str, object], None]
    _asked: int = field(default=1, init=False)

    @property
    def desk(self) -> ChangeDesk:
        return self.hass.data[HOUSEHOLD].office.desk

    def now(self, proposal: Proposal) -> Proposal:
        """The proposal as it stands."""
        return _stands(self.desk, proposal)

    async def act(self, action: str, **data: Any) -> Any:
        context = Context(user_id=self.user)
        return await self.hass.services.async_call(
            DOMAIN, action, data, blocking=True, context=context, return_response=True
        )

    async def propose(self, name: str = "jellyfin") -> Proposal:
        self._asked += 1
        await self.act("propose_change", name=name, replicas=self._asked)
        return self.desk.awaiting[-1]

    async def approve(self, proposal: Proposal) -> str:
        """Say yes; what was answered."""
        office = self.hass.data[HOUSEHOLD].office  # which may be closed when the answer comes
        try:
            await self.act("approve_change", hash=proposal.hash)
        except HomeAssistantError as error:
            return str(error)
        return office.speech[0].phrases.say_proposal(_stands(office.desk, proposal))

    async def until(self, proposal: Proposal, *states: ProposalState) -> Proposal:
        """Wait until a proposal stands in one of these states."""
        return await wait_for(self.hass, proposal, *states)

    async def settled(self, proposal: Proposal) -> Proposal:
        """Wait until nothing more will happen to a proposal."""
        async with self._moves(proposal) as moved:
            while not self.now(proposal).settled:
                await moved.get()
        return self.now(proposal)

    async def has_been(self, proposal: Proposal, step: Step) -> None:
        """Wait until something has happened to a proposal, whatever has happened since."""
        async with self._moves(proposal) as moved:
            while step not in {line.step for line in await self.desk.history(proposal)}:
                await moved.get()

    @asynccontextmanager
    async def _moves(self, proposal: Proposal) -> AsyncIterator[asyncio.Queue[Proposal]]:
        """Every move of every proposal; fails when the one that is meant does not move on."""
        moved: asyncio.Queue[Proposal] = asyncio.Queue()
        stop = self.desk.subscribe(moved.put_nowait)
        try:
            async with asyncio.timeout(PATIENCE):
                yield moved
        except TimeoutError:
            raise AssertionError(f"It stands at {self.now(proposal).state}.") from None
        finally:
            stop()

    async def restart(self) -> None:
        """Close the journal and everything on it, and begin again."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def branches(self, proposal: Proposal) -> list[str]:
        refs = await self.github.hub.store.refs()
        return [name for name in refs if name.endswith(proposal.hash[:8])]

    def pulls(self, proposal: Proposal) -> list[Any]:
        return [pull for pull in self.github.hub.pulls if pull.head.endswith(proposal.hash[:8])]

    async def end(
        self, fault: str, proposal: Proposal, said: str, *states: ProposalState, branches: int = 1, pulls: int = 1
    ) -> Proposal:
        """Put a line into the table, and hold that it ended so, with that many branches and pull requests."""
        now = await self.until(proposal, *states)
        found = len(await self.branches(proposal)), len(self.pulls(proposal))
        self.record(TITLE, (fault, now.state.value, str(found[0]), str(found[1]), said))
        assert found == (branches, pulls), fault
        assert said, fault
        return now
