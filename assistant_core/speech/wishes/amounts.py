"""How much of what: "to three", "by two gigs", "from 1 to 2Gi", "half a core", "one more", "twice as much memory"."""

from collections.abc import Sequence

from ...models.wish import Amount, Bound, How, Measure
from .tokens import Token, with_label

_MEASURES: tuple[Measure, ...] = ("replicas", "cpu", "memory", "storage")
_DIRECTIONS = ("more", "less", "raise", "lower", "give", "scale", "set")
_BYTES = ("Ki", "Mi", "Gi", "Ti", "M", "G", "T")


class Amounts:
    """The amounts of one sentence; the words they are made of are marked as used."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.found: list[Amount] = []
        self.sure = True
        self._was: float | None = None
        self._read()

    def _read(self) -> None:
        bound: Bound = ""
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.has("limit", "request") and token.number is None and not token.used:
                own: Bound = "limit" if token.has("limit") else "request"
                bound = "both" if bound not in ("", own) and not self._since_amount(at) else own
            number, unit, end = number_at(self._tokens, at)
            if number is not None:
                bound = self._amount(at, end, number, unit, bound)
                at = end
                continue
            if token.has("times") and not token.used:
                self._times(at, bound)
            at += 1
        if not self.found:
            self._direction(bound)

    def _since_amount(self, at: int) -> bool:
        """Whether an amount stands between the bound before `at` and this one."""
        for token in reversed(self._tokens[:at]):
            if token.has("limit", "request"):
                return False
            if token.number is not None:
                return True
        return True

    def _is(self, at: int, *labels: str) -> bool:
        return _has(self._tokens, at, *labels)

    def _amount(self, at: int, end: int, number: float, unit: str, bound: Bound) -> Bound:
        """File the amount of these tokens; the bound that holds for the next one."""
        for token in self._tokens[at:end]:
            token.used = True
        said = self._before(at)
        if said == "from":
            self._was = number
            return bound
        if unit == "m" and with_label(self._tokens, "memory", "storage") and not with_label(self._tokens, "cpu"):
            unit = "Mi"  # nobody means a thousandth of a byte
        percent = any(each.has("percent") for each in self._tokens[at : end + 1])
        behind = self._bound_behind(end, bound)
        if behind is not None:
            bound = "limit" if behind.has("limit") else "request"
            behind.used = True
        of = self._measure(end, unit)
        if of is not None and self._is_of_another(end, of):
            of = None  # "3 gigs of CPU"
        how, value = self._how(at, end, number, said, percent=percent)
        if of is None or how is None:
            self.sure = False
            return bound
        unit = "m" if of == "cpu" and unit == "Mi" else unit
        if not bound and of in ("cpu", "memory") and with_label(self._tokens, "cap"):
            bound = "limit"
        self.found.append(
            Amount(of=of, how=how, number=value, unit=unit, bound=bound, was=self._was, towards=self._towards(how))
        )
        self._was = None
        return "" if behind is not None else bound

    def _bound_behind(self, end: int, bound: Bound) -> Token | None:
        """The word after an amount that bounds it: "96Mi request", and "96Mi memory request" where nothing did yet."""
        places = [end, *([end + 1] if not bound and self._is(end, *_MEASURES) else [])]
        return next((self._tokens[at] for at in places if self._is(at, "limit", "request")), None)

    def _before(self, at: int) -> str:
        """What the words before a number say of it."""
        for token in reversed(self._tokens[:at]):
            for label in ("factor", "by", "from", "to"):
                if token.has(label) and not token.has("name"):
                    return label
            if not token.has("filler", "limit", "request", "one", "size", *_MEASURES):
                return ""
        return ""

    def _how(self, at: int, end: int, number: float, said: str, *, percent: bool) -> tuple[How | None, float]:
        """Whether it is the number itself, one to add, or one to multiply by; None where that stays open."""
        lower = self._lowers
        signed = -number if lower else number
        if with_label(self._tokens, "remove") and not lower and said != "to":  # whoever deletes a pod wants another
            return None, number
        if percent:
            return "times", number / 100 if said == "to" else 1 + signed / 100
        if said == "factor":
            return "times", 1 / number if lower and number else number
        if said == "by" or self._more(at, end):
            return "by", signed
        if said != "to" and with_label(self._tokens, "plus", "remove"):
            return "by", signed
        clear = said == "to" or self._is_limit(at, end) or with_label(self._tokens, "give", "scale", "set", "cap")
        return ("to" if clear or not with_label(self._tokens, "raise", "lower") else None), number

    @property
    def _lowers(self) -> bool:
        less, lower = with_label(self._tokens, "less"), with_label(self._tokens, "lower")
        return bool(less or (lower and not with_label(self._tokens, "raise")))

    def _towards(self, how: How) -> int:
        """Whether "to" leads up or down, as far as the words tell: "reduce it to 2"."""
        raises, lowers = bool(with_label(self._tokens, "raise")), bool(with_label(self._tokens, "lower"))
        return int(raises) - int(lowers) if how == "to" else 0

    def _is_limit(self, at: int, end: int) -> bool:
        return any(each.has("limit", "request") for each in self._tokens[max(0, at - 2) : end + 1])

    def _more(self, at: int, end: int) -> bool:
        return any(each.has("more", "less", "another") for each in self._tokens[max(0, at - 1) : end + 3])

    def _measure(self, end: int, unit: str) -> Measure | None:
        """What is counted: told by the unit, the next word, or the only word of that kind."""
        said = [each for each in _MEASURES if with_label(self._tokens, each)]
        following = next((each for each in _MEASURES if self._is(end, each)), None)
        if unit in _BYTES:
            fitting = [each for each in said if each in ("memory", "storage")]
            if "cpu" in said and unit == "Mi" and not fitting:
                return "cpu"
            usual: Measure = "storage" if with_label(self._tokens, "enlarge") else "memory"
            return following if following in ("memory", "storage") else _only(fitting, usual)
        if unit == "m":
            return "cpu"
        if following and following not in ("memory", "storage"):
            return following
        if len(said) > 1:
            return self._preceding(end)
        return _only(said, "replicas" if with_label(self._tokens, "scale") and self._may_be_replicas else None)

    def _is_of_another(self, end: int, of: Measure) -> bool:
        """Whether another measure is named right after an amount: "3 cores of memory"."""
        at = end + self._is(end, *_MEASURES)
        while self._is(at, "of", "filler") and not self._is(at, "name"):
            at += 1
        named = [each for each in _MEASURES if self._is(at, each)]
        return bool(at > end and named) and of not in named and self._tokens[at - 1].has("of")

    def _preceding(self, end: int) -> Measure | None:
        """What was named last before an amount, where nothing else is counted in between: "cpu to 2, memory to 1Gi"."""
        for token in reversed(self._tokens[: end - 1]):
            if token.number is not None:
                return None
            if (said := next((each for each in _MEASURES if token.has(each)), None)) is not None:
                return said
        return None

    @property
    def _may_be_replicas(self) -> bool:
        """Whether what is counted may go without saying: replicas have neither limit nor request."""
        return not with_label(self._tokens, "limit", "request")

    def _times(self, at: int, bound: Bound) -> None:
        token = self._tokens[at]
        factor = token.factor
        if factor < 1 and with_label(self._tokens, "raise") and not self._lowers:
            factor += 1
        said = [each for each in _MEASURES if with_label(self._tokens, each)]
        of = _only(said, "replicas" if self._may_be_replicas else None)
        token.used = True
        if of is None:
            self.sure = False
            return
        if not bound and (bounds := with_label(self._tokens[at:], "limit", "request")):
            bound = "both" if len(bounds) > 1 else "limit" if bounds[0].has("limit") else "request"
        self.found.append(Amount(of=of, how="times", number=factor, bound=bound))

    def _direction(self, bound: Bound) -> None:
        """More or less of something, and nobody said how much."""
        if another := with_label(self._tokens, "another"):
            another[0].used = True
            self.found.append(Amount(of="replicas", how="by", number=1))
            return
        if with_label(self._tokens, "remove") or not with_label(self._tokens, *_DIRECTIONS):
            return
        said = [each for each in _MEASURES if with_label(self._tokens, each)]
        of = _only(said, "replicas" if with_label(self._tokens, "scale") and self._may_be_replicas else None)
        if of is not None:
            self.found.append(Amount(of=of, how="by", bound=bound))


def _only(said: Sequence[Measure], otherwise: Measure | None) -> Measure | None:
    return said[0] if len(said) == 1 else otherwise if not said else None


def number_at(tokens: Sequence[Token], at: int) -> tuple[float | None, str, int]:
    """The number that begins at a token, its unit, and where it ends."""
    token = tokens[at]
    number, unit, end = token.number, token.unit, at + 1
    if token.has("half", "quarter") and number is None:
        whole = _has(tokens, end, "one") or (at > 0 and _has(tokens, at - 1, "one"))
        end += _has(tokens, end, "one")
        if _has(tokens, end, "unit") or _is_core(tokens, end) or (whole and _has(tokens, end, "cpu")):
            number = 0.25 if token.has("quarter") else 0.5
    elif token.has("one") and number is None and (_has(tokens, end, "unit", "replicas") or _is_core(tokens, end)):
        number = 1
    if number is None or token.used:
        return None, "", at
    if _has(tokens, end, "and_half"):
        number, end = number + 0.5, end + 1
    if _has(tokens, end, "more", "less"):
        end += 1
    if not unit and _has(tokens, end, "unit"):
        unit, end = tokens[end].unit, end + 1
    return number, unit, end


def _is_core(tokens: Sequence[Token], at: int) -> bool:
    """A core that is counted, and not "a CPU limit"."""
    return _has(tokens, at, "cpu") and not _has(tokens, at + 1, "limit", "request", "of", "to", "number")


def _has(tokens: Sequence[Token], at: int, *labels: str) -> bool:
    return at < len(tokens) and tokens[at].has(*labels)
