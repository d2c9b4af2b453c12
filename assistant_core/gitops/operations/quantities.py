"""Kubernetes quantities as people give them: checked, and compared."""

from decimal import Decimal
import re

from ...errors import Incomplete, InputInvalid

_QUANTITY = re.compile(r"(?P<number>[0-9]{1,12}(?:\.[0-9]{1,6})?)(?P<unit>m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")
_UNITS = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTP", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTP", start=1)},
}
_MAX_CORES = 512
_MIN_BYTES = 1024**2
_MAX_BYTES = 1024**5


def amount(text: str) -> Decimal | None:
    """The number of cores or bytes; None for what is no quantity."""
    match = _QUANTITY.fullmatch(text.strip())
    return Decimal(match["number"]) * _UNITS[match["unit"] or ""] if match else None


def cores(text: str) -> str:
    """A checked amount of CPU. Raises InputInvalid."""
    found = _checked(text, 'CPU is given in cores or millicores, such as "2" or "500m"')
    if text.strip().lstrip("0123456789.") not in ("", "m") or not 0 < found <= _MAX_CORES:
        raise InputInvalid(
            f"CPU must be from 1m to {_MAX_CORES} cores, not {text[:20]}.",
            reason="cores_range",
            maximum_cores=_MAX_CORES,
        )
    return text.strip()


def size(text: str, what: str) -> str:
    """A checked amount of memory or storage; `what` names it at the start of a sentence. Raises InputInvalid."""
    found = _checked(text, f'{what} is given with its unit, such as "512Mi" or "2Gi"')
    if text.strip()[-1].isdigit() or text.strip().endswith("m"):
        raise Incomplete(
            f'{what} needs a unit, such as "512Mi" or "2Gi"; {text[:20]} would be bytes.', reason="no_unit"
        )
    if not _MIN_BYTES <= found <= _MAX_BYTES:
        raise InputInvalid(f"{what} must be from 1Mi to 1Pi, not {text[:20]}.", reason="size_range")
    return text.strip()


def _checked(text: str, sentence: str) -> Decimal:
    found = amount(text) if isinstance(text, str) else None
    if found is None:
        raise InputInvalid(f"{sentence}, not {str(text)[:20]!r}.", text=str(text)[:20], reason="no_quantity")
    return found
