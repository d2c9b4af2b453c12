"""No secret leaves in a text, whatever the text is."""

import pytest

from assistant_core.guard import redact

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2\nabcd\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("password: hunter2", "password: [redacted]"),
        ("password: 'hunter2' # mine", "password: [redacted] # mine"),
        ('  adminPassword: "hun\\"ter2"', "  adminPassword: [redacted]"),
        ("password: two words, and a comma", "password: [redacted]"),
        ("{user: anna, password: hunter2, port: 80}", "{user: anna, password: [redacted], port: 80}"),
        ('{"client_secret": "hunter2", "user": "anna"}', '{"client_secret": [redacted], "user": "anna"}'),
        ("+  apiKey: hunter2", "+  apiKey: [redacted]"),
        ("DB_PASSWORD=hunter2 run", "DB_PASSWORD=[redacted] run"),
        ('password = "hunter2"', "password = [redacted]"),
        ("--token=hunter2 --port=80", "--token=[redacted] --port=80"),
        ("login --password hunter2 --user anna", "login --password [redacted] --user anna"),
        ("url: postgres://anna:hunter2@db:5432/app", "url: postgres://anna:[redacted]@db:5432/app"),
        ("Authorization: Basic YW5uYTpodW50ZXIy", "Authorization: [redacted]"),
        ("curl -H 'authorization: token hunter2' https://a", "curl -H 'authorization: [redacted]' https://a"),
        ("got Bearer abcdefghijkl0123456789", "got Bearer [redacted]"),
        ("failed for ghp_" + "a" * 36 + " today", "failed for [redacted] today"),
        ("AKIAABCDEFGHIJKLMNOP", "[redacted]"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def-1", "jwt [redacted]"),
        (f"before\n{KEY}\nafter", "before\n[redacted]\nafter"),
        (f"key: {KEY!r} end", "key: '[redacted]' end"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "[redacted]"),
    ],
)
def test_a_secret_is_taken_out(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "secretName: web-tls",
        "passwordSecretRef: {name: a}",
        "valueFrom: {secretKeyRef: {name: a, key: password}}",
        "token_ttl: 3600",
        "image: ghcr.io/example/app:1.2",
        "https://example.com:8080/a@b",
        "the password was wrong",
        "bearer of bad news",
        "replicas: 2 # not 3",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_the_value_of_a_variable_with_a_secret_name_is_taken_out() -> None:
    text = "env:\n  - name: DB_PASSWORD\n    value: hunter2\n  - name: MODE\n    value: fast\n"

    assert redact(text) == text.replace("hunter2", "[redacted]")
    assert redact("- {name: API_TOKEN, value: hunter2}") == "- {name: API_TOKEN, value: [redacted]}"


def test_a_secret_of_several_lines_is_taken_out() -> None:
    block = "password: |\n  hunter2\n  hunter3\nuser: anna"
    folded = "password: hunter2\n  hunter3\nuser: anna"
    heredoc = "password = <<EOT\nhunter2\nEOT\nuser = 1"

    for text in (block, folded, heredoc):
        assert "hunter" not in redact(text)
        assert "user" in redact(text)


@pytest.mark.parametrize("sign", ["", "+", "-", " "])
def test_all_data_of_a_kubernetes_secret_is_taken_out(sign: str) -> None:
    lines = [
        "apiVersion: v1",
        "kind: Secret",
        "metadata: {name: web}",
        "data:",
        "  user: aHVudGVyMg==",
        "  tls.crt: |",
        "    aHVudGVyMg==",
        "type: Opaque",
        "---",
        "data: {a: stays}",
    ]

    text = redact("\n".join(f"{sign}{line}" for line in lines))

    assert "aHVudGVyMg" not in text
    assert "type: Opaque" in text
    assert "stays" in text
    assert "aHVudGVyMg" not in redact('{"kind": "Secret", "data": {"user": "aHVudGVyMg=="}}')


def test_the_values_that_terraform_calls_sensitive_are_taken_out() -> None:
    text = """\
variable "admin" {
  sensitive = true
  default = {
    name = "hunter2"
  }
}
variable "zone" {
  default = "home"
}
output "a" { value = local.hunter2, sensitive = true }
"""

    assert "hunter2" not in redact(text)
    assert '"home"' in redact(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "password: ",
        "eyJ-",
        "://a:",
        "-----BEGIN A-----",
        '"',
        'password="\\',
        "data: {",
        " ",
        "- ",
        "[({",
        "name: value: ",
    ],
)
def test_a_text_made_to_be_slow_is_not(piece: str) -> None:
    redact(piece * 40_000)
    redact(f"kind: Secret\ndata:\n {piece * 40_000}")
