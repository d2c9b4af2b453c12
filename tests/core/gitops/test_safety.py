import pytest

from assistant_core.gitops import Index
from assistant_core.gitops.text import values
from assistant_core.models.repository import Snapshot


def _reason(data: bytes) -> str:
    index = Index.of(Snapshot(commit="c" * 40, files={"apps/app.yaml": data}))
    assert not index.workloads
    return " ".join(unread.reason for unread in index.unread)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 30_000, "is nested deeper than 64 levels (line 1)"),
        ("{a: " * 30_000, "is nested deeper than 64 levels (line 1)"),
        ("- " * 30_000, "is nested deeper than 64 levels (line 1)"),
        ("- a\n" * 30_000, "has more than 20000 parts"),
        ("a: " + "x" * 300_000, "is larger than 256 KiB"),
        ("a: &a 1\nb: [" + "*a, " * 101 + "]", "uses more than 100 aliases"),
        ("a: &a [*a]", "has an alias to what is not there or not yet complete (line 1)"),
        ("a: *b", "has an alias to what is not there or not yet complete (line 1)"),
        ("a: !!python/object:os.system x", "uses the tag 'tag:yaml.org,2002:python/object:os.system' (line 1)"),
        ("a: !secret b", "uses the tag '!secret' (line 1)"),
        ("replicas: {{ .Values.replicas }}", "is a template (line 1)"),
        ("{{- if .Values.enabled }}\na: 1\n{{- end }}", "is a template (line 1)"),
        ("a: {% if x %}1{% endif %}", "is a template"),
        ("? [a, b]\n: c", "has a key that is not a plain word (line 1)"),
        ("a: 1\n\tb: 2", "is indented with a tab (line 2)"),
        ("a: 1\nb: \u2028 c: 2", "has a line break that not every reader takes for one (line 2)"),
        ("a: 'b", "is not valid YAML (line 1)"),
        ("a: \x07", "has characters that YAML does not allow"),
        ("data: x\nsops:\n  mac: ENC[AES256_GCM]\n", "is encrypted with SOPS"),
    ],
)
def test_a_file_that_is_not_plain_harmless_yaml_is_left_out_with_the_reason(text: str, reason: str) -> None:
    assert _reason(text.encode()) == reason


def test_aliases_that_multiply_are_stopped_before_they_are_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    assert _reason("\n".join(lines).encode()) == "expands its aliases to more than 100000 values"


def test_bytes_that_are_not_utf8_are_left_out() -> None:
    assert _reason("name: Küche".encode("latin-1")) == "is not UTF-8 text"


def test_braces_inside_quotes_and_blocks_are_no_template() -> None:
    assert _reason(b'a: "{{ $labels.pod }}"\nb: |\n  {{ $value }}\n# {{ comment }}\n') == ""


def test_a_key_may_be_what_an_alias_names() -> None:
    assert values(b"&x kind: Deployment\nname: *x\n") == ({"kind": "Deployment", "name": "kind"},)
