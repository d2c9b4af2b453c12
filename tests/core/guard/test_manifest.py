"""YAML as Kubernetes reads it, and what is refused before it is read."""

from typing import Any

import pytest

from assistant_core.manifest import load
from assistant_core.yaml_scan import Unreadable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("Yes", True),
        ("off", False),
        ("~", None),
        ("", None),
        ("010", 8),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("1:30", "1:30"),
        ("2001-01-01", "2001-01-01"),
        (".inf", ".inf"),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("!!int x", "x"),
        ("!!bool y", "y"),
        ("!!null x", "x"),
        ("!!float nan", "nan"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_scalar_is_read_as_kubernetes_reads_it(text: str, value: Any) -> None:
    (document,) = load(f"a: {text}".encode())

    assert document == {"a": value}
    assert type(document["a"]) is type(value)


def test_merge_keys_are_followed_and_own_keys_win() -> None:
    text = b"a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, {z: 4, x: 5}]}"

    assert load(text) == ({"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2, "z": 4}},)


def test_documents_keys_and_a_byte_order_mark_are_read() -> None:
    assert load("\ufeff1: a\ntrue: b\n---\n- c\n---\n".encode()) == ({"1": "a", "true": "b"}, ["c"], None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\na: 2", "repeats the key 'a' (line 2)"),
        ("a: !!binary YQ==", "uses the tag 'tag:yaml.org,2002:binary' (line 1)"),
        ("a: !secret b", "uses the tag '!secret' (line 1)"),
        ("a: {<<: b}", "merges what is no mapping (line 1)"),
        ("a: {{ .Values.a }}", "is a template (line 1)"),
        ("[" * 30_000, "is nested deeper than 64 levels (line 1)"),
        (
            "a: &a " + "[" * 60 + "]" * 60 + "\nb: [[[[[[*a]]]]]]",
            "is nested deeper than 64 levels (line 2)",
        ),
        ("a: &a [*a]", "has an alias to what is not there or not yet complete (line 1)"),
        ("a: " + "x" * 300_000, "is larger than 256 KiB"),
    ],
)
def test_what_could_harm_or_mislead_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        load(text.encode())

    assert str(caught.value) == reason
