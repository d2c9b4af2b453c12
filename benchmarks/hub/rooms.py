"""A house of 500 entities, as Home Assistant's YAML: 20 rooms, in each of them the same 25 things."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

ROOMS = (
    "Kitchen", "Living room", "Bedroom", "Bathroom", "Hallway", "Office", "Guest room", "Laundry room", "Garage",
    "Cellar", "Attic", "Workshop", "Garden", "Balcony", "Terrace", "Library", "Nursery", "Pantry", "Playroom", "Sauna",
)  # fmt: skip

# The driver of every sensor, so that one call changes them all.
WEATHER = "input_number.outdoor_weather"
SENSOR = f"{{{{ 20 + states('{WEATHER}') | float(0) }}}}"
CONTACT = f"{{{{ states('{WEATHER}') | float(0) > 5 }}}}"
SWITCHED: dict[str, Any] = {"turn_on": [], "turn_off": []}
MOVED: dict[str, Any] = {"open_cover": [], "close_cover": []}
NUMBER: dict[str, Any] = {"min": 0, "max": 30}

THINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("light", "ceiling light", SWITCHED),
    ("sensor", "temperature", {"device_class": "temperature", "unit_of_measurement": "°C", "state": SENSOR}),
    ("binary_sensor", "window", {"device_class": "window", "state": CONTACT}),
    ("cover", "blinds", {"device_class": "blind", **MOVED}),
    ("switch", "heater", SWITCHED),
    ("light", "reading lamp", SWITCHED),
    ("sensor", "humidity", {"device_class": "humidity", "unit_of_measurement": "%", "state": SENSOR}),
    ("binary_sensor", "motion", {"device_class": "motion", "state": CONTACT}),
    ("fan", "fan", SWITCHED),
    ("input_boolean", "night mode", {}),
    ("light", "floor lamp", SWITCHED),
    ("sensor", "carbon dioxide", {"device_class": "carbon_dioxide", "unit_of_measurement": "ppm", "state": SENSOR}),
    ("binary_sensor", "door", {"device_class": "door", "state": CONTACT}),
    ("lock", "lock", {"lock": [], "unlock": []}),
    ("input_number", "target temperature", NUMBER),
    ("light", "shelf light", SWITCHED),
    ("sensor", "brightness", {"device_class": "illuminance", "unit_of_measurement": "lx", "state": SENSOR}),
    ("binary_sensor", "smoke detector", {"device_class": "smoke", "state": CONTACT}),
    ("cover", "curtain", {"device_class": "curtain", **MOVED}),
    ("input_boolean", "guest mode", {}),
    ("light", "wall lamp", SWITCHED),
    ("sensor", "power", {"device_class": "power", "unit_of_measurement": "W", "state": SENSOR}),
    ("switch", "socket", SWITCHED),
    ("switch", "air purifier", SWITCHED),
    ("input_number", "volume limit", NUMBER),
)
THINGS_AT_ONCE = 5


@dataclass(frozen=True)
class Thing:
    """An entity of the house."""

    room: str
    domain: str
    what: str
    options: dict[str, Any]

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.room} {self.what}"

    @property
    def key(self) -> str:
        """Its name as an identifier."""
        return self.name.lower().replace(" ", "_")

    @property
    def entity_id(self) -> str:
        """What Home Assistant calls it."""
        return f"{self.domain}.{self.key}"


def things() -> Iterator[Thing]:
    """All of them, ordered so that the first 20 make a flat of four rooms and the first 100 reach every room."""
    for kinds in batched(THINGS, THINGS_AT_ONCE, strict=True):
        for room in ROOMS:
            yield from (Thing(room, *kind) for kind in kinds)


def configuration() -> dict[str, Any]:
    """What configuration.yaml says of them."""
    helpers: dict[str, dict[str, Any]] = {
        "input_boolean": {},
        "input_number": {WEATHER.partition(".")[2]: {"name": "Outdoor weather", **NUMBER}},
    }
    templates: dict[str, list[dict[str, Any]]] = {}
    for thing in things():
        if thing.domain in helpers:
            helpers[thing.domain][thing.key] = {"name": thing.name, **thing.options}
        else:
            template = {"name": thing.name, "unique_id": thing.key, **thing.options}
            templates.setdefault(thing.domain, []).append(template)
    return {**helpers, "template": [templates]}
