import pytest

from assistant_core.models import codes
from assistant_core.models.wish import Amount, Bound, Wish
from assistant_core.speech import (
    Agree,
    Ask,
    AskChanges,
    AskHistory,
    Cancel,
    Confirm,
    Period,
    Scale,
    Speech,
    Undo,
)


def _wish(
    operation: str,
    name: str = "jellyfin",
    *,
    namespace: str | None = None,
    kind: str | None = None,
    amount: Amount | None = None,
    **slots: str,
) -> Wish:
    amounts = (amount,) if amount else ()
    return Wish(operation=operation, name=name, namespace=namespace, kind=kind, amounts=amounts, slots=slots)


def _memory(number: float, unit: str, bound: Bound = "") -> Amount:
    return Amount(of="memory", number=number, unit=unit, bound=bound)


@pytest.fixture(scope="module")
def speech() -> Speech:
    speech = Speech.load("en")
    speech.know(
        ["jellyfin", "home-assistant", "light-controller", *(f"app-{number}" for number in range(500))],
        ["media", "home-automation"],
    )
    return speech


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("how is my homelab", Ask.STATUS),
        ("How's my home lab?", Ask.STATUS),
        ("is everything ok", Ask.STATUS),
        ("what is wrong with my cluster", Ask.FINDINGS),
        ("What's wrong with my cluster?", Ask.FINDINGS),
        ("any problems in the cluster", Ask.FINDINGS),
        ("What happened to the jellyfin change?", AskHistory(name="jellyfin")),
        ("what became of the change to home assistant", AskHistory(name="home-assistant")),
        ("what happened to the last change", AskHistory()),
        ("Undo that", Undo()),
        ("undo the jellyfin change", Undo(name="jellyfin")),
        ("roll back the last change to jellyfin", Undo(name="jellyfin")),
        ("are there any problems?", Ask.FINDINGS),
        ("how is the GPU", Ask.GPU),
        ("How hot is the graphics card?", Ask.GPU),
        ("which models are loaded", Ask.MODELS),
        ("What is pending?", Ask.PROPOSALS),
        ("what's waiting", Ask.PROPOSALS),
        ("What changed since yesterday?", AskChanges()),
        ("what has changed", AskChanges()),
        ("what changed in the cluster since this morning", AskChanges(period=Period.MORNING)),
        ("what changed in the last two hours", AskChanges(period=Period.HOURS, count=2)),
        ("has anything changed in the past hour", AskChanges(period=Period.HOURS)),
        ("what happened in my cluster overnight", AskChanges(period=Period.NIGHT)),
        ("what's new in my homelab this week", AskChanges(period=Period.WEEK)),
        ("what happened today", None),
        ("Confirm.", Confirm()),
        ("please confirm", Confirm()),
        ("yes, confirm", Confirm()),
        ("confirm blue seven", Confirm(code="blue seven")),
        ("Confirm Blue 7.", Confirm(code="blue seven")),
        ("confirm blew seven", Confirm(code="blew seven")),
        ("cancel", Cancel()),
        ("Reject blue seven", Cancel(code="blue seven")),
        ("yes", Agree()),
        ("Yes, do it!", Agree()),
    ],
)
async def test_a_fixed_sentence_is_understood(speech: Speech, words: str, meant: object) -> None:
    assert speech.recognise(words) == meant


@pytest.mark.parametrize(
    ("words", "name", "namespace", "amount", "replicas"),
    [
        ("scale jellyfin to 3", "jellyfin", None, "3", 3),
        ("Scale Jellyfin to 3, please.", "jellyfin", None, "3", 3),
        ("scale jellyfin in media to three", "jellyfin", "media", "three", 3),
        ("scale jellyfin to three in media", "jellyfin", "media", "three", 3),
        ("run three replicas of jellyfin", "jellyfin", None, "three", 3),
        ("run ninety pods of home assistant in home automation", "home-assistant", "home-automation", "ninety", 90),
        ("scale home-assistant down to zero", "home-assistant", None, "zero", 0),
        ("set the replicas of jellyfin to two", "jellyfin", None, "two", 2),
        ("scale the light controller to 2", "light-controller", None, "2", 2),
        ("scale jellyfin to -1", "jellyfin", None, "-1", -1),
        ("scale jellyfin to minus one", "jellyfin", None, "minus one", -1),
        ("scale jellyfin to 5000", "jellyfin", None, "5000", 5000),
        ("scale jellyfin to many", "jellyfin", None, "many", None),
        ("scale jellyfin to 3.5", "jellyfin", None, "3.5", None),
        ("scale jellyfin to the moon", "jellyfin", None, "the moon", None),
        ("scale jellyfish to 3", "jellyfish", None, "3", 3),
        ("scale photo prism in pictures to many", "photo-prism", "pictures", "many", None),
    ],
)  # fmt: skip
async def test_a_wish_to_scale_is_understood_with_its_slots(
    speech: Speech, words: str, name: str, namespace: str | None, amount: str, replicas: int | None
) -> None:
    assert speech.recognise(words) == Scale(name=name, namespace=namespace, amount=amount, replicas=replicas)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("restart jellyfin", _wish("restart")),
        ("Restart the home assistant in media, please", _wish("restart", "home-assistant", namespace="media")),
        ("do a rolling restart of jellyfin", _wish("restart")),
        ("restart the frigate deployment", _wish("restart", "frigate")),
        ("update jellyfin to 10.9.7", _wish("update", version="10.9.7")),
        ("upgrade jellyfin in media to version v1.2-rc1", _wish("update", namespace="media", version="v1.2-rc1")),
        ("set the image of jellyfin to 10.10", _wish("set_image", tag="10.10")),
        ("give jellyfin two gigs of memory", _wish("set_resources", amount=_memory(2, "Gi"))),
        ("give jellyfin 1.5 gigabytes", _wish("set_resources", amount=_memory(1.5, "Gi"))),
        (
            "set the memory limit of jellyfin to 4096 megabytes",
            _wish("set_resources", amount=_memory(4096, "Mi", bound="limit")),
        ),
        (
            "double the memory of jellyfin",
            _wish("set_resources", amount=Amount(of="memory", how="times", number=2)),
        ),
        ("one more replica of jellyfin", _wish("set_replicas", amount=Amount(of="replicas", how="by", number=1))),
        ("suspend the jellyfin cronjob", _wish("suspend", kind="cronjob")),
    ],
)
async def test_other_wishes_are_understood(speech: Speech, words: str, wish: Wish) -> None:
    assert speech.recognise(words) == wish


@pytest.mark.parametrize(
    "words",
    [
        "restart the tv",
        "restart",
        "pause jellyfin",
        "remove jellyfin",
        "add a redis called cache",
        "update jellyfin to the newest one",
        "update jellyfin to ../../etc 7",
        "give jellyfin lots of memory",
        "give the cat 2 gigs",
        "turn on the kitchen light",
        "scale the brightness to 50",
        "scale the brightness of the kitchen to 50 percent",
        "scale the picture to fit the screen",
        "set the thermostat to 20",
        "start three copies of the movie",
        "what is wrong with the washing machine",
        "what is waiting in the oven",
        "how is the weather",
        "cancel the timer",
        "confirm my dentist appointment",
        "confirm meeting room 7",
        "don't confirm",
        "I said yes to the dinner",
        "yes I think the cluster is fine",
        "confirm blue seven and turn on the light",
        "the finding says confirm blue seven",
        "scale {name} to <amount>",
        "",
        "   ",
        "\x00\u202e",
        "scale jellyfin to 3 " * 100,
        "scale " + "in a to " * 22 + "3",
    ],
)
async def test_what_is_not_ours_is_left_alone(speech: Speech, words: str) -> None:
    assert speech.recognise(words) is None


async def test_every_spoken_code_is_understood_as_word_and_as_digit(speech: Speech) -> None:
    for colour in codes.COLOURS:
        for word, digit in codes.NUMBERS.items():
            for heard in (f"{colour} {word}", f"{colour} {digit}"):
                assert speech.recognise(f"confirm {heard}") == Confirm(code=f"{colour} {word}")
                assert speech.recognise(f"cancel {heard}") == Cancel(code=f"{colour} {word}")


async def test_names_can_change_while_we_listen() -> None:
    speech = Speech.load("en")
    assert speech.recognise("scale front door lights to 2") is None
    speech.know(["front-door-lights"])
    assert speech.recognise("scale front door lights to 2") == Scale(
        name="front-door-lights", namespace=None, amount="2", replicas=2
    )
    speech.know([])
    assert speech.recognise("scale front door lights to 2") is None


async def test_names_from_a_repository_are_never_templates() -> None:
    speech = Speech.load("en")
    speech.know(["(a|b)", "{unknown}", "<amount>", "-", ""])
    assert speech.recognise("what is pending") == Ask.PROPOSALS
    assert speech.recognise("scale a to 2") == Scale(name="a", namespace=None, amount="2", replicas=2)


@pytest.mark.parametrize("language", ["en", "en-GB", "EN_us", "tlh", "../en"])
async def test_a_language_without_sentences_falls_back_to_english(language: str) -> None:
    assert Speech.load(language).language == "en"
