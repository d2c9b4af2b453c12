"""What a running cluster says of its own kinds is as strict as our bundle."""

from typing import Any

from assistant_core.guard import Policy, Shapes, group_versions, judge_file
from assistant_core.models.repository import FileChange

PREFIX = "#/components/schemas/"
TUNNEL = "com.example.v1.Tunnel"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "components": {
        "schemas": {
            TUNNEL: {
                "type": "object",
                "required": ["spec"],
                "properties": {
                    "apiVersion": {"type": "string"},
                    "kind": {"type": "string"},
                    "metadata": {"allOf": [{"$ref": f"{PREFIX}Meta"}], "default": {}},
                    "spec": {
                        "type": "object",
                        "required": ["port"],
                        "properties": {
                            "port": {"x-kubernetes-int-or-string": True},
                            "peers": {"type": "integer", "minimum": 1, "maximum": 9},
                            "mode": {"type": "string", "enum": ["fast", "safe"], "nullable": True},
                            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                            "extra": {"type": "object", "properties": {"a": {"type": "string"}},
                                      "x-kubernetes-preserve-unknown-fields": True},
                            "pattern": {"type": "string", "pattern": "^(a+)+$"},
                        },
                    },
                    "status": {"type": "object", "properties": {"up": {"type": "boolean"}}},
                },
                "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Tunnel"}],
            },
            "Meta": {"type": "object", "properties": {"name": {"type": "string"}, "namespace": {"type": "string"}}},
        }
    },
}  # fmt: skip


def _found(spec: str, more: str = "") -> list[str]:
    text = f"apiVersion: example.com/v1\nkind: Tunnel\nmetadata: {{name: t}}\nspec: {spec}\n{more}"
    policy = Policy(shapes=Shapes.of([DOCUMENT, None, {"openapi": 3}]))
    judged = judge_file("t.yaml", text.encode(), policy)
    return sorted(each.where.rpartition(", ")[2] for each in judged if each.rule == "schema")


def test_what_fits_a_custom_resource_is_accepted() -> None:
    assert _found("{port: 80, peers: 3, mode: null, labels: {a: b}, extra: {b: 1}}", "status: {whatever: 1}\n") == []
    assert _found('{port: "http", pattern: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!}') == []


def test_what_does_not_fit_a_custom_resource_is_told_with_its_place() -> None:
    assert _found("{port: 80, prot: 1}") == ["spec.prot"]
    assert _found("{port: [80]}") == ["spec.port"]
    assert _found("{peers: 12}") == ["spec.peers", "spec.port"]
    assert _found("{port: 1, mode: slow, labels: {a: 1}}") == ["spec.labels.a", "spec.mode"]


def test_without_a_cluster_a_custom_resource_is_not_judged_by_its_shape() -> None:
    text = b"apiVersion: example.com/v1\nkind: Tunnel\nmetadata: {name: t}\nspec: {prot: 1}\n"
    assert not [each for each in judge_file("t.yaml", text, Policy()) if each.rule == "schema"]


def test_the_groups_and_versions_of_a_change_are_those_of_what_it_brings() -> None:
    text = b"apiVersion: example.com/v1\nkind: Tunnel\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
    changes = [
        FileChange(path="t.yaml", before=None, after=text),
        FileChange(path="gone.yaml", before=b"apiVersion: apps/v1\nkind: Deployment\n", after=None),
        FileChange(path="values.yaml", before=None, after=b"replicas: 1\n"),
    ]
    assert group_versions(changes) == {"example.com/v1", "v1"}


def test_a_document_made_to_hang_or_kill_the_reader_does_neither() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"type": "object", "properties": {"a": deep}}
    assert Shapes.of([{"components": {"schemas": {"x": deep, "y": 1, "z": {"$ref": "http://elsewhere/"}}}}]).kinds == {}
