"""The configuration file: what flags need not say every time; they are stronger. Tokens stand in files beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import os
from pathlib import Path
import re
import stat
import tomllib
from typing import Any

from ..errors import InputInvalid
from ..models.left_alone import LeftAlone, is_glob, is_namespace

FILE = "homelab-assistant.toml"
MOST_BYTES = 64 * 1024

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "ollama": {"url": "ollama", "model": "model", "write_model": "write_model", "token_file": ""},
    "gpu": {"url": "gpu"},
    "cluster": {"kubeconfig": "kubeconfig", "context": "kube_context"},
    "repository": {
        "name": "repo",
        "github_api": "github_api",
        "token_file": "",
        "namespaces_left_alone": "",
        "paths_left_alone": "",
    },
    "journal": {"file": "journal"},
}
"""By section and key: the option that the value stands for."""

_LISTS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "namespaces_left_alone": (is_namespace, "name of a namespace"),
    "paths_left_alone": (is_glob, "path from the top of a repository"),
}
"""Keys that hold several texts: what each must be."""

_TOKEN_FILES = {"ollama": "url", "repository": "name"}
"""What the token of a section is for: it goes nowhere else."""
_LOOKS_SECRET = ("token", "password", "secret", "key")
_HEADER = re.compile(r"\s*\[\s*([^\]\s]+)\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the file says: `options` by name, `tokens` by the address that each is for, `warnings` as sentences.

    What is `left_alone` no change touches, in whichever repository.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    left_alone: LeftAlone = field(default_factory=LeftAlone)
    warnings: tuple[str, ...] = ()


def default_path() -> Path:
    """Where the file is looked for (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(home if Path(home).is_absolute() else "~/.config") / FILE


def read(path: Path, *, must_exist: bool) -> Config:
    """Read the file and the token files it names. Raises InputInvalid with the line that is wrong."""
    try:
        data = path.expanduser().read_bytes()
    except FileNotFoundError, NotADirectoryError:
        if must_exist:
            raise InputInvalid(f"There is no configuration file {path}.") from None
        return Config()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputInvalid(f"The configuration file {path} cannot be read.") from error
    text = _decoded(path, data)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputInvalid(f"Line {error.lineno} of {path} is no TOML: {error.msg}.") from error
    return _config(path, text, found)


def _decoded(path: Path, data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise InputInvalid(f"The configuration file {path} is too large.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputInvalid(f"Line {line} of {path} is not UTF-8 text.") from error


def _config(path: Path, text: str, found: Mapping[str, Any]) -> Config:
    options: dict[str, str] = {}
    tokens: dict[str, str] = {}
    warnings: list[str] = []
    for section, values in found.items():
        if section not in SECTIONS or not isinstance(values, dict):
            what = f"there is no section [{section}]" if isinstance(values, dict) else f"{section} is in no section"
            known = ", ".join(f"[{each}]" for each in SECTIONS)
            raise _wrong(path, _line(text, section), f"{what}; there are {known}")
        for key, value in values.items():
            _check(path, text, section, key, value)
            if option := SECTIONS[section][key]:
                options[option] = value
        if "token_file" in values:
            address = str(values.get(_TOKEN_FILES[section], "")).strip()
            tokens[address] = _token(Path(values["token_file"]), warnings)
    alone = found.get("repository", {})
    left_alone = LeftAlone(
        namespaces=frozenset(alone.get("namespaces_left_alone", ())), paths=tuple(alone.get("paths_left_alone", ()))
    )
    return Config(options=options, tokens=tokens, left_alone=left_alone, warnings=tuple(warnings))


def _check(path: Path, text: str, section: str, key: str, value: object) -> None:
    line = _line(text, section, key)
    if key not in SECTIONS[section]:
        if any(word in key.lower() for word in _LOOKS_SECRET):
            raise _wrong(path, line, f"{key} does not belong here; put a token into a file and name it by token_file")
        raise _wrong(path, line, f"[{section}] has no {key}; it has {', '.join(SECTIONS[section])}")
    if key in _LISTS:
        _check_list(path, line, key, value)
    elif not isinstance(value, str) or not value.strip():
        raise _wrong(path, line, f"{key} must be text in quotes")


def _check_list(path: Path, line: int | None, key: str, value: object) -> None:
    is_right, what = _LISTS[key]
    if not isinstance(value, list):
        raise _wrong(path, line, f"{key} must be a list of texts in quotes")
    for each in value:
        if not isinstance(each, str) or not is_right(each):
            raise _wrong(path, line, f"{str(each)[:100]!r} in {key} is no {what}")


def _wrong(path: Path, line: int | None, what: str) -> InputInvalid:
    return InputInvalid(f"Line {line} of {path} is wrong: {what}." if line else f"{path} is wrong: {what}.")


def _line(text: str, section: str, key: str = "") -> int | None:
    """The line of a section's header, or of a key in it, as people write them."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            inside = header[1].strip("\"'") == section
            if inside and not key:
                return number
        elif line.partition("=")[0].strip().strip("\"'") == (key if inside else section if not key else None):
            return number
    return None


def _token(path: Path, warnings: list[str]) -> str:
    """The first line of a token file; others who can read it are worth a warning."""
    try:
        with path.expanduser().open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            token = file.readline(MOST_BYTES).strip()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputInvalid(f"The token file {path} cannot be read.") from error
    if not token:
        raise InputInvalid(f"The token file {path} is empty.")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        warnings.append(f"Others can read the token file {path}; run chmod 600 {path}.")
    return token
