"""Time zones as people call them: "Berlin" is Europe/Berlin."""

from functools import cache
import re
from zoneinfo import available_timezones

from ...errors import Incomplete

_WORDS = re.compile(r"[^\W\d_]+(?:[ /_-][^\W\d_]+)*")


def zone(said: str) -> str:
    """The zone of that name or of that city; what is no word, such as CET-1CEST, stays. Raises Incomplete."""
    wanted = said.strip().replace(" ", "_").casefold()
    found = _zones().get(wanted) or _cities().get(wanted, ())
    if len(found) == 1:
        return found[0]
    if not _zones() or not _WORDS.fullmatch(said.strip()):
        return said
    raise Incomplete(
        f"{said[:60]} is no time zone I know. Say one such as Europe/Berlin.", text=said[:60], reason="no_zone"
    )


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """Every zone by its name in small letters; empty where the system has none. Reads the disk."""
    return {each.casefold(): (each,) for each in available_timezones()}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for (each,) in _zones().values():
        _, slash, city = each.rpartition("/")
        if slash:
            found[city.casefold()] = (*found.get(city.casefold(), ()), each)
    return found
