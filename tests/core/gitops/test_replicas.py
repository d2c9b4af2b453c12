import pytest

from assistant_core.errors import EditRefused, InputInvalid, UnknownWorkload
from assistant_core.gitops import Edit, Index, apply, unified_diff
from assistant_core.models.change import SetReplicas, Target
from assistant_core.models.repository import Snapshot

HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: home}\n"
REST = "  selector: {matchLabels: {app: web}}\n  template: {metadata: {labels: {app: web}}}\n"
MANIFEST = f"{HEAD}spec:\n  replicas: 1\n{REST}"


def _apply(text: str | bytes, replicas: int = 3, **others: str) -> Edit:
    files = {path.replace("__", "."): content.encode() for path, content in others.items()}
    data = text if isinstance(text, bytes) else text.encode()
    index = Index.of(Snapshot(commit="c" * 40, files={"apps/web.yaml": data, **files}))
    return apply(SetReplicas(name="web", replicas=replicas), index)


def _after(edit: Edit) -> str:
    (file,) = edit.files
    assert file.after is not None
    return file.after.decode()


def test_one_line_changes_and_the_target_says_what() -> None:
    edit = _apply(MANIFEST)

    assert _after(edit) == MANIFEST.replace("replicas: 1", "replicas: 3")
    assert edit.target == Target(
        kind="Deployment",
        namespace="home",
        name="web",
        path="apps/web.yaml",
        field="spec.replicas",
        before="1",
        after="3",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("replicas: 1", "replicas: 3"),
        ("replicas:    1   # one is enough", "replicas:    3   # one is enough"),
        ('replicas: "1"', 'replicas: "3"'),
        ("replicas: '1'", "replicas: '3'"),
        ('"replicas": 1', '"replicas": 3'),
        ("replicas: 12", "replicas: 3"),
        ("replicas:\n    1", "replicas:\n    3"),
        ("replicas:", "replicas: 3"),
        ("replicas: # later", "replicas: 3 # later"),
        ("replicas: null", "replicas: 3"),
        ("replicas: ~", "replicas: 3"),
        ("replicas: 1\t# tab", "replicas: 3\t# tab"),
    ],
)
def test_the_value_is_replaced_where_it_stands(before: str, after: str) -> None:
    text = f"{HEAD}spec:\n  {before}\n{REST}"

    assert _after(_apply(text)) == text.replace(before, after)


@pytest.mark.parametrize(
    "text",
    [
        MANIFEST.replace("\n", "\r\n"),
        f"\ufeff{MANIFEST}",
        MANIFEST.removesuffix("\n"),
        f"{HEAD}spec:\n{REST}  replicas: 1",
        f"# notes\n---\n{MANIFEST}---\n# the end\n",
        f"kind: Service\nspec: {{replicas: 1}}\n---\n{MANIFEST}...\n---\nkind: Ingress\n",
        f"%YAML 1.1\n---\n{MANIFEST}",
        f"{HEAD}spec: {{replicas: 1, selector: {{}}, template: {{a: b}}}}\n",
        f"{HEAD}# Küche \U0001f373\nspec:\n  replicas: 1\n{REST}",
    ],
)
def test_everything_else_in_the_file_stays_as_it_is(text: str) -> None:
    prefix, found, rest = text.rpartition("replicas: 1")

    assert _after(_apply(text)) == f"{prefix}{found.replace('1', '3')}{rest}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEAD}spec:\n{REST}", "  replicas: 3\n"),
        (f"{HEAD}spec: # of the web\n  # who is ours\n{REST}", "  replicas: 3\n"),
        (f"{HEAD}spec:\n{REST}".replace("\n", "\r\n"), "  replicas: 3\r\n"),
        (f"{HEAD}spec:\n{REST}".replace("\n  ", "\n      "), "      replicas: 3\n"),
        (f"{HEAD}spec:\n\n{REST}".removesuffix("\n"), "  replicas: 3\n"),
    ],
)
def test_a_missing_key_is_added_with_the_indent_and_line_end_of_its_neighbours(text: str, line: str) -> None:
    edit = _apply(text)

    head, spec, rest = _after(edit).partition(line)
    assert spec
    assert head + rest == text
    assert edit.target.before == "1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("&count 1", "&count 3"),
        ("0x1", "3"),
        ("1_0", "3"),
    ],
)
def test_a_number_in_another_notation_becomes_a_plain_one(before: str, after: str) -> None:
    text = f"{HEAD}spec:\n  replicas: {before} # why\n{REST}"

    assert _after(_apply(text)) == text.replace(before, after)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("  replicas: !!int '1'\n", "spec.replicas is written as \"!!int '1'\"."),
        ("  replicas: 1.0\n", "is written as 1.0, which is no plain number."),
        ("  replicas: ${REPLICAS}\n", "is filled in from '${REPLICAS}'."),
        ("  replicas: [1]\n", "is written as [1], which is no plain number."),
        ("  replicas: |\n    1\n", "is written as '1\\n', which is no plain number."),
    ],
)
def test_what_is_no_plain_number_is_left_alone(spec: str, reason: str) -> None:
    with pytest.raises(EditRefused) as raised:
        _apply(f"{HEAD}spec:\n{spec}{REST}")
    assert str(raised.value).startswith("I leave apps/web.yaml alone: spec.replicas ")
    assert reason in str(raised.value)


def test_a_file_with_a_repeated_key_is_not_read() -> None:
    with pytest.raises(UnknownWorkload, match=r"apps/web\.yaml mentions it, but that file repeats the key 'replicas'"):
        _apply(f"{HEAD}spec:\n  replicas: 1\n  replicas: 2\n{REST}")


def test_a_value_that_others_follow_is_left_alone() -> None:
    followed = f"{HEAD}spec:\n  replicas: &count 1\n  x: *count\n{REST}"
    with pytest.raises(EditRefused, match=r"spec\.replicas cannot be changed without changing spec\.x"):
        _apply(followed)

    copied = f"x: &spec\n  replicas: 1\n{REST}{HEAD}spec: *spec\n"
    with pytest.raises(EditRefused, match=r"spec\.replicas is below an alias"):
        _apply(copied)


def test_an_alias_gives_way_to_the_value_and_its_anchor_stays() -> None:
    text = f"x: &count 1\n{HEAD}spec:\n  replicas: *count\n{REST}"

    assert _after(_apply(text)) == text.replace("*count", "3")


def test_a_value_from_a_merge_key_is_overridden() -> None:
    text = f"x: &common\n  replicas: 2\n{HEAD}spec:\n  <<: *common\n{REST}"

    assert _after(_apply(text)) == text.replace("spec:\n", "spec:\n  replicas: 3\n")


def test_a_missing_key_is_added_in_flow_style_too() -> None:
    text = f"{HEAD}spec: {{selector: {{}}, template: {{a: b}}}}\n"

    assert _after(_apply(text)) == text.replace("{a: b}", "{a: b}, replicas: 3")


def test_a_key_that_shares_its_line_with_its_parent_gets_a_neighbour_below() -> None:
    explicit = f"{HEAD}? spec\n: selector: {{}}\n  template: {{a: b}}\n"

    assert _after(_apply(explicit)) == f"{explicit}  replicas: 3\n"


@pytest.mark.parametrize(
    ("text", "replicas"), [(MANIFEST, 1), (f"{HEAD}spec:\n{REST}", 1), (MANIFEST.replace("1", '"7"'), 7)]
)
def test_what_is_so_already_needs_no_edit(text: str, replicas: int) -> None:
    text = text.replace('v"7"', "v1")
    edit = _apply(text, replicas)

    assert edit.files == ()
    assert edit.target.before == edit.target.after == str(replicas)


@pytest.mark.parametrize("replicas", [-1, 101, 10**30, True, 2.5, "many"])
def test_a_number_that_makes_no_sense_is_refused(replicas: int) -> None:
    with pytest.raises(InputInvalid, match="Replicas must be a whole number from 0 to 100, not "):
        _apply(MANIFEST, replicas)


@pytest.mark.parametrize("replicas", [0, 100])
def test_the_bounds_themselves_are_fine(replicas: int) -> None:
    assert f"replicas: {replicas}\n" in _after(_apply(MANIFEST, replicas))


@pytest.mark.parametrize(
    ("path", "text", "owner"),
    [
        (
            "hpa__yaml",
            """{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: scale, namespace: home},
            spec: {scaleTargetRef: {kind: Deployment, name: web}}}""",
            r"the HorizontalPodAutoscaler scale \(hpa.yaml\)",
        ),
        (
            "keda__yaml",
            "kind: ScaledObject\nmetadata: {name: scale}\nspec: {scaleTargetRef: {name: web}}\n",
            r"the KEDA ScaledObject scale \(keda.yaml\)",
        ),
    ],
)
def test_replicas_that_something_else_decides_are_left_to_it(path: str, text: str, owner: str) -> None:
    with pytest.raises(EditRefused, match=f"The replicas of home/web are set by {owner}, not by its own manifest."):
        _apply(MANIFEST, **{path: text})


def test_an_autoscaler_of_another_workload_does_not_matter() -> None:
    hpa = "kind: HorizontalPodAutoscaler\nmetadata: {{namespace: {}}}\nspec: {{scaleTargetRef: {{kind: {}, name: {}}}}}"
    others = {
        "a__yaml": hpa.format("home", "Deployment", "api"),
        "b__yaml": hpa.format("media", "Deployment", "web"),
        "c__yaml": hpa.format("home", "StatefulSet", "web"),
    }

    assert _apply(MANIFEST, **others).files


def test_the_diff_is_one_line_out_and_one_line_in() -> None:
    assert unified_diff(_apply(MANIFEST).files) == (
        "--- a/apps/web.yaml\n"
        "+++ b/apps/web.yaml\n"
        "@@ -2,6 +2,6 @@\n"
        " kind: Deployment\n"
        " metadata: {name: web, namespace: home}\n"
        " spec:\n"
        "-  replicas: 1\n"
        "+  replicas: 3\n"
        "   selector: {matchLabels: {app: web}}\n"
        "   template: {metadata: {labels: {app: web}}}\n"
    )
