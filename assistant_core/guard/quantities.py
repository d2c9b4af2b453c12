"""Quantities as Kubernetes writes them: `500m`, `2Gi`, `1e3`."""

from decimal import Decimal
import re

_SUFFIXES = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,3})?"
)


def quantity(found: object) -> Decimal | None:
    """The number that a quantity stands for, None when it is none."""
    match found:
        case bool():
            return None
        case int() | float() if abs(found) < 10**40:
            return Decimal(str(found))
        case str() if matched := _QUANTITY.fullmatch(found):
            number, suffix = matched[1], matched[2] or ""
            if suffix[1:2].isdigit() or suffix[1:2] in ("+", "-"):
                return Decimal(f"{number}{suffix}")
            return Decimal(number) * _SUFFIXES[suffix]
        case _:
            return None
