"""Our tools for every agent of Home Assistant and for its MCP server: to look and to propose, never to approve."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolAnnotations, ToolInput, ToolResult
import probatio

from .assistant_core.assistant import Utterance
from .assistant_core.assistant.tools import SPECS, HomelabTools
from .assistant_core.errors import HomelabError
from .assistant_core.models.change import Channel, Proposal
from .assistant_core.models.chat import ToolCall, ToolSpec
from .assistant_core.models.observation import Observation
from .const import DOMAIN
from .data import ClusterData
from .household import HOUSEHOLD, Household
from .office import Office
from .requester import async_requester

if TYPE_CHECKING:
    from .assistant_core.models.cluster import Workload

MOST_NAMED = 20
PROMPT = (
    "A change of the homelab that was proposed waits for an administrator, who says its code to Homelab Assistant. "
    "You cannot confirm it."
)
READS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
PROPOSES = ToolAnnotations(read_only=False, destructive=False, idempotent=False, open_world=True)
PROPOSE = "propose_change"
VALIDATORS = {
    "string": cv.string,
    "integer": probatio.Coerce(int),
    "number": probatio.Coerce(float),
    "boolean": cv.boolean,
}


@callback
def async_get_tools(hass: HomeAssistant, _: LLMContext, api_id: str) -> LLMTools | None:
    """What can be asked of the homelab; nothing while no service is set up."""
    household = hass.data.get(HOUSEHOLD)
    if api_id != LLM_API_ASSIST or household is None or household.office is None:
        return None
    tools = [HomelabTool(household, household.office, spec) for spec in SPECS]
    return LLMTools(tools=[*tools, WorkloadsTool(), ProposalsTool(household.office)], prompt=PROMPT)


class HomelabTool(Tool):
    """One of the tools that our own agent's model has."""

    integration = DOMAIN

    def __init__(self, household: Household, office: Office, spec: ToolSpec) -> None:
        self._household = household
        self._office = office
        self._spec = spec
        self.name = f"{DOMAIN}__{spec.name}"
        self.title = spec.name.replace("_", " ").capitalize()
        self.description = spec.description
        self.parameters = _schema(spec.parameters)
        self.annotations = PROPOSES if spec.name == PROPOSE else READS

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        arguments = self.parameters(tool_input.tool_args)
        channel = Channel.VOICE if llm_context.device_id else Channel.TEXT
        context = llm_context.context or Context()
        requester = await async_requester(hass, context, channel, device_id=llm_context.device_id)
        words = f"{self._spec.name} {arguments}"
        tools = HomelabTools(self._household, self._office.desk, Utterance(text=words, requester=requester))
        try:
            told = await tools.call(ToolCall(id=tool_input.id, name=self._spec.name, arguments=arguments))
        except HomelabError as error:
            return ToolResult(data={"error": str(error)}, error=True)
        proposal = _told(tools.proposal) if tools.proposal else {}
        return ToolResult(data={**told, **proposal}, error="error" in told)


class WorkloadsTool(Tool):
    """How what runs in the clusters is doing; by name only what is not well."""

    name = f"{DOMAIN}__workloads"
    title = "Workloads"
    description = "Count the workloads of the clusters, and name those of which not all pods are ready."
    annotations = READS
    integration = DOMAIN

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        clusters: dict[str, Any] = {
            entry.title: _workloads(entry.runtime_data.cluster.watch.workloads)
            for entry in hass.config_entries.async_loaded_entries(DOMAIN)
            if isinstance(entry.runtime_data, ClusterData)
        }
        return ToolResult(data={"clusters": clusters})


class ProposalsTool(Tool):
    """What waits for an administrator's yes."""

    name = f"{DOMAIN}__proposals"
    title = "Proposals"
    description = "List the proposed changes of the homelab that wait for an administrator."
    annotations = READS
    integration = DOMAIN

    def __init__(self, office: Office) -> None:
        self._office = office

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        return ToolResult(data={"proposals": [_told(each) for each in self._office.desk.awaiting]})


def _workloads(seen: Observation[tuple[Workload, ...]]) -> dict[str, Any]:
    """What was last seen, and why nothing is seen now."""
    workloads = seen.value or ()
    unwell = [each for each in workloads if each.ready < each.wanted]
    named = [f"{each.kind} {each.namespace}/{each.name}: {each.ready} of {each.wanted}" for each in unwell[:MOST_NAMED]]
    told = {"count": len(workloads), "not_ready_count": len(unwell), "not_ready": named}
    if seen.error is None:
        return told
    since = seen.since.isoformat(timespec="minutes") if seen.since else None
    return {"error": str(seen.error), "since": since, "last_known": told if seen.value is not None else {}}


def _told(proposal: Proposal) -> dict[str, Any]:
    target = proposal.target
    return {
        "code": proposal.code,
        "workload": f"{target.namespace}/{target.name}",
        "change": f"{target.field}: {target.before} to {target.after}",
        "repository": proposal.repository,
        "expires": proposal.expires.isoformat(timespec="minutes"),
    }


def _schema(parameters: Mapping[str, Any]) -> probatio.Schema:
    """The JSON schema of one of our tools as Home Assistant wants it."""
    fields = {}
    for name, schema in parameters["properties"].items():
        marker = probatio.Required if name in parameters.get("required", ()) else probatio.Optional
        validator = VALIDATORS[schema["type"]]
        if "minimum" in schema:
            validator = probatio.All(validator, probatio.Range(min=schema["minimum"]))
        fields[marker(name, description=schema.get("description"))] = validator
    return probatio.Schema(fields)
