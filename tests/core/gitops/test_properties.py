"""Whatever stands in a repository: an edit changes exactly what was planned, or is refused."""

from hypothesis import given, settings
from hypothesis import strategies as st
import yaml

from assistant_core.errors import HomelabError
from assistant_core.gitops import Edit, Index, apply
from assistant_core.models.change import SetReplicas
from assistant_core.models.repository import Snapshot

REPLICAS = st.sampled_from(
    [
        "1",
        "2",
        '"1"',
        "'2'",
        "",
        "~",
        "null",
        "&r 1",
        "*x",
        "!!int 1",
        "0x1",
        "01",
        "1_0",
        "1.0",
        "one",
        "[1]",
        "{a: 1}",
    ]
)
COMMENTS = st.sampled_from(["", "", "", " # replicas: 9", " # {{ }}", "\t# tab", " #", "   "])
VALUES = st.sampled_from(
    [
        "x",
        "'it''s'",
        '"a\\tb"',
        "|\n{i}  line\n\n{i}  # no comment",
        ">-\n{i}  folded\n{i}  text",
        "&x {{a: [1, 2]}}",
        "[a, 'b', \"c\"]",
        "*x",
        "{{}}",
        "[]",
        "\n{i}  - a\n{i}  -   b: c\n{i}      d: e",
        "\n{i}- a\n{i}- b",
        "é🍳",
    ]
)
WORDS = ["- ", "&x ", "*x", "<<: *x", "{{", "}}", "---\n", "replicas: 5\n"]
PIECES = st.sampled_from(["\n", "  ", "\t", ":", "'", '"', "#", "\r", "[", "é", "\u2028", "\x85", *WORDS])


@st.composite
def manifests(draw: st.DrawFn) -> str:
    """A Deployment as people might write it, with anything beside and around it."""
    step = " " * draw(st.sampled_from([1, 2, 4]))
    entries = [
        f"{step}selector:{{comment}}\n{step * 2}matchLabels: {{{{app: web}}}}",
        f"{step}template:\n{step * 2}metadata: {{{{labels: {{{{app: web}}}}}}}}",
    ]
    for key in draw(st.lists(st.sampled_from(["paused", "strategy", "x-note", "'quoted'"]), unique=True, max_size=3)):
        value = draw(VALUES).format(i=step).replace("{", "{{").replace("}", "}}")
        entries.append(f"{step}{key}: {value}")
    if draw(st.booleans()):
        replicas = draw(REPLICAS).replace("{", "{{").replace("}", "}}")
        entries.append(f"{step}replicas: {replicas}{{comment}}")
    lines = [entry.format(comment=draw(COMMENTS)) for entry in draw(st.permutations(entries))]
    gaps = draw(st.lists(st.sampled_from(["", "\n", f"{step}# note\n", "# note\n"]), min_size=5, max_size=8))
    spec = "".join(f"{gap}{line}\n" for gap, line in zip(gaps, lines, strict=False))
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n{step}name: web\nspec:{draw(COMMENTS)}\n{spec}"
    text = draw(st.sampled_from(["", "# top\n", "---\n", "a: 1\n---\n"])) + text
    text += draw(st.sampled_from(["", "---\nb: &x 2\nc: *x\n", "...\n", "# end\n", "status: {}\n"]))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


@st.composite
def damaged_manifests(draw: st.DrawFn) -> str:
    """One of them after a few careless keystrokes."""
    text = draw(manifests())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(PIECES) + text[at + draw(st.integers(0, 3)) :]
    return text


def _edited(data: bytes, replicas: int) -> Edit | None:
    index = Index.of(Snapshot(commit="c" * 40, files={"web.yaml": data}))
    try:
        return apply(SetReplicas(name="web", replicas=replicas), index)
    except HomelabError:
        return None


def _understood(data: bytes) -> list[object]:
    """The file as PyYAML's own loader understands it, every scalar as text."""
    return list(yaml.load_all(data.decode().removeprefix("\ufeff"), Loader=yaml.BaseLoader))


def _check(data: bytes, edit: Edit, replicas: int) -> None:
    """An independent look; PyYAML's own parser takes less than libyaml, so what it refuses cannot be compared."""
    if not edit.files:
        assert edit.target.before == edit.target.after == str(replicas)
        return
    (file,) = edit.files
    assert file.before == data
    assert file.after is not None
    try:
        expected = _understood(data)
    except yaml.YAMLError:
        return
    found = _understood(file.after)
    changed = [number for number, (one, other) in enumerate(zip(expected, found, strict=True)) if one != other]
    assert len(changed) == 1
    document = expected[changed[0]]
    assert isinstance(document, dict)
    document["spec"]["replicas"] = str(replicas)
    assert found == expected
    old, new = data.decode().split("\n"), file.after.decode().split("\n")
    same_start = next(i for i in range(len(new)) if old[i : i + 1] != new[i : i + 1])
    assert old[same_start + 1 :] == new[same_start + 1 :] or old[same_start:] == new[same_start + 1 :]


@settings(max_examples=400)
@given(text=manifests(), replicas=st.integers(0, 12))
def test_an_edit_changes_exactly_the_planned_value_or_is_refused(text: str, replicas: int) -> None:
    edit = _edited(text.encode(), replicas)

    if edit is not None:
        _check(text.encode(), edit, replicas)


@settings(max_examples=400)
@given(text=damaged_manifests(), replicas=st.integers(0, 12))
def test_a_damaged_file_is_edited_exactly_or_not_at_all(text: str, replicas: int) -> None:
    edit = _edited(text.encode(), replicas)

    if edit is not None:
        _check(text.encode(), edit, replicas)


@settings(max_examples=200)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_whatever_stop_the_index(data: bytes) -> None:
    index = Index.of(Snapshot(commit="c" * 40, files={"any.yaml": data}))

    assert index.workloads == ()
