"""The house that Home Assistant runs, as far as it is exposed to voice assistants."""

from typing import NamedTuple


class Entity(NamedTuple):
    """Something in the house, without its state: that changes all the time, this hardly ever.

    `names` are what people call it, the one to show first, then its aliases; anybody may have chosen them, so they are
    untrusted. `area` and `floor` are names, too. `device_class` such as "temperature" says what a sensor measures.
    """

    entity_id: str
    names: tuple[str, ...]
    domain: str
    area: str | None = None
    floor: str | None = None
    device_class: str | None = None
