"""Wishes for something new: "add a redis called cache", "deploy a web app named blog with image ... on port 8080"."""

from collections.abc import Sequence
from itertools import dropwhile
import json
import re

from ...models.wish import Amount, Wish
from .grammar import NEW
from .lexicon import Lexicon
from .names import Names
from .numbers import with_numbers
from .schedules import CRON, joined, spoken
from .tokens import Token, labelled, with_label

_IMAGE = re.compile(r"[a-z0-9][a-z0-9._-]*(?::\d+)?(?:/[a-z0-9._-]+)*(?::\w[\w.-]*)?(?:@sha256:[0-9a-f]{64})?")
_ENV = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)=(.*)")
_HOST = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_REPOSITORY = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_VERSION = re.compile(r"v?\d+\.\d[\w.-]*", re.ASCII)
_OFFICIAL = {"postgresql": "postgres"}  # what a template's image is called


def new_app(tokens: Sequence[Token], lexicon: Lexicon, names: Names) -> Wish | None:
    """The wish for a new app; None when the sentence is none. Texts are taken as they were written."""
    groups = lexicon.groups
    opening = list(dropwhile(lambda key: key in groups["filler"], (each.key for each in tokens)))[:2]
    if not opening or groups["add"].isdisjoint((opening[0], " ".join(opening))):
        return None
    words = labelled(with_numbers(joined(_with_image(tokens, lexicon)), lexicon), lexicon)
    template = next(iter(with_label(words, "template")), None)
    image = next((each for each in words if not each.labels and _is_image(each.text)), None)
    if (template is None and image is None) or with_label(words, "replicas", "memory", "cpu", "hindrance"):
        return None
    slots = {"template": lexicon.templates[template.key] if template else "web"}
    if image is not None:
        slots["image"] = image.text
        image.used = True
    if template is not None:
        template.used = True
    return _App(words, lexicon, slots).wish(names)


class _App:
    """Collects what is said of a new app."""

    def __init__(self, words: list[Token], lexicon: Lexicon, slots: dict[str, str]) -> None:
        self._words = words
        self._lexicon = lexicon
        self._slots = slots
        self._amounts: list[Amount] = []
        self._name = ""
        self._namespace: str | None = None

    def wish(self, names: Names) -> Wish | None:
        """The wish; None when a word is left over, or it speaks of what is there already."""
        env: dict[str, str] = {}
        for at, token in enumerate(self._words):
            if match := _ENV.fullmatch(token.text):
                env[match[1]] = match[2]
                token.used = True
            elif not token.used:
                self._take(at, token)
        if schedule := spoken(self._words, self._lexicon, daily=self._slots["template"] == "cronjob"):
            self._slots.setdefault("schedule", schedule)
        if not self._name:
            self._name = self._bare_name()
        if any(not each.used and not each.has(*NEW) for each in self._words):
            return None
        if self._namespace is None and with_label(self._words, "namespace"):
            return None
        if not self._name and names.find([each for each in self._words if not each.used], self._lexicon):
            return None
        if env:
            self._slots["env"] = json.dumps(env)
        return Wish(
            operation="add_app",
            name=self._name,
            namespace=self._namespace,
            amounts=tuple(self._amounts),
            slots=self._slots,
        )

    def _take(self, at: int, token: Token) -> None:
        before = self._words[at - 1] if at else token
        after = self._words[at + 1] if at + 1 < len(self._words) else token
        text = token.text
        if CRON.fullmatch(text):
            self._put("schedule", text, token)
        elif before.has("command") and token.quoted:
            self._put("command", text, token)
        elif token.number is not None and self._is_port(at):
            self._put("port", str(int(token.number)), token)
        elif token.number is not None and (token.unit or after.unit):
            self._amounts.append(Amount(of="storage", number=token.number, unit=token.unit or after.unit))
            token.used = True
        elif before.has("called") and _NAME.fullmatch(text):
            self._name, token.used = text, True
        elif text.startswith("/") and not token.labels:
            self._put("mount", text, token)
        elif _HOST.fullmatch(text.casefold()) and not token.labels:
            self._put("host", text.casefold(), token)
        elif self._is_namespace(at) and (_may_be_a_name(token) or before.has("namespace")) and _NAME.fullmatch(text):
            self._namespace, token.used = text, True

    def _put(self, slot: str, value: str, token: Token) -> None:
        self._slots.setdefault(slot, value)
        token.used = True

    def _is_port(self, at: int) -> bool:
        near = self._words[max(0, at - 2) : at]
        return any(each.has("port") for each in near)

    def _is_namespace(self, at: int) -> bool:
        before = [each for each in self._words[:at] if not each.has("filler") or each.has("in")]
        after = self._words[at + 1] if at + 1 < len(self._words) else None
        named = bool(before) and before[-1].has("namespace")
        return named or bool(before and before[-1].has("in")) or bool(after and after.has("namespace"))

    def _bare_name(self) -> str:
        """The one word nothing else accounts for."""
        left = [each for each in self._words if not each.used and not each.labels]
        if len(left) != 1 or not _NAME.fullmatch(left[0].text):
            return ""
        left[0].used = True
        return left[0].text


def _may_be_a_name(token: Token) -> bool:
    """Whether a word is none that says how, also where it is a word for what runs, such as "apps"."""
    return not token.labels or (token.has("generic") and not token.has("filler"))


def _with_image(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens, where a name and its version become an image: "nginx 1.27.0"."""
    if any(_is_image(each.text) for each in tokens):
        return list(tokens)
    for at in range(1, len(tokens) - 1):
        name, version = tokens[at].key, tokens[at + 1].text
        template = lexicon.templates.get(name, "")
        if not _REPOSITORY.fullmatch(name) or not _VERSION.fullmatch(version) or template in ("web", "cronjob"):
            continue
        if template:
            image = Token(f"{_OFFICIAL.get(template, template)}:{version}")
            return [*tokens[: at + 1], image, *tokens[at + 2 :]]
        if name not in lexicon.labels:
            return [*tokens[:at], Token(f"{name}:{version}"), *tokens[at + 2 :]]
    return list(tokens)


def _is_image(text: str) -> bool:
    return bool(_IMAGE.fullmatch(text)) and (":" in text or "@" in text or "/" in text)
