"""Takes secrets out of a text before it leaves: into a prompt, a pull request, a log or diagnostics.

The text may be anything: YAML, JSON, HCL, a diff, a log. Rather a word too many is taken out than one too few. Every
pattern is anchored or bounded, so the time grows with the text and no faster.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import re

from .blocks import indent, without_secret_data, without_sensitive_blocks
from .confidential import REDACTED, TOKEN, URL_PASSWORD, is_secret_name, is_switch

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----(?:(?!-----END)[\s\S]){0,32768}+(?:-----END [A-Z0-9 ]{1,40}-----)?")
_BEARER = re.compile(r"(?i)\b(bearer|basic)([ \t]{1,4})(?=[^ ]{0,64}[0-9=._~+/-])[A-Za-z0-9._~+/=-]{12,}")
_AUTHORIZATION = re.compile(
    r"(?i)((?:authorization|(?:set-)?cookie)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?)[^\s\"'][^\"'\n]*"
)
_FLAG = re.compile(r"(?<!\S)--(?P<name>[A-Za-z][\w-]{0,63})(?P<space>[ \t]{1,8})(?!-)\S+")
_TOLD = re.compile(
    r"(?i)\b(pass(?:word|wd|phrase|wort)|kennwort|secret|geheimnis|api[ -]?key|token)([ \t]{1,4})"
    r"(?:(is|ist|lautet)([ \t]{1,4})[\"']?|(?=[^\s]{0,128}[0-9!#$%&*+@^])(?=[^\s]{0,128}[A-Za-z]))[^\s\"']{4,256}"
)
_KEY = re.compile(
    r"(?<![\w.-])-{0,2}(?P<name>[A-Za-z_][\w.-]{0,127})[\"']?[ \t]{0,8}(?P<sign>:=|=>|[:=])(?P<space>[ \t]{0,32})"
)
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'""")
_HEREDOC = re.compile(r"<<[-~]?[\"']?(\w{1,64})")
_BLOCK_SCALAR = re.compile(r"[|>][-+0-9]{0,2}[ \t]*(?:#.*)?")
_MAX_NAME = 256
_BEFORE_TEXT = re.compile(r"[-+]?[ \t]*(?:-[ \t]+)*")
_WORD_END = re.compile(r"[\s,;&\"'`)}\]]")
_FLOW_END = re.compile(r"[,}\]]")


def without_secrets(text: str) -> str:
    """The text with `[redacted]` in the place of every secret found in it."""
    lines = _PEM.sub(REDACTED, text).split("\n")
    return "\n".join(_Pairs().without_values(without_secret_data(without_sensitive_blocks(lines))))


@dataclass(slots=True)
class _Pairs:
    """Goes through lines and takes out the values of fields with a secret's name, over several lines if need be.

    `named` is whether the last `name:` was such a name, for the `value:` that follows it in lists of variables.
    `below` is the indent of a key whose value goes on in deeper lines, `until` the word that ends a heredoc.
    """

    named: bool = False
    below: int | None = None
    until: str | None = None

    def without_values(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            if not line.strip():
                yield line
            elif self._is_inside(line):
                yield f"{_before_text(line)}{REDACTED}"
            else:
                yield _without_tokens("".join(self._pieces(line)))

    def _is_inside(self, line: str) -> bool:
        """Whether the line belongs to the value of an earlier one."""
        if self.until is not None:
            if line.lstrip("+- \t").rstrip() != self.until:
                return True
            self.until = None
        elif self.below is not None and line.strip("+- \t"):
            if indent(line) > self.below:
                return True
            self.below = None
        return False

    def _pieces(self, line: str) -> Iterator[str]:
        at = 0
        while found := _KEY.search(line, at):
            name, start = found["name"], found.end()
            yield line[at:start]
            at = start
            if name.lower() == "name":
                self.named = is_secret_name(line[start : min(_end(line, found), start + _MAX_NAME)].strip("\"', }"))
            elif is_secret_name(name) or (self.named and name.lower() == "value"):
                at = self._value(line, found)
                if at > start:
                    yield line[start:at] if is_switch(line[start:at]) else REDACTED
        yield line[at:]

    def _value(self, line: str, found: re.Match[str]) -> int:
        """Where the secret after a key ends in this line; sets what follows below."""
        start = found.end()
        if line.startswith(REDACTED, start):
            return start + len(REDACTED)
        heredoc = _HEREDOC.match(line, start)
        block = _BLOCK_SCALAR.fullmatch(line, start)
        if heredoc:
            self.until = heredoc[1]
        elif block or (found["sign"] == ":" and start < len(line) and not _QUOTED.match(line, start)):
            self.below = indent(line)
        return start if heredoc or block else _end(line, found)


def _end(line: str, found: re.Match[str]) -> int:
    """Where the value after a key ends: at its quote, in flow style at a comma, in a command at a space."""
    begin, start = found.span()
    if quoted := _QUOTED.match(line, start):
        return quoted.end()
    if found["sign"] == ":" and found["space"]:
        is_flow = line.find("{", 0, begin) >= 0 or line.find("[", 0, begin) >= 0
        stop = _FLOW_END.search(line, start) if is_flow else None
    else:
        is_command = len(_before_text(line)) < begin or not found["space"]
        stop = _WORD_END.search(line, start) if is_command else None
    return stop.start() if stop else len(line)


def _before_text(line: str) -> str:
    """The sign of a diff, the indent and the dashes of a list."""
    found = _BEFORE_TEXT.match(line)
    return found[0] if found else ""


def _without_tokens(line: str) -> str:
    """Headers, URLs, flags and tokens that tell themselves."""
    line = _AUTHORIZATION.sub(rf"\1{REDACTED}", line)
    line = _BEARER.sub(rf"\1\2{REDACTED}", line)
    line = URL_PASSWORD.sub(rf"\1:{REDACTED}", line)
    line = _FLAG.sub(_flag, line)
    line = _TOLD.sub(lambda found: f"{found[1]}{found[2]}{found[3] or ''}{found[4] or ''}{REDACTED}", line)
    return TOKEN.sub(REDACTED, line)


def _flag(found: re.Match[str]) -> str:
    return f"--{found['name']}{found['space']}{REDACTED}" if is_secret_name(found["name"]) else found[0]
