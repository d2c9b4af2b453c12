"""No secret leaves in a text, whatever the text is."""

import pytest

from assistant_core.redaction import redact

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


LONG = "a1B2c3D4e5F6g7H8" * 8
HEX = "0123456789abcdef" * 4
SECRETS = [
    ("ghp_" + LONG[:36], "token {}"),
    ("github_pat_" + LONG[:22] + "_" + LONG[:59], "using {} now"),
    ("glpat-" + LONG[:20], "clone with {}"),
    ("xoxb-" + "1" * 12 + "-" + LONG[:24], "{}"),
    ("T1A2B3C4D/B1A2B3C4D/" + LONG[:24], "post to https://hooks.slack.com/services/{}"),
    ("1" * 18 + "/" + LONG[:68], "https://discord.com/api/webhooks/{}"),
    ("AKIA" + "A2B3C4D5E6F7G7H7", "{}"),
    (LONG[:40], "aws_secret_access_key = {}"),
    ("AIza" + LONG[:35], "{}"),
    ("sk_live_" + LONG[:24], "{}"),
    ("sk-proj-" + LONG[:48], "{}"),
    ("hf_" + LONG[:34], "{}"),
    ("npm_" + LONG[:36], "{}"),
    ("dckr_pat_" + LONG[:27], "{}"),
    ("dop_v1_" + HEX, "{}"),
    (LONG[:40], "CLOUDFLARE_API_TOKEN: {}"),
    ("tskey-auth-" + LONG[:12] + "-" + LONG[:32], "{}"),
    ("1234567890:AA" + LONG[:33], "bot {}"),
    ("eyJ" + LONG[:33] + ".eyJ" + LONG[:60] + "." + LONG[:43], "{}"),
    (LONG[:40], "Authorization: Bearer {}"),
    ("hunter2secret", "postgres://admin:{}@db:5432/x"),
    ("hunter2", "DB_PASSWORD={}"),
    ("hunter2x", '{{"client_secret": "{}"}}'),
    ("hvs." + LONG[:90], "{}"),
    ("glsa_" + LONG[:32] + "_0a1b2c3d", "{}"),
    ("SG." + LONG[:22] + "." + LONG[:43], "{}"),
    ("SK" + HEX[:32], "{}"),
    ("hunter2tf", 'variable "db" {{\n  sensitive = true\n  default = "{}"\n}}\n'),
    (LONG[:32], "Set-Cookie: session={}; Path=/"),
    (LONG[:32], "X-Api-Key: {}"),
    (LONG[:32], "https://x.example/api?apikey={}&q=1"),
    ("hunter2env", "- name: API_KEY\n  value: {}\n"),
    ("$apr1$" + LONG[:8] + "$" + LONG[:22], "admin:{}"),
    ("$2y$10$" + LONG[:53], "hash {}"),
    ("hunter2flag", "mysql --password={} -u root"),
    ("hunter2ini", "passwd {}"),
    ("hunter!said", "the password is {}"),
    ("hunter2sagt", "Das Passwort lautet {}"),
]


@pytest.mark.parametrize(("secret", "text"), SECRETS, ids=[text.format("S")[:40] for _, text in SECRETS])
def test_secrets_of_all_makers_are_taken_out(secret: str, text: str) -> None:
    found = redact(text.format(secret))
    assert secret not in found
    assert "[redacted]" in found


@pytest.mark.parametrize(
    "text",
    [
        "jellyfin in media: replicas from 1 to 3",
        f"image: ghcr.io/x/y:1.2.3@sha256:{HEX}",
        f"commit {HEX[:40]}",
        "secretName: jellyfin-tls",
        "automountServiceAccountToken: false",
        "passwordSecretRef: {name: x, key: password}",
        "- name: TOKEN_FILE\n  value: /run/secrets/token",
        "The password field is missing.",
        "registry.example:5000/app:1.2 listens on 192.168.1.10:8080",
    ],
)
def test_what_only_speaks_of_secrets_stays(text: str) -> None:
    assert redact(text) == text
