"""Pages of the documentation made from what the code ships: entities, actions, events, options, sentences, log.

MkDocs calls `on_files` while it builds (`hooks` in mkdocs.yml), so these pages cannot be out of date.
"""

import ast
from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPONENT = ROOT / "custom_components" / "homelab_assistant"
CORE = ROOT / "assistant_core"
SENTENCES = CORE / "speech" / "sentences"
SAID = ROOT / "docs" / "sentences.yaml"
LANGUAGES = {"en": "English", "de": "Deutsch"}


def pages() -> dict[str, str]:
    """The Markdown of every page by its path below docs/."""
    texts = json.loads((COMPONENT / "translations" / "en.json").read_text(encoding="utf-8"))
    actions = yaml.safe_load((COMPONENT / "services.yaml").read_text(encoding="utf-8"))
    return {
        "reference/entities.md": "\n".join(_entities(texts["entity"])),
        "reference/actions.md": "\n".join(_actions(texts["services"], actions)),
        "reference/events.md": "\n".join(_events(texts["entity"]["event"])),
        "reference/options.md": "\n".join(_options(texts["options"]["step"])),
        "reference/sentences.md": "\n".join(_sentences()),
        "reference/log.md": "\n".join(_log()),
    }


def on_files(files: Any, config: Any) -> Any:
    """Add the pages to the site."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - the tests have no MkDocs

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def _entities(platforms: Mapping[str, Any]) -> Iterator[str]:
    yield "# Entities\n"
    yield "Each entry makes one device. An entity's id begins with the device's name, such as `sensor.ai_hub_...`.\n"
    for platform, entities in platforms.items():
        yield f"## {_title(platform)}\n"
        yield "| name | key | states and attributes |\n|---|---|---|"
        for key, entity in sorted(entities.items()):
            attributes = entity.get("state_attributes", {})
            told = [*entity.get("state", {}).values(), *(each.get("name", "") for each in attributes.values())]
            yield f"| {entity.get('name', '')} | `{key}` | {', '.join(filter(None, told))} |"
        yield ""
    yield "## Conversation and AI task\n"
    yield "A hub has a conversation agent (`conversation.homelab_assistant`) and, if you add one, an AI task."


def _actions(texts: Mapping[str, Any], actions: Mapping[str, Any]) -> Iterator[str]:
    yield "# Actions\n"
    yield "Call them from automations and scripts, or try them under Developer tools → Actions.\n"
    for name, action in actions.items():
        told, fields = texts[name], (action or {}).get("fields", {})
        yield f"## {told['name']}\n\n`homelab_assistant.{name}`: {told['description']}\n"
        if not fields:
            continue
        yield "| field | needed | what it is | example |\n|---|---|---|---|"
        for field, about in fields.items():
            needed = "yes" if about.get("required") else ""
            example = f"`{about['example']}`" if "example" in about else ""
            yield f"| `{field}` | {needed} | {told['fields'][field]['description']} | {example} |"
        yield ""


def _events(entities: Mapping[str, Any]) -> Iterator[str]:
    yield "# Events\n"
    yield (
        "Event entities tell automations what happens. What happened stands in the attribute `event_type`; "
        "Home Assistant's logbook has a line for each.\n"
    )
    for key, entity in entities.items():
        yield f"## {entity['name']}\n\n`{key}`\n\n| `event_type` | meaning |\n|---|---|"
        states = entity.get("state_attributes", {}).get("event_type", {}).get("state", {})
        yield from (f"| `{event}` | {meaning} |" for event, meaning in states.items())
        yield ""


def _options(steps: Mapping[str, Any]) -> Iterator[str]:
    yield "# All options\n"
    yield "**Settings → Devices & services → Homelab Assistant**, the cog beside an entry. [In short](../options.md).\n"
    for step in steps.values():
        yield f"## {step['title']}\n"
        for part in (step, *step.get("sections", {}).values()):
            if "name" in part:
                yield f"### {part['name']}\n\n{part.get('description', '')}\n"
            if "data" in part:
                yield "| option | meaning |\n|---|---|"
                yield from (f"| {name} | {part['data_description'][key]} |" for key, name in part["data"].items())
                yield ""


def _sentences() -> Iterator[str]:
    yield "# Sentences\n"
    yield (
        "What is understood without a model, in milliseconds, also while the AI hub is off. Small words may be left "
        "out, and polite ones added. Everything else goes to the model. A household can add "
        "[sentences of its own](../voice.md#sentences-of-your-own); the forms are written as Home Assistant's are: "
        "`[this may be missing]`, `(one|or the other)`, `{a name or a number}`, `<a rule>`.\n"
    )
    spoken = {each: yaml.safe_load((SENTENCES / f"{each}.yaml").read_text(encoding="utf-8")) for each in LANGUAGES}
    for intent, about in yaml.safe_load(SAID.read_text(encoding="utf-8")).items():
        yield f"## {about['title']}\n"
        for language, name in LANGUAGES.items():
            yield f"**{name}:** {' · '.join(f'“{each}”' for each in about[language])}\n"
        yield f'??? note "All forms of {intent}"\n'
        for rules in spoken.values():
            yield "    ```text"
            yield from (f"    {each}" for data in rules["intents"][intent]["data"] for each in data["sentences"])
            yield "    ```\n"


def _log() -> Iterator[str]:
    yield "# Log\n"
    yield (
        "Every event is one line that begins with an id in brackets. The id stays the same from version to version, so "
        "that you can search for it and count it. No secret is in a line. To see those of level debug as well, enable "
        "debug logging on the page of the integration; on the command line, begin with `homelab-assistant --debug`.\n"
    )
    yield "| id | level | line |\n|---|---|---|"
    yield from (f"| `{event}` | {level} | {told} |" for event, level, told in sorted(logged()))


def logged() -> set[tuple[str, str, str]]:
    """The id, the level and the words of every event that the code writes to the log."""
    events: set[tuple[str, str, str]] = set()
    for path in (*CORE.rglob("*.py"), *COMPONENT.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="_EVENTS"), attr=level),
                    args=[ast.Constant(value=str(event)), ast.Constant(value=str(told)), *about],
                ):
                    events.add((event, level, told % tuple("…" for _ in about)))
                case ast.Assign(targets=[ast.Name(id="SERVICE_EVENTS")], value=ast.Dict(keys=levels, values=names)):
                    told = "(in the words of Home Assistant, which asks the services)"
                    for key, name in zip(levels, names, strict=True):
                        events.add((ast.literal_eval(name), ast.unparse(key).removeprefix("logging.").lower(), told))
    return events


def _title(platform: str) -> str:
    return platform.replace("_", " ").capitalize() + "s"
