"""What stands in for a language model: a few rules over the words it was given. It says so when asked anything else.

It answers from a tool's result, fills a schema from the words, calls the tool that the words name, or quotes the line
of its system prompt that has most words in common with the question.
"""

from dataclasses import dataclass
import json
import re
from typing import Any

CANNED = (
    "I am a small script of rules, not a language model."
    " Ask me about findings or the GPU, or tell me to scale a workload."
)
ANSWER_LIMIT = 400
COMMON_WORDS = 2
LONG_WORD = 4
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# Words of a question, and what the name of the tool that answers it contains.
TOOL_RULES = (
    (r"\b(scale|replicas?|propose|change|restart)\b", ("propose", "scale")),
    (r"\b(findings?|wrong|problems?|issues?|broken|failing|cluster)\b", ("finding",)),
    (r"\b(gpu|graphics|vram|temperature|hot|health|healthy|hub|models?)\b", ("gpu", "health", "status")),
)
NAME = re.compile(
    r"\b(?:scale|restart|set|run|deployment|called)\s+(?:the\s+|deployment\s+)*([a-z0-9][a-z0-9-]*)", re.IGNORECASE
)
NAMESPACE = re.compile(r"\bin\s+(?:the\s+)?(?:namespace\s+)?([a-z0-9][a-z0-9-]*)", re.IGNORECASE)
NUMBER = re.compile(rf"(?<![\w-])(-?\d+|{'|'.join(NUMBERS)})\b", re.IGNORECASE)
SLOTS = {"name": NAME, "workload": NAME, "deployment": NAME, "namespace": NAMESPACE}


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the model says in one turn.

    A tool call is `{"name", "arguments"}` with an optional `id`. Only a scripted turn fails: with `status` the error
    comes before the first chunk, otherwise as the last line; without `done` the stream just ends, `stall` keeps it
    open in silence, and `endless` says the content again and again.
    """

    content: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    tool_calls: tuple[dict[str, Any], ...] = ()
    done_reason: str = "stop"
    status: int | None = None
    error: str | None = None
    done: bool = True
    stall: bool = False
    endless: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Turn:
        """Build a turn from the control port's JSON; raises TypeError for what it does not know."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**fields)

    @classmethod
    def saying(cls, text: str) -> Turn:
        """A turn that says `text` word by word."""
        return cls(content=tuple(re.findall(r"\s*\S+", text)))


def answer(messages: list[dict[str, Any]], tools: list[dict[str, Any]], schema: Any) -> Turn:
    """What the rules say to a conversation; `schema` is the request's `format`."""
    words = next((str(m.get("content") or "") for m in reversed(messages) if m.get("role") == "user"), "")
    if schema:
        return Turn.saying(json.dumps(fill(schema, words) if isinstance(schema, dict) else {"answer": CANNED}))
    if messages[-1].get("role") == "tool":
        return Turn.saying(_from_results(messages))
    for pattern, stems in TOOL_RULES:
        if re.search(pattern, words, re.IGNORECASE) and (tool := _offered(tools, stems)):
            arguments = fill(tool.get("parameters") or {"type": "object"}, words)
            return Turn(tool_calls=({"name": tool["name"], "arguments": arguments},))
    return Turn.saying(_from_instructions(messages, words) or CANNED)


def fill(schema: dict[str, Any], words: str, name: str = "") -> Any:
    """A value of the JSON schema, taken from the words where they have one; `name` is the property it is for."""
    value = _found(schema, words, name)
    return _made_up(schema, words, name) if value is None else value


def _found(schema: dict[str, Any], words: str, name: str) -> Any:
    """The value that the words themselves name, None when they name none."""
    if "enum" in schema:
        return next((value for value in schema["enum"] if str(value).lower() in words.lower()), None)
    if _type(schema) in {"integer", "number"} and (number := NUMBER.search(words)):
        return NUMBERS.index(number[1].lower()) if number[1].isalpha() else int(number[1])
    if _type(schema) == "string" and name in SLOTS and (match := SLOTS[name].search(words)):
        return match[1].lower()
    return None


def _made_up(schema: dict[str, Any], words: str, name: str) -> Any:
    """The simplest value that the schema allows."""
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return fill(options[0], words, name)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    value: Any = words
    match _type(schema):
        case "object":
            required = schema.get("required", [])
            value = {
                key: fill(inner, words, key)
                for key, inner in schema.get("properties", {}).items()
                if key in required or _found(inner, words, key) is not None
            }
        case "array":
            value = [fill(schema.get("items", {}), words, name)] * schema.get("minItems", 0)
        case "integer" | "number":
            value = schema.get("minimum", 0)
        case "boolean":
            value = False
        case "null":
            value = None
    return value


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    return str(next((k for k in kind if k != "null"), "null") if isinstance(kind, list) else kind)


def _offered(tools: list[dict[str, Any]], stems: tuple[str, ...]) -> dict[str, Any] | None:
    functions: list[dict[str, Any]] = [tool["function"] for tool in tools]
    return next((f for stem in stems for f in functions if stem in f["name"].lower()), None)


def _from_results(messages: list[dict[str, Any]]) -> str:
    results: list[str] = []
    for message in reversed(messages):
        if message.get("role") != "tool":
            break
        results.insert(0, str(message.get("content") or ""))
    return _shortened(" ".join(_spoken(_parsed(result)) for result in results)) or "The tool said nothing."


def _from_instructions(messages: list[dict[str, Any]], words: str) -> str | None:
    asked = _long_words(words)
    lines = [line.strip() for m in messages if m.get("role") == "system" for line in str(m.get("content")).splitlines()]
    best = max(lines, key=lambda line: len(asked & _long_words(line)), default="")
    return f"I was told: {_shortened(best)}" if len(asked & _long_words(best)) >= COMMON_WORDS else None


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9-]+", text.lower()) if len(word) >= LONG_WORD}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _spoken(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{key} {_spoken(item)}" for key, item in value.items() if item not in (None, "", [], {}))
        case list():
            return "; ".join(map(_spoken, value)) or "none"
        case _:
            return str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= ANSWER_LIMIT else f"{text[:ANSWER_LIMIT].rsplit(' ', 1)[0]} ..."
