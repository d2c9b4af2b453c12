"""Our own tools for a model: two to look, one to propose. None can approve, none can reach anything that does."""

from collections.abc import Callable, Mapping
import re
from typing import Any, cast, override

from ..errors import AmbiguousWorkload, InputInvalid, NotFound, UnknownWorkload
from ..models.change import ChangePlan, Proposal
from ..models.chat import ToolCall, ToolSpec
from ..models.finding import Finding
from ..models.observation import Observation
from ..models.plan import (
    Restart,
    Resume,
    SetChartVersion,
    SetEnv,
    SetImage,
    SetReplicas,
    SetResources,
    SetStorage,
    Suspend,
)
from ..models.wish import Amount, Measure, Wish
from ..ports import Desk, Homelab, ToolBox
from ..speech.text import plain
from .events import Question, Utterance

MOST_FINDINGS = 20
TEXT_LENGTH = 300
_NOTHING: Mapping[str, Any] = {"type": "object", "properties": {}}

_SLOTS: Mapping[str, tuple[type[Any], str]] = {
    "replicas": (SetReplicas, "replicas"),
    "tag": (SetImage, "tag"),
    "storage": (SetStorage, "size"),
    "chart": (SetChartVersion, "version"),
}
_CHANGES = (*_SLOTS, "memory", "cpu", "env", "restart", "suspend")
_HARDWARE: tuple[Measure, ...] = ("cpu", "memory", "storage")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]i?)?B?")

SPECS = (
    ToolSpec(name="findings", description="List open problems.", parameters=_NOTHING),
    ToolSpec(name="health", description="Show the hub and GPUs.", parameters=_NOTHING),
    ToolSpec(
        name="propose_change",
        description="Prepare a change.",
        parameters={
            "type": "object",
            "properties": {
                "workload": {"type": "string"},
                "replicas": {"type": "integer", "minimum": 0},
                "tag": {"type": "string"},
                "memory": {"type": "string"},
                "cpu": {"type": "string"},
                "storage": {"type": "string"},
                "env": {"type": "string"},
                "restart": {"type": "boolean"},
                "chart": {"type": "string"},
                "suspend": {"type": "boolean"},
            },
            "required": ["workload"],
        },
    ),
)


class HomelabTools(ToolBox):
    """The tools of one turn; `proposal` is what the model proposed in it, `question` what it must ask back for that."""

    def __init__(self, homelab: Homelab, desk: Desk, utterance: Utterance) -> None:
        self._homelab = homelab
        self._propose = desk.propose
        self._utterance = utterance
        self.proposal: Proposal | None = None
        self.question: Question | None = None

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        return SPECS

    @override
    async def call(self, call: ToolCall) -> Mapping[str, Any]:
        match call.name:
            case "findings":
                return self._findings()
            case "health":
                return self._health()
            case "propose_change":
                return await self._propose_change(call.arguments)
            case _:
                raise NotFound(f"There is no tool called {call.name}.")

    def _findings(self) -> Mapping[str, Any]:
        observation = self._homelab.findings()
        return _told(observation, lambda findings: {
            "count": len(findings),
            "findings": [
                {
                    "object": _object(finding),
                    "problem": plain("; ".join(finding.errors), TEXT_LENGTH),
                    "explanation": plain(finding.explanation, TEXT_LENGTH),
                }
                for finding in findings[:MOST_FINDINGS]
            ],
        })  # fmt: skip

    def _health(self) -> Mapping[str, Any]:
        return {
            "hub": _told(self._homelab.hub(), lambda hub: {
                "version": hub.version,
                "loaded_models": [model.name for model in hub.loaded],
                "installed_models": [model.name for model in hub.installed],
            }),
            "graphics_cards": _told(self._homelab.gpus(), lambda cards: {
                card.name: {
                    "temperature_celsius": card.temperature,
                    "utilisation": card.utilisation,
                    "memory_used_bytes": card.memory_used,
                    "memory_total_bytes": card.memory_total,
                    "power_watts": card.power,
                }
                for card in cards
            }),
        }  # fmt: skip

    async def _propose_change(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        plan = _plan(arguments)
        words = self._utterance.text
        try:
            self.proposal = await self._proposed(plan, arguments)
        except AmbiguousWorkload as error:
            self.question = Question(plan=plan, candidates=error.candidates, words=words, slot=error.slot)
            raise
        return {
            "proposed": f"{self.proposal.target.name}: {self.proposal.target.before} to {self.proposal.target.after}"
        }

    async def _proposed(self, plan: ChangePlan, arguments: Mapping[str, Any]) -> Proposal:
        """What the desk makes of a plan; hardware of what is no workload is that of a machine."""
        requester, words = self._utterance.requester, self._utterance.text
        try:
            return await self._propose(plan, requester, words=words)
        except UnknownWorkload:
            if (machine := _of_machine(arguments)) is None:
                raise
            return await self._propose(machine, requester, words=words)


def _object(finding: Finding) -> str:
    """What a finding is about: a Result may have any text in place of a name."""
    return plain("/".join(filter(None, (finding.kind, finding.namespace, finding.name))), TEXT_LENGTH)


def _plan(arguments: Mapping[str, Any]) -> ChangePlan:
    """The one change that the arguments ask for. Raises InputInvalid for none or several."""
    space, _, name = arguments["workload"].rpartition("/")  # small models write "namespace/name" unasked
    namespace = arguments.get("namespace") or space or None
    asked = {key: value for key, value in arguments.items() if key in _CHANGES}
    if asked and asked.keys() <= {"memory", "cpu"}:
        memory, cpu = asked.get("memory"), asked.get("cpu")
        return SetResources(name=name, namespace=namespace, memory_limit=memory, cpu_limit=cpu)
    match list(asked.items()):
        case [("restart", True)]:
            return Restart(name=name, namespace=namespace)
        case [("suspend", bool(suspended))]:
            return (Suspend if suspended else Resume)(name=name, namespace=namespace)
        case [("env", str(env))] if "=" in env:
            variable, _, value = env.partition("=")
            return SetEnv(name=name, namespace=namespace, variable=variable.strip(), value=value.strip())
        case [(key, value)] if key in _SLOTS:
            plan, slot = _SLOTS[key]
            return cast("ChangePlan", plan(name=name, namespace=namespace, **{slot: value}))
        case _:
            raise InputInvalid(f"Propose exactly one of {', '.join(_CHANGES)}; env is NAME=value.")


def _of_machine(arguments: Mapping[str, Any]) -> Wish | None:
    """The same arguments as a wish for a machine's hardware; None for anything else."""
    asked = {key: _AMOUNT.fullmatch(str(arguments[key]).strip()) for key in _HARDWARE if key in arguments}
    amounts = tuple(
        Amount(of=key, number=float(match[1]), unit=match[2] or "") for key, match in asked.items() if match
    )
    if not amounts or len(amounts) < len(asked):
        return None
    return Wish(operation="set_vm", name=arguments["workload"], amounts=amounts)


def _told[T](observation: Observation[T] | None, tell: Callable[[T], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What a service last said, and why it says nothing now."""
    if observation is None:
        return {"error": "not set up"}
    known = {} if observation.value is None else tell(observation.value)
    if observation.error is None:
        return known
    since = observation.since.isoformat(timespec="minutes") if observation.since else None
    return {"error": str(observation.error), "since": since, "last_known": known}
