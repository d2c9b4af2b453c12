"""Editing YAML as text: any value of any document, exactly or not at all."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
import pytest
import yaml

from assistant_core.gitops.text import Remove, Set, Spot, Unreadable, Unspliceable, edited, values
from assistant_core.gitops.text.scalars import written

KEYS = st.sampled_from(["a", "b", "image", "tag", "with.dot", "quoted key", "1", "true", "<x>", "é"])
WORDS = st.sampled_from(
    [
        "x",
        "3.30",
        "007",
        "0775",
        "1e3",
        "yes",
        "null",
        "~",
        "",
        " x ",
        "a: b",
        "a #b",
        "- x",
        "{{ t }}",
        "é🍳",
        "2026-01-01",
        "1:30",
        "=",
        "*a",
        "&a",
        "!x",
        "%x",
        "@x",
        "`x`",
        "'",
        '"',
        "a'b",
        "65.x",
        "v1",
        "x:",
        "-1",
        "0x1f",
        "1_0",
        ".5",
        "+.inf",
        "|",
        ">",
    ]
)
TEXTS = WORDS | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
SCALARS = TEXTS | st.integers(-9, 9999) | st.booleans() | st.none()
TREES = st.recursive(
    SCALARS,
    lambda below: st.dictionaries(KEYS, below, max_size=4) | st.lists(below, max_size=4),
    max_leaves=14,
)
STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([False, False, None, True]),
        "indent": st.sampled_from([2, 4]),
        "width": st.sampled_from([20, 1000]),
        "allow_unicode": st.booleans(),
        "default_style": st.sampled_from([None, None, '"', "'"]),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


def _paths(tree: Any, keys: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path for key, below in pairs for path in [(*keys, key), *_paths(below, (*keys, key))]]


def _apart(tree: Any) -> Any:
    """A tree in which nothing is there twice."""
    if isinstance(tree, dict):
        return {key: _apart(below) for key, below in tree.items()}
    return [_apart(below) for below in tree] if isinstance(tree, list) else tree


def _at(tree: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        tree = tree[key]
    return tree


@settings(max_examples=300)
@example(text="0?")
@given(text=TEXTS)
def test_what_is_written_is_read_back(text: str) -> None:
    try:
        (found,) = values(f"a: {written(text)}\n".encode())
    except Unreadable as error:
        assert "characters" in str(error)  # noqa: PT017 - a reader may refuse a character, never change it
    else:
        assert found == {"a": text}
        assert yaml.safe_load(f"a: {written(text)}\n") == {"a": text}
        assert yaml.safe_load(f"[{written(text, flow=True)}]") == [text]


@settings(max_examples=500)
@given(tree=st.dictionaries(KEYS, TREES, min_size=1, max_size=5), style=STYLES, value=SCALARS, data=st.data())
def test_a_value_is_set_exactly_or_refused(tree: Any, style: Any, value: Any, data: st.DataObject) -> None:
    before = yaml.safe_dump(tree, **style).encode()
    keys = data.draw(st.sampled_from([path for path in _paths(tree) if path]))
    if data.draw(st.booleans()) and isinstance(_at(tree, keys), dict):
        keys = (*keys, "new", "deeper")
    try:
        after = edited(before, Set(Spot(0, keys), value))
    except Unspliceable, Unreadable:
        return
    expected = yaml.safe_load(before)
    place = expected
    for key in keys[:-1]:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
    place[keys[-1]] = value
    assert yaml.safe_load(after) == expected


@settings(max_examples=300)
@given(tree=st.dictionaries(KEYS, TREES, min_size=1, max_size=5), style=STYLES, data=st.data())
def test_a_value_is_removed_exactly_or_refused(tree: Any, style: Any, data: st.DataObject) -> None:
    before = yaml.safe_dump(tree, **style).encode()
    keys = data.draw(st.sampled_from([path for path in _paths(tree) if path]))
    try:
        after = edited(before, Remove(Spot(0, keys)))
    except Unspliceable, Unreadable:
        return
    expected = yaml.safe_load(before)
    del _at(expected, keys[:-1])[keys[-1]]
    assert yaml.safe_load(after) == expected


@settings(max_examples=500, deadline=None)
@given(
    shared=st.dictionaries(KEYS, TREES, min_size=1, max_size=2) | st.lists(SCALARS, min_size=1, max_size=2),
    tree=st.dictionaries(KEYS, TREES, min_size=1, max_size=3),
    style=STYLES,
    data=st.data(),
)
def test_beside_aliases_a_value_is_set_or_removed_exactly_or_refused(
    shared: Any, tree: Any, style: Any, data: st.DataObject
) -> None:
    collections = [tree, *(each for keys in _paths(tree) if isinstance(each := _at(tree, keys), dict | list))]
    for place in data.draw(st.lists(st.sampled_from(collections), min_size=2, max_size=4)):
        if isinstance(place, list):
            place.insert(data.draw(st.integers(0, len(place))), shared)
        else:
            place[data.draw(KEYS)] = shared
    before = yaml.safe_dump(tree, **style).encode()
    expected = _apart(yaml.safe_load(before))
    keys = data.draw(st.sampled_from(_paths(expected)))
    place = _at(expected, keys[:-1])
    change: Set | Remove = Remove(Spot(0, keys))
    if data.draw(st.booleans()):
        change = Set(Spot(0, keys), "new")
        place[keys[-1]] = "new"
    elif data.draw(st.booleans()) and isinstance(place, dict):
        change = Set(Spot(0, (*keys[:-1], "new")), 1)
        place["new"] = 1
    else:
        del place[keys[-1]]
    try:
        after = edited(before, change)
    except Unspliceable, Unreadable:
        return
    assert yaml.safe_load(after) == expected


INLINE = "spec:\n  values: |{mark}\n    # top\n    image:\n      tag: v1 # pinned\n\n    list:\n    - a\n  after: 1\n"


@pytest.mark.parametrize("mark", ["", "-", "+"])
def test_yaml_inside_a_text_is_edited_line_by_line(mark: str) -> None:
    before = INLINE.format(mark=mark)

    after = edited(
        before.encode(),
        Set(Spot(0, ("spec", "values"), ("image", "tag")), "v2"),
        Set(Spot(0, ("spec", "values"), ("list", 1)), "b"),
        Set(Spot(0, ("spec", "values"), ("more", "x")), True),
    ).decode()

    assert after == before.replace("tag: v1", "tag: v2").replace("- a\n", "- a\n    - b\n    more:\n      x: true\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: >-\n  b: 1\n", "is in a text that is not written as a block"),
        ('a: "b: 1"\n', "is in a text that is not written as a block"),
        ("a: 1\n", "is below something that is no mapping"),
        ("a: {b: 1}\n", "is in what is no text"),
        ("c: 1\n", "is in a text that is not there"),
    ],
)
def test_other_texts_are_left_alone(text: str, reason: str) -> None:
    with pytest.raises(Unspliceable, match=reason):
        edited(text.encode(), Set(Spot(0, ("a",), ("b",)), 2))


@pytest.mark.parametrize(
    ("before", "keys", "value", "after"),
    [
        ("resources: {}\n", ("resources", "limits", "memory"), "1Gi", "resources:\n  limits:\n    memory: 1Gi\n"),
        ("resources: {} # none\n", ("resources", "limits"), 1, "resources: # none\n  limits: 1\n"),
        ("resources:\n  {}\n  # later\n", ("resources", "cpu"), "1m", "resources:\n  cpu: 1m\n  # later\n"),
        ("env: []\n", ("env", 0), {"name": "A", "value": "1"}, 'env:\n  - name: A\n    value: "1"\n'),
        ("a:\n    b:\n    -   c: 1\n", ("a", "b", 1), {"c": 2}, "a:\n    b:\n    -   c: 1\n    -   c: 2\n"),
        ("- {name: A}\n", (1,), {"name": "B"}, "- {name: A}\n- {name: B}\n"),
        ("a: |\n  text\n\n# end\n", ("b",), 1, "a: |\n  text\nb: 1\n\n# end\n"),
        ("a: 1", ("b",), 2, "a: 1\nb: 2"),
        ("a: 1\r\n", ("b",), 2, "a: 1\r\nb: 2\r\n"),
        ("# nothing yet\n", ("a", "b"), 1, "# nothing yet\na:\n  b: 1\n"),
        ("a: {b: 1}\n", ("a", "c"), "x", "a: {b: 1, c: x}\n"),
        ("a: 3.24\n", ("a",), "3.30", 'a: "3.30"\n'),
        ("a: '3.24' # why\n", ("a",), "3.30", "a: '3.30' # why\n"),
        ("a: &x 1\nb:\n  c:\n    - *x\n", ("b", "d"), 2, "a: &x 1\nb:\n  c:\n    - *x\n  d: 2\n"),
        ("a: &x 1\nb:\n- 2 # two\n# x\n- *x # one\n", ("b", 2), 3, "a: &x 1\nb:\n- 2 # two\n# x\n- *x # one\n- 3\n"),
        ("a: &x\n- 1\nb: 2\n", ("a", 1), 3, "a: &x\n- 1\n- 3\nb: 2\n"),
        ("a: &x [1]\nb: *x\nc: 2\n", ("d",), 3, "a: &x [1]\nb: *x\nc: 2\nd: 3\n"),
        ("a: &x 1\nb: [2, *x]\n", ("b", 2), 3, "a: &x 1\nb: [2, *x, 3]\n"),
    ],
)
def test_what_is_missing_is_added_in_the_manner_of_the_file(
    before: str, keys: tuple[str | int, ...], value: Any, after: str
) -> None:
    assert edited(before.encode(), Set(Spot(0, keys), value)).decode() == after
