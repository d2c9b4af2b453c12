"""The models a simulated Ollama can have, and how each turns a conversation into a prompt.

Nothing here thinks: a model is its facts (size, capabilities, where its template puts the tools). The names end in
`-demo-rules` because a script of rules answers for it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
import hashlib
import json
from typing import Any

DEFAULT_MODELS = ("llama3.1:8b-demo-rules", "qwen2.5-coder:7b-demo-rules")
MODIFIED = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)
BYTES_PER_TOKEN = 4


class Layout(StrEnum):
    """Where a template puts the tools; the prompt's unchanged beginning is what the server can reuse."""

    SYSTEM = "system"
    LAST_USER_MESSAGE = "last_user_message"


TEMPLATES = {
    Layout.SYSTEM: """\
{{- if or .System .Tools }}<|im_start|>system
{{ .System }}
{{- if .Tools }}
# Tools
{{- range .Tools }}
{{ . }}
{{- end }}
{{- end }}<|im_end|>
{{ end }}
{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}{{ range .ToolCalls }}
{{ . }}{{ end }}<|im_end|>
{{ end }}<|im_start|>assistant
""",
    Layout.LAST_USER_MESSAGE: """\
{{- if .System }}<|im_start|>system
{{ .System }}<|im_end|>
{{ end }}
{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1 }}<|im_start|>{{ .Role }}
{{- if and (eq .Role "user") $.Tools $last }}
{{- range $.Tools }}
{{ . }}
{{- end }}
{{- end }}
{{ .Content }}{{ range .ToolCalls }}
{{ . }}{{ end }}<|im_end|>
{{ end }}<|im_start|>assistant
""",
}


@dataclass(frozen=True, kw_only=True)
class Family:
    """What the models of one architecture have in common; `context` in tokens."""

    name: str
    parameters: str
    context: int
    layout: Layout
    capabilities: tuple[str, ...]


FAMILIES = {
    "llama3": Family(
        name="llama",
        parameters="8.0B",
        context=131_072,
        layout=Layout.LAST_USER_MESSAGE,
        capabilities=("completion", "tools"),
    ),
    "qwen2.5": Family(
        name="qwen2",
        parameters="7.6B",
        context=32_768,
        layout=Layout.SYSTEM,
        capabilities=("completion", "tools", "insert"),
    ),
    "qwen3": Family(
        name="qwen3",
        parameters="8.2B",
        context=40_960,
        layout=Layout.SYSTEM,
        capabilities=("completion", "tools", "thinking"),
    ),
    "gemma3": Family(
        name="gemma3", parameters="268.10M", context=32_768, layout=Layout.SYSTEM, capabilities=("completion",)
    ),
}


@dataclass(frozen=True)
class Model:
    """A model on the disk; `size` in bytes."""

    name: str
    family: Family = field(repr=False)
    size: int = 4_920_753_328

    @classmethod
    def named(cls, name: str) -> Model:
        """The model of that name, with the facts of its family; an unknown family is taken for Llama's."""
        known = (family for prefix, family in FAMILIES.items() if name.startswith(prefix))
        return cls(name, next(known, FAMILIES["llama3"]))

    @property
    def digest(self) -> str:
        """The manifest's digest."""
        return hashlib.sha256(self.name.encode()).hexdigest()

    def details(self) -> dict[str, Any]:
        """The `details` of every listing."""
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family.name,
            "families": [self.family.name],
            "parameter_size": self.family.parameters,
            "quantization_level": "Q4_K_M",
        }

    def listing(self) -> dict[str, Any]:
        """An entry of `/api/tags`."""
        return {
            "name": self.name,
            "model": self.name,
            "modified_at": MODIFIED.isoformat().replace("+00:00", "Z"),
            "size": self.size,
            "digest": self.digest,
            "details": self.details(),
        }

    def show(self) -> dict[str, Any]:
        """The answer of `/api/show`."""
        family = self.family
        return {
            "modelfile": f"# a script of rules, not a language model\nFROM {self.name}\n",
            "template": TEMPLATES[family.layout],
            "details": self.details(),
            "model_info": {
                "general.architecture": family.name,
                "general.file_type": 15,
                f"{family.name}.context_length": family.context,
            },
            "capabilities": list(family.capabilities),
            "modified_at": MODIFIED.isoformat().replace("+00:00", "Z"),
        }

    def render(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> bytes:
        """The prompt, as its template writes it."""
        offered = "".join(f"\n{json.dumps(tool, separators=(',', ':'))}" for tool in tools)
        in_system = self.family.layout is Layout.SYSTEM
        parts = []
        if in_system and offered and not any(message.get("role") == "system" for message in messages):
            messages = [{"role": "system", "content": ""}, *messages]
        for index, message in enumerate(messages):
            role, content = message.get("role"), message.get("content") or ""
            calls = "".join(f"\n{json.dumps(call)}" for call in message.get("tool_calls") or ())
            if in_system and role == "system":
                content += f"\n# Tools{offered}" if offered else ""
            elif not in_system and role == "user" and index == len(messages) - 1:
                content = f"{offered}\n{content}"
            parts.append(f"<|im_start|>{role}\n{content}{calls}<|im_end|>\n")
        return ("".join(parts) + "<|im_start|>assistant\n").encode()

    def fit(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]], context: int) -> tuple[bytes, int]:
        """The prompt and its tokens after the oldest messages were dropped in silence, as Ollama does."""
        kept = list(messages)
        while True:
            prompt = self.render(kept, tools)
            tokens = -(-len(prompt) // BYTES_PER_TOKEN)
            oldest = next((at for at, message in enumerate(kept[:-1]) if message.get("role") != "system"), None)
            if tokens <= context or oldest is None:
                return prompt, tokens
            del kept[oldest]
