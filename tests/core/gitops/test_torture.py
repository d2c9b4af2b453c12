"""Documents as people write them, and damaged: an edit changes exactly the planned path, or nothing at all."""

import re
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
import yaml

from assistant_core.gitops.terraform import machines, spliced
from assistant_core.gitops.text import Remove, Set, Spot, Unreadable, Unspliceable, edited, values

SCALARS = st.sampled_from([
    "1", "'1'", '"1"', "3.30", "07", "yes", "~", "", "v1 # pinned", "'it''s'", '"a\\tb"', "{}", "[]", "*base", "1Gi",
    "{a: {b: 1}, c: [1, 2]} # flow", "[a, b: 1]", "{\n{i}  a: 1,\n{i}  b: 2\n{i}}",
    "|\n{i}  text: 1\n{i}  # no comment\n",
    ">-\n{i}  folded\n{i}  text\n", "two\n{i}  lines", "'{{ x }}'", "\U0001f373", "2026-01-01", "null", "a:b",
    "&x{n} 1",
    "&x{n} {a: 1}",
])  # fmt: skip
ODD = st.sampled_from(["*x", "!!str 1", "{{ .Values.x }}", "*none", "&x [*x]", "{a", "'", "!tag x", "- - -"])
KEYS = st.lists(
    st.sampled_from(["a", "b", "'c'", '"d"', "image", "env", "<<", "1", "é", "e.f", "&k{n} k"]),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip
COMMENTS = st.sampled_from(["", "", "", "# note\n", "\n", "   # odd indent\n"])
VALUES = st.sampled_from(
    ["new", "3.30", "yes", "", "a: b", "x #y", 7, True, None, "é🍳", "*x", "'", {"m": 1}, [1, "2"]]
)


@st.composite
def blocks(draw: st.DrawFn, indent: int = 0, depth: int = 0) -> str:
    """A block mapping or list, now and then with what does not belong there."""
    space = " " * indent
    lines = []
    is_list = depth > 0 and draw(st.integers(0, 3)) == 0
    for key in draw(KEYS):
        lines.append(draw(COMMENTS))
        lead = f"{space}- " if is_list else f"{space}{key}: "
        if key == "<<" and not is_list:
            lines.append(f"{lead}*base\n")
        elif depth < 3 and draw(st.booleans()):
            step = draw(st.sampled_from([2, 2, 2, 4, 1]))
            below = draw(blocks(indent + step, depth + 1))
            lines.append(f"{lead.rstrip()}{draw(st.sampled_from(['', '', ' &y{n}', ' # why']))}\n{below}")
        else:
            lines.append(f"{lead}{draw(ODD if draw(st.integers(0, 40)) == 40 else SCALARS).replace('{i}', space)}\n")
    return "".join(lines).replace("{n}", str(draw(st.integers(0, 99))), 1)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """One to three documents; line ends, byte order mark and damage of all kinds."""
    documents = [f"base: &base {{a: 1}}\n{draw(blocks())}" for _ in range(draw(st.integers(1, 3)))]
    text = draw(st.sampled_from(["---\n", "--- # next\n", "...\n---\n"])).join(documents)
    text = draw(st.sampled_from(["", "---\n", "%YAML 1.1\n---\n", "# top\n"])) + text
    if draw(st.booleans()):
        text = text.rstrip("\n")
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1, 3]))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(["", " ", "\n", "\t", ":", "-", "#", "[", "}", "&", "\0"]))
            + text[at + 1 :]
        )
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])))
    return (draw(st.sampled_from(["", "", "\ufeff"])) + text).encode()


def _paths(tree: Any, keys: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path for key, below in pairs for path in [(*keys, key), *_paths(below, (*keys, key))]]


def _apart(tree: Any) -> Any:
    """The same without anything in common between two places."""
    if isinstance(tree, dict):
        return {key: _apart(value) for key, value in tree.items()}
    return [_apart(each) for each in tree] if isinstance(tree, list) else tree


class TextLoader(yaml.SafeLoader):
    """PyYAML's own loader, which knows merge keys and leaves every scalar as text."""

    yaml_implicit_resolvers: ClassVar[Any] = {"<": [("tag:yaml.org,2002:merge", re.compile("<<"))]}


def _understood(data: bytes) -> list[Any]:
    """By a reader that shares nothing with the engine."""
    return [_apart(each) for each in yaml.load_all(data.decode().removeprefix("\ufeff"), Loader=TextLoader)]


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _expected(data: bytes, document: int, keys: tuple[str | int, ...], change: Set | Remove) -> list[Any]:
    found = _understood(data)
    place = found[document]
    for key in keys[:-1]:
        place = place[key]
    if isinstance(change, Set):
        place[keys[-1]] = _as_text(change.value)
    else:
        del place[keys[-1]]
    return found


@settings(max_examples=600)
@given(data=files(), value=VALUES, draw=st.data())
def test_any_document_is_edited_at_the_planned_path_alone_or_not_at_all(
    data: bytes, value: Any, draw: st.DataObject
) -> None:
    try:
        documents = values(data)
    except Unreadable:
        return
    places = [(number, keys) for number, each in enumerate(documents) for keys in _paths(each)]
    if not places:
        return
    document, keys = draw.draw(st.sampled_from(places))
    spot = Spot(document, keys)
    change = draw.draw(st.sampled_from([Set(spot, value), Set(spot, value), Remove(spot)]))
    try:
        after = edited(data, change)
    except Unspliceable, Unreadable:
        return
    try:
        expected = _expected(data, document, keys, change)
    except yaml.YAMLError, KeyError, TypeError, IndexError:
        return  # what PyYAML's slower parser or a merge key hides cannot be compared this way
    assert _understood(after) == expected
    assert after.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")


HCL = st.lists(
    st.sampled_from([
        'resource "proxmox_virtual_environment_vm" "a" {\n', "}\n", "  cpu {\n", "    cores = 4\n", "  memory {\n",
        "    dedicated = 8192\n", '  name = "vm"\n', "# note\n", "/* note */\n", "  for_each = local.vms\n",
        "locals {\n", "  vms = { a = { cores = 2 }, b = { cores = 3 } }\n", "    cores = each.value.cores\n",
        'variable "n" {\n', "  default = 2\n", "    cores = var.n\n", "<<EOT\n", "EOT\n", "${", '"', "\\", "é\n", "\0",
    ]),
    max_size=24,
).map("".join)  # fmt: skip


@settings(max_examples=150)
@given(text=HCL)
def test_any_terraform_is_read_and_edited_exactly_or_not_at_all(text: str) -> None:
    data = text.encode()
    found, _ = machines({"a.tf": data})
    for place in (place for machine in found for place in machine.places.values()):
        assert data.decode()[place.start : place.end] == place.written
        try:
            after = spliced(data, place.start, place.end, "77")
        except Unspliceable, Unreadable:
            continue
        assert after.decode() == data.decode()[: place.start] + "77" + data.decode()[place.end :]
