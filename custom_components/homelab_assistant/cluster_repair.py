"""The fix flow of a finding: what is wrong, what a model says of it, and what can be done."""

from datetime import timedelta
import textwrap
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.components.repairs.models import RepairsFlowResult
from homeassistant.util import dt as dt_util

from .assistant_core.errors import HomelabError
from .assistant_core.models.change import Channel, Requester
from .assistant_core.models.finding import Finding
from .assistant_core.speech.text import plain
from .cluster_fixes import Fix, fixes, form, plan, subject
from .const import DOMAIN
from .data import ClusterData, RepositoryData

LATER = timedelta(days=1)
LONGEST_TEXT = 2000
NARROW = 42  # characters; what a phone shows of a block without scrolling


class FindingFlow(RepairsFlow):
    """Shows a finding, and asks for the change that may mend it: a person still has to say yes to that."""

    def __init__(self, entry_id: str, finding_id: str) -> None:
        self._entry_id = entry_id
        self._finding_id = finding_id

    @property
    def _cluster(self) -> ClusterData | None:
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        data = getattr(entry, "runtime_data", None)
        return data if isinstance(data, ClusterData) else None

    async def async_step_init(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        finding = _found(self._cluster, self._finding_id) if self._cluster else None
        if finding is not None and finding.explanation:
            return await self.async_step_explained()
        return await self.async_step_unexplained()

    async def async_step_explained(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show a finding that a model explained."""
        return self._menu("explained")

    async def async_step_unexplained(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show a finding that nobody explained."""
        return self._menu("unexplained")

    def _menu(self, step_id: str) -> RepairsFlowResult:
        finding = _found(self._cluster, self._finding_id) if self._cluster else None
        if finding is None:
            return self.async_create_entry(data={})  # it cleared meanwhile
        has_repository = any(
            isinstance(entry.runtime_data, RepositoryData)
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
        )
        return self.async_show_menu(
            step_id=step_id,
            menu_options=[*(fixes(finding) if has_repository else ()), "snooze", "dismiss"],
            description_placeholders={
                "name": plain(subject(finding).name, LONGEST_TEXT),
                "subject": _one_line(finding),
                "errors": _block("\n".join(finding.errors)),
                "explanation": _block(finding.explanation),
            },
        )

    async def async_step_image(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for another tag."""
        return await self._async_propose(Fix.IMAGE, user_input)

    async def async_step_memory(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for another limit."""
        return await self._async_propose(Fix.MEMORY, user_input)

    async def async_step_memory_request(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for another request."""
        return await self._async_propose(Fix.MEMORY_REQUEST, user_input)

    async def async_step_replicas(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for another number of pods."""
        return await self._async_propose(Fix.REPLICAS, user_input)

    async def async_step_restart(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask whether it shall be restarted."""
        return await self._async_propose(Fix.RESTART, user_input)

    async def async_step_storage_class(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for another storage class."""
        return await self._async_propose(Fix.STORAGE_CLASS, user_input)

    async def async_step_snooze(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say nothing of it until tomorrow."""
        if cluster := self._cluster:
            try:
                await cluster.cluster.watch.snooze(self._finding_id, dt_util.utcnow() + LATER)
            except HomelabError as error:
                return self._failed(cluster, error)
        return self.async_create_entry(data={})

    async def async_step_dismiss(self, _: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say nothing of it while it is what it is."""
        if cluster := self._cluster:
            try:
                await cluster.cluster.watch.dismiss(self._finding_id)
            except HomelabError as error:
                return self._failed(cluster, error)
        return self.async_create_entry(data={})

    async def _async_propose(self, fix: Fix, user_input: dict[str, Any] | None) -> RepairsFlowResult:
        """Hand the change desk a draft; the issue stays until the finding clears."""
        cluster = self._cluster
        finding = _found(cluster, self._finding_id) if cluster else None
        if cluster is None or finding is None:
            return self.async_create_entry(data={})
        message, phrases = "", cluster.office.speech[0].phrases
        if user_input is not None:
            requester = Requester(channel=Channel.REPAIRS)
            words = f"{_one_line(finding)}: {fix.value}"
            draft = plan(fix, finding, user_input, cluster.cluster.watch)
            try:
                proposal = await cluster.office.desk.propose(draft, requester, words=words)
            except HomelabError as error:
                message = phrases.say_error(error)
            else:
                told = {
                    "change": plain(phrases.say_change(proposal.target, proposal.plan), LONGEST_TEXT),
                    "code": phrases.say_codes(proposal.code),
                }
                return self.async_abort(reason="proposed", description_placeholders=told)
        return self.async_show_form(
            step_id=fix.value,
            data_schema=self.add_suggested_values_to_schema(form(fix, finding, cluster.cluster.watch), user_input),
            errors={"base": "refused"} if message else None,
            description_placeholders={"subject": _one_line(finding), "message": message},
        )

    def _failed(self, cluster: ClusterData, error: HomelabError) -> RepairsFlowResult:
        message = cluster.office.speech[0].phrases.say_error(error)
        return self.async_abort(reason="failed", description_placeholders={"message": message})


def _found(cluster: ClusterData, finding_id: str) -> Finding | None:
    watch = cluster.cluster.watch
    return next((each for each in (*watch.findings, *watch.silenced) if each.id == finding_id), None)


def _one_line(finding: Finding) -> str:
    about = subject(finding)
    return plain(f"{about.kind} {'/'.join(filter(None, (finding.namespace, about.name)))}", LONGEST_TEXT)


def _block(text: str) -> str:
    """Text from elsewhere as a block that shows it as it is: no link, no picture, no heading can come of it."""
    lines = text[:LONGEST_TEXT].replace("```", "'''").splitlines()
    broken = (textwrap.fill(line, NARROW, break_long_words=False, break_on_hyphens=False) for line in lines)
    return f"```\n{'\n'.join(broken)}\n```"
