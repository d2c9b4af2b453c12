"""The grammar of one language: its templates, numbers, lists and times."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from string import Formatter
from typing import Any

from hassil.numbers import get_rbnf_engine
import yaml

SPOKEN_AS_WORDS = 13  # numbers below it
NAMED = 3  # things named one by one before "and two more"


_FORMATTER = Formatter()


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def data_file(folder: str, language: str) -> Path:
    """The file of `language` ("en-GB", "en_GB"), of its family, or the English one. Reads the disk."""
    directory = Path(__file__).with_name(folder)
    wanted = directory / f"{language.replace('_', '-').partition('-')[0].lower()}.yaml"
    return wanted if wanted in directory.iterdir() else directory / "en.yaml"


class Wording:
    """Fills the templates of `phrases/LANGUAGE.yaml`; times are told in `time_zone` (None: this machine's)."""

    def __init__(self, language: str, time_zone: tzinfo | None, clock: Callable[[], datetime]) -> None:
        path = data_file("phrases", language)
        self._templates: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        engine = get_rbnf_engine(path.stem)
        self._words = tuple(engine.format_number(number).text for number in range(SPOKEN_AS_WORDS))
        self._time_zone = time_zone
        self._clock = clock

    def fill(self, key: str, **values: object) -> str:
        """The template at a dotted `key`, with its placeholders filled."""
        template: Any = self._templates
        for name in key.split("."):
            template = template[name]
        return str(template).format(**values)

    def fitting(self, group: str, names: Iterable[str], **values: object) -> str:
        """The first template of those names in a group of which all placeholders have a value, filled.

        Every such group has one called "other".
        """
        templates: Mapping[str, str] = self._templates[group]
        fields = {
            name: {field for _, field, _, _ in _FORMATTER.parse(templates[name])} for name in names if name in templates
        }
        chosen = next((name for name in fields if fields[name] - {None} <= values.keys()), "other")
        return templates[chosen].format(**values)

    def knows(self, key: str, name: str) -> bool:
        """Whether the group of templates at `key` has one called `name`."""
        return name in self._templates[key]

    def count(self, noun: str, number: int) -> str:
        """Such as "one problem" or "30 problems"; `number` is at least one."""
        return self.fill(f"count.{noun}.{'one' if number == 1 else 'other'}", count=self.number(number))

    def number(self, number: int) -> str:
        """A whole number, in words where people would write them."""
        return self._words[number] if 0 <= number < SPOKEN_AS_WORDS else str(number)

    def decimal(self, number: float) -> str:
        """With one digit after the point, or none where that would be zero."""
        return f"{number:.1f}".removesuffix(".0").replace(".", self.fill("decimal"))

    def listing(self, items: Sequence[str], separator: str = ", ") -> str:
        """Such as "a, b and c"."""
        if len(items) == 1:
            return items[0]
        return self.fill("list", first=separator.join(items[:-1]), last=items[-1])

    def some(self, items: Sequence[str], separator: str) -> str:
        """The first few of many, then how many more there are."""
        if len(items) <= NAMED:
            return self.listing(items, separator)
        return self.listing([*items[:NAMED], self.fill("more", count=self.number(len(items) - NAMED))], separator)

    def now(self) -> datetime:
        """The local time."""
        return self._clock().astimezone(self._time_zone)

    def since(self, moment: datetime) -> str:
        """Such as "since 14:02" or "since 3 May at 14:02"."""
        return self._time("since", moment)

    def at(self, moment: datetime) -> str:
        """Such as "at 14:02" or "yesterday at 14:02"."""
        return self._time("at", moment)

    def _time(self, how: str, moment: datetime) -> str:
        local, now = moment.astimezone(self._time_zone), self.now()
        time = f"{local:%H:%M}"
        if local.date() == now.date():
            return self.fill(f"{how}.today", time=time)
        if local.date() == now.date() - timedelta(days=1):
            return self.fill(f"{how}.yesterday", time=time)
        month = self._templates["months"][local.month - 1]
        return self.fill(f"{how}.earlier", time=time, day=local.day, month=month)


def sentence(text: str) -> str:
    """`text` beginning with a capital letter and ending with a full stop."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?', '…')) else '.'}"
