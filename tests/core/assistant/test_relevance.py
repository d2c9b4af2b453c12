"""Which things of a house the words speak of."""

import pytest

from assistant_core.assistant.relevance import Relevance
from assistant_core.models.house import Entity
from assistant_core.speech import Vocabulary

ENGLISH, GERMAN = Vocabulary.load("en"), Vocabulary.load("de")


def thing(
    name: str, domain: str, area: str | None = None, *, aliases: tuple[str, ...] = (), measures: str = ""
) -> Entity:
    identity = f"{domain}.{name.lower().replace(' ', '_')}"
    return Entity(
        entity_id=identity, names=(name, *aliases), domain=domain, area=area, floor="Top", device_class=measures or None
    )


HOUSE = (
    thing("Ceiling light", "light", "Kitchen"),
    thing("Oven", "switch", "Kitchen"),
    thing("Stehlampe", "light", "Wohnzimmer", aliases=("Leselicht",)),
    thing("Küchenlicht", "light", "Küche"),
    thing("Rollo links", "cover", "Wohnzimmer"),
    thing("Fühler", "sensor", "Bedroom", measures="temperature"),
    thing("Weather station", "sensor", None, measures="temperature"),
    thing("Movie night", "scene"),
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("turn on the light in the kitchen", ["Ceiling light"]),
        ("turn on the ceiling light", ["Ceiling light"]),
        ("is the oven on", ["Oven"]),
        ("how warm is it in the bedroom", ["Fühler"]),
        ("Schalte die Stehlampe ein", ["Stehlampe"]),
        ("mach das Leselicht an", ["Stehlampe"]),
        ("Mach das Licht in der Küche an", ["Küchenlicht"]),
        ("KUCHENLICHT aus", ["Küchenlicht"]),
        ("fahr das linke Rollo runter", ["Rollo links"]),
        ("movie night please", ["Movie night"]),
        ("tell me a joke", []),
        ("what about the", []),
        ("", []),
        ("\u202e\x00 🦄", []),
    ],
)
def test_the_likeliest_thing_is_found(words: str, found: list[str]) -> None:
    best = Relevance(HOUSE, [ENGLISH, GERMAN]).search(words).best(1)
    assert [entity.names[0] for entity in best] == found


def test_where_no_room_is_named_the_speakers_own_comes_first() -> None:
    relevance = Relevance(HOUSE, [ENGLISH, GERMAN])
    lights = relevance.search("dim the lights")
    assert lights.best(1, near="Wohnzimmer")[0].names[0] == "Stehlampe"
    assert lights.best(1, near="Küche")[0].names[0] == "Küchenlicht"
    kitchen = relevance.search("dim the lights in the kitchen")
    assert kitchen.best(1, near="Wohnzimmer")[0].names[0] == "Ceiling light"


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    many = tuple(thing(f"Sensor {number}", "sensor") for number in range(200))
    relevance = Relevance((*many, thing("Sensor heat pump", "sensor")), [ENGLISH])
    assert relevance.search("what does the heat pump sensor say").best(1)[0].names[0] == "Sensor heat pump"


def test_things_without_names_or_areas_are_no_trouble() -> None:
    nameless = Entity(entity_id="light.x", names=(), domain="light")
    assert Relevance((nameless,), [ENGLISH]).search("the light").best(3) == (nameless,)
    assert Relevance((), [ENGLISH]).search("the light").best(3) == ()
