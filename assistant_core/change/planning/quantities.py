"""Kubernetes quantities made from what was said, and counted from what stands in the files."""

from decimal import Decimal
import re

from ...errors import Incomplete
from ...gitops.operations.quantities import amount as parsed
from ...models.wish import Amount, Measure, Wish

_UNITS = re.compile(r"[A-Za-z]*$")
_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi")
_MILLI = 1000
_STEP = 1024
_ENOUGH = 100  # of a unit: nobody cares for less than one of so many


def written(number: float, unit: str, of: Measure) -> str:
    """A quantity in its own unit, or in the next smaller one where that makes it whole: 1.5 "Gi" is "1536Mi"."""
    exact = Decimal(str(number))
    while exact != int(exact):
        if of == "cpu" and unit == "":
            exact, unit = exact * _MILLI, "m"
        elif unit in _BINARY[1:]:
            exact, unit = exact * _STEP, _BINARY[_BINARY.index(unit) - 1]
        else:
            exact = Decimal(round(exact))
    return f"{int(exact)}{unit}"


def counted(amount: Amount, now: str, what: str, of: Measure) -> str:
    """The quantity that an amount comes to, where it is `now` so far ("" when the files say nothing).

    Raises Incomplete with a question when no number was said, or it is not what the person believes.
    """
    size = "How large shall it be?" if of == "storage" else "How much shall it be?"
    current = parsed(now)
    if amount.was is not None and current is not None and parsed(written(amount.was, amount.unit, of)) != current:
        was = written(amount.was, amount.unit, of)
        raise Incomplete(f"{what} is {now} now, not {was}. {size}", reason="amount_not", now=now, was=was)
    if amount.number is None and now:
        raise Incomplete(f"{what} is {now} now. {size}", reason="amount_now", now=now)
    if amount.number is None:
        raise Incomplete(f"{what} is not set. {size}", reason="amount_unset")
    if amount.how == "to":
        asked = written(amount.number, amount.unit, of)
        if current is not None and is_backwards(amount, parsed(asked) or Decimal(0), current):
            raise Incomplete(f"{what} is {now} now. {size}", reason="amount_now", now=now)
        return asked
    if current is None:
        raise Incomplete(
            f"{what} is not set in one place, so I cannot count from it. {size}", reason="amount_scattered"
        )
    unit = _unit(now)
    one = parsed(f"1{unit}") or Decimal(1)
    if amount.how == "times":
        wanted = current * Decimal(str(amount.number))
    else:
        sign = -1 if amount.number < 0 else 1
        wanted = current + sign * (parsed(written(abs(amount.number), amount.unit, of)) or Decimal(0))
    if wanted <= 0:
        raise Incomplete(f"{what} is {now} now, so nothing would be left. {size}", reason="amount_gone", now=now)
    if amount.how == "times":
        return _rounded(wanted / one, unit, of)
    return written(float(wanted / one), unit, of)


def is_backwards(amount: Amount, wanted: Decimal | float, now: Decimal | float) -> bool:
    """Whether what it shall be is less than now though more was said, or the other way round."""
    return amount.how == "to" and (wanted < now if amount.towards > 0 else amount.towards < 0 and wanted > now)


def _rounded(number: Decimal, unit: str, of: Measure) -> str:
    """A share or a multiple as a person would write it: 1.2 times 512Mi is "614Mi"."""
    while number != int(number) and number < _ENOUGH and unit in _BINARY[1:]:
        number, unit = number * _STEP, _BINARY[_BINARY.index(unit) - 1]
    return written(float(round(number) if unit in _BINARY else number), unit, of)


def _unit(text: str) -> str:
    found = _UNITS.search(text)
    return found[0] if found else ""


def alone(wish: Wish) -> tuple[Amount]:
    """The only amount of a wish. Raises Incomplete for several."""
    if len(wish.amounts) != 1:
        raise Incomplete("Say one number for one thing.", reason="one_number")
    return (wish.amounts[0],)
