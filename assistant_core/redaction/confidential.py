"""What a secret looks like: the names that people give to secrets, and the shapes of keys and tokens."""

import re

REDACTED = "[redacted]"

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MAX_NAME = 128
_ALWAYS = re.compile(r"api-?key|credentials?|pass(?:phrase|wd|words?)|pat|psk|pwd|secretkey|privatekey|htpasswd")
_KEYS = re.compile(r"access|account|api|auth|encryption|license|master|private|secret|shared|signing|webhook")
"""What makes a secret of a key."""
_SECRETS = re.compile(r"app|client|cookie|jwt|oauth|oidc|session|shared|signing|webhook")
"""What makes a secret of a secret, which else may be the name of a Secret."""
_NOT_LAST = re.compile(
    r"""
    algorithm | audience | backend | class | count | dir | directory | enabled | endpoint | env | exists | expiration
    | expires | expiry | field | file | filename | format | generator | header | host | id | interval | issuer | keys?
    | length | lifetime | limit | manager | method | mount | names? | namespace | optional | path | policy | port
    | prefix | provider | refs? | required | reviews? | rotation | selector | size | source | store | template | timeout
    | ttl | type | uri | url | user | username | version | volume
    """,
    re.VERBOSE,
)
"""What a name ends in that tells where a secret is, or how it is treated."""
_REFERENCE = re.compile(r"[<*$]|\{\{|ENC\[|vault:|ref\+|op://|file:|\.?/|secretref", re.IGNORECASE)
_RANDOM = re.compile(r"(?=.*\d)[0-9a-f]{16,}")
"""Such as `openssl rand -hex` makes."""
_OBJECT_NAME = re.compile(r"[a-z]([-a-z0-9.]{0,100}[a-z0-9])?|[A-Z][A-Z0-9_]{0,100}")
_SWITCH = re.compile(r"true|false|yes|no|on|off|none|null|enabled|disabled|auto", re.IGNORECASE)

TOKEN = re.compile(
    r"""
    (?<![A-Za-z0-9_-])(?:
        gh[opsur]_[A-Za-z0-9]{20,255}
      | github_pat_[A-Za-z0-9_]{20,255}
      | glpat-[A-Za-z0-9_-]{16,255}
      | gl(?:rt|dt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_-]{16,255}
      | gl(?:sa|c)_[A-Za-z0-9_=-]{20,255}
      | x(?:ox[abeprs]|app)-[A-Za-z0-9-]{10,255}
      | (?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])
      | AIza[A-Za-z0-9_-]{35}
      | sk-[A-Za-z0-9_-]{20,255}
      | [rs]k_(?:live|test)_[A-Za-z0-9]{16,255}
      | whsec_[A-Za-z0-9+/=]{16,255}
      | (?:SK|AC)[0-9a-f]{32}(?![0-9a-f])
      | SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}
      | do[opr]_v1_[0-9a-f]{40,128}
      | [0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])
      | hf_[A-Za-z0-9]{20,255}
      | npm_[A-Za-z0-9]{30,255}
      | pypi-[A-Za-z0-9_-]{40,512}
      | dckr_pat_[A-Za-z0-9_-]{20,255}
      | tskey-[A-Za-z0-9_-]{10,255}
      | hvs\.[A-Za-z0-9_-]{20,255}
      | (?:shpat|shpss|sntrys|rnd|lin_api|secret_ntn|ntn|pul|tfp)_[A-Za-z0-9_=-]{20,255}
      | AGE-SECRET-KEY-1[A-Z0-9]{50,80}
      | eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{2,8192}(?:\.[A-Za-z0-9_-]{0,8192})?
    )
      | \$(?:2[abxy]|apr1|[156y]|argon2i?d?|scrypt|pbkdf2[a-z0-9-]*)\$[A-Za-z0-9./+=,$-]{16,512}
      | (?<=hooks\.slack\.com/)[a-z]{1,32}/[A-Za-z0-9/_-]{16,255}
      | (?<=/api/webhooks/)[0-9]{8,32}/[A-Za-z0-9_-]{16,255}
    """,
    re.VERBOSE,
)
"""Keys, tokens, hashes and addresses that tell by their beginning what they are."""

URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@\"'<>]{0,256}):([^\s/@\"'<>]{1,512})(?=@)")
"""User and password in a URL."""

PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")


def is_secret_name(name: str) -> bool:
    """Whether a field, variable or argument of this name holds a secret, and not the name or place of one."""
    words = _words(name)
    if not words or words[0] == "existing":
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in ("key", "keys"):
        return _KEYS.fullmatch(before) is not None
    if _NOT_LAST.fullmatch(last):
        return False
    return last in ("secret", "token") or any(_ALWAYS.fullmatch(word) for word in words)


def is_plaintext(name: str, found: object) -> bool:
    """Whether the value of a field with a secret's name is the secret itself, and not a reference or a switch."""
    words = _words(name)
    match found:
        case bool() | None:
            return False
        case int() | float():
            return words[-1:] != ["token"]
        case str():
            text = found.strip()
        case _:
            return False
    if not text or _REFERENCE.match(text) or "${" in text or _SWITCH.fullmatch(text):
        return False
    of_secret = words[-1:] == ["secret"] and not (len(words) > 1 and _SECRETS.fullmatch(words[-2]))
    names_an_object = of_secret or words[-2:] == ["secret", "key"]
    return not (names_an_object and _OBJECT_NAME.fullmatch(text) and not _RANDOM.fullmatch(text))


def is_switch(text: str) -> bool:
    """Whether a value only turns something on or off."""
    return _SWITCH.fullmatch(text.strip()) is not None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)] if len(name) <= _MAX_NAME else []


def is_secret_shaped(found: str) -> bool:
    """Whether a text holds a key, a token or a URL with a password, whatever its name."""
    return (
        TOKEN.search(found) is not None
        or PRIVATE_KEY.search(found) is not None
        or any(not _REFERENCE.match(each[2]) for each in URL_PASSWORD.finditer(found))
    )
