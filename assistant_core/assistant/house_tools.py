"""The tool that looks up what the words did not already bring into the prompt."""

from collections.abc import Mapping
from typing import Any, override

from ..models.chat import ToolCall, ToolSpec
from ..ports import House, ToolBox
from .relevance import Relevance, shown

MOST_FOUND = 20
MOST_AREAS = 30

SPEC = ToolSpec(
    name="lookup",
    description="Look up things of the house by name, room or kind.",
    parameters={
        "type": "object",
        "properties": {"words": {"type": "string"}},
        "required": ["words"],
    },
)


class HouseTools(ToolBox):
    """Finds things of a house by words."""

    def __init__(self, house: House, relevance: Relevance) -> None:
        self._house = house
        self._relevance = relevance

    @override
    def specs(self) -> tuple[ToolSpec, ...]:
        return (SPEC,)

    @override
    async def call(self, call: ToolCall) -> Mapping[str, Any]:
        found = self._relevance.search(call.arguments["words"]).best(MOST_FOUND + 1)
        if not found:
            areas = sorted({entity.area for entity in self._relevance.entities if entity.area})
            return {"found": "nothing", "areas": areas[:MOST_AREAS]}
        lines = [shown(entity, self._house.state(entity.entity_id)) for entity in found[:MOST_FOUND]]
        return {"found": lines, **({"more": True} if len(found) > MOST_FOUND else {})}
