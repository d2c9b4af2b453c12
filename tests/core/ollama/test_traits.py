"""What a model's details say about how to ask it."""

import pytest

from assistant_core.models.hub import ModelDetails, ToolPlace
from assistant_core.ollama import read_traits
from demo.ollama_models import TEMPLATES, Layout


def details(template: str = "", *capabilities: str) -> ModelDetails:
    return ModelDetails(name="m", capabilities=frozenset(capabilities), template=template, context_length=8192)


def test_capabilities_are_what_the_server_says() -> None:
    traits = read_traits(details("", "completion", "tools", "vision"))
    assert (traits.tools, traits.vision, traits.thinking, traits.context_length) == (True, True, False, 8192)
    assert not read_traits(details("{{ .Tools }}", "completion")).tools


@pytest.mark.parametrize(
    ("template", "place"),
    [
        (TEMPLATES[Layout.SYSTEM], "system"),
        (TEMPLATES[Layout.LAST_USER_MESSAGE], "last_user"),
        ("{{ .Prompt }}", "system"),
        ("", "system"),
        ("{{- if .Tools }}<tools>{{ range .Tools }}{{ . }}{{ end }}</tools>{{ end }}{{ .System }}", "system"),
        ("{{ if .Messages }}{{ .Tools }}{{ range .Messages }}{{ .Content }}{{ end }}{{ end }}", "system"),
        (
            (
                "{{ if or .System .Tools }}S{{ if .Tools }}You can use tools.{{ end }}{{ end }}"
                '{{ range $i, $_ := .Messages }}{{ if eq .Role "user" }}{{ if $.Tools }}'
                "{{ range $.Tools }}{{ . }}{{ end }}{{ end }}{{ end }}{{ end }}"
            ),
            "last_user",
        ),
        (
            (
                '{{- range $index, $_ := .Messages }}{{ if eq .Role "system" }}S{{ else if eq .Role "user" }}'
                "{{ if and (le (len (slice $.Messages $index)) 2) $.Tools }}{{ $.Tools }}{{ end }}{{ end }}{{ end }}"
            ),
            "last_user",
        ),
        ('{{ range .Messages }}{{ if eq .Role "system" }}{{ json $.Tools }}{{ end }}{{ end }}', "system"),
        ('{{ range .Messages }}{{ if eq .Role "system" }}S{{ else }}{{ $.Tools }}{{ end }}{{ end }}', "last_user"),
        ("{{ range .Messages }}{{ range .ToolCalls }}{{ . }}{{ end }}{{ end }}{{ .Tools }}", "system"),
        ("{{ end }}{{ end }}{{ else }}{{ range .Messages }}{{ .Tools", "system"),
    ],
)
def test_the_template_tells_where_the_tools_go(template: str, place: ToolPlace) -> None:
    assert read_traits(details(template, "tools")).tools_in == place
