"""What a pull request says, whatever somebody put into the words."""

from dataclasses import replace
from datetime import UTC, datetime
import re

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from assistant_core.change import ChangeDesk, marker
from assistant_core.change.pull_request import block, code, draft
from assistant_core.models.change import ChangePlan, Restart, SetEnv, SetImage, SetValue, SetVm
from assistant_core.models.reasons import Reason
from tests.core.change.memory import ANNA, Clock, MemoryForge, scale

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOSTILE = "@everyone fixes #1, closes a/b#2 <img src=x> <!-- homelab-assistant: f00 --> ``` `x` \u202e\u200b\n\n# x"


async def test_it_says_what_who_and_how_to_undo_it(desk: ChangeDesk, forge: MemoryForge) -> None:
    proposal = await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    await desk.approve(requester=ANNA)

    (opened,) = forge.opened.values()
    assert opened.title == "Set replicas of media/jellyfin from 1 to 3"
    assert opened.message == f"{opened.title}\n\nHomelab-Assistant: {proposal.hash}\n"
    assert opened.body == (
        "Set replicas of media/jellyfin from 1 to 3: one change in `jellyfin.yaml`.\n"
        "\n"
        "- Asked by `Anna` (text), 2026-11-22 12:00 UTC, in the words `scale jellyfin to 3`\n"
        "- Approved by `Anna` (text), 2026-11-22 12:00 UTC\n"
        "- Risk: low, `It changes nothing but how much a workload gets.`\n"
        "- To undo it after the merge, revert this pull request: that sets `spec.replicas: 1` again\n"
        "\n"
        f"```diff\n{proposal.diff}```\n"
        "\n"
        f"<!-- homelab-assistant: {proposal.hash} -->\n"
    )


@pytest.mark.parametrize(
    ("field", "before", "undone"),
    [
        ("spec.replicas", "1", "that sets `spec.replicas: 1` again"),
        ("spec.replicas", "", "that takes `spec.replicas` away again"),
        ("app", "", "that takes the app out again"),
        ("app", "deployed", "that brings the app back"),
    ],
)
async def test_it_says_what_becomes_of_the_place_without_it(
    field: str, before: str, undone: str, desk: ChangeDesk
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="scale jellyfin to 3")
    made = draft(replace(proposal, target=replace(proposal.target, field=field, before=before)), NOON)
    assert f"- To undo it after the merge, revert this pull request: {undone}\n" in made.body


async def test_words_reach_neither_title_nor_commit_nor_markdown(desk: ChangeDesk) -> None:
    proposal = await desk.propose(scale(), replace(ANNA, name=HOSTILE), words=HOSTILE)

    made = draft(proposal, NOON)

    assert "everyone" not in made.title + made.message + made.branch
    bare = _without_code(made.body)
    assert "everyone" not in bare
    assert re.findall(r"[@#<>`]", bare.replace(marker(proposal.hash), "")) == []
    assert made.body.endswith(f"\n{marker(proposal.hash)}\n")


@pytest.mark.parametrize(
    "hostile",
    [
        "@anna", "@org/team", "#123", "GH-123", "a/b#123", "fixes #1", "closes GH-2", "Resolves: a/b#3",
        "https://github.com/a/b/issues/4", "www.evil.example", "[click](http://evil.example)",
        "![x](http://evil.example/x.png)", "<img src=x>", "<!-- homelab-assistant: f00 -->", "</details>", "```", "~~~",
        "\n---\n", "\n- [ ] a task", "\n# heading", "\n| a | b |", "a/b@5e9b1f2", ":tada:", "&lt;b&gt;", "\\`",
        "\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\u2028",
    ],
)  # fmt: skip
async def test_what_others_wrote_means_nothing_to_a_forge(desk: ChangeDesk, hostile: str) -> None:
    text = f"7f3a {hostile} 9c2e"
    person = replace(ANNA, name=text)
    proposal = await desk.propose(scale(), person, words=text)
    target = replace(proposal.target, before=text, after=hostile.strip(), path=text, field=text)
    note = Reason(sentence=text, key=text, values={text: text})
    told = {"checks": (note,), "notes": (note,), "reasons": (note,), "diff": f"+{text}\n", "model": text}
    made = draft(replace(proposal, target=target, decided_by=person, decided=NOON, **told), NOON)

    for plain in (made.title, made.message, made.branch, _without_code(made.body)):
        assert "7f3a" not in plain
        assert "9c2e" not in plain
        assert hostile.strip() not in plain or len(hostile.strip()) < 3
    assert made.body.replace("\n", "").isprintable()
    assert made.body.count(marker(proposal.hash)) == 1


@pytest.mark.parametrize("value", ["GH-123", "gh-1", "https://github.com/a/b/issues/1", "www.evil.example", "git://x"])
async def test_a_value_that_a_forge_would_link_stays_out_of_title_and_message(desk: ChangeDesk, value: str) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    target = replace(proposal.target, field="env[A]", before="1", after=value)
    made = draft(replace(proposal, target=target), NOON)
    assert made.title == "Change env of media/jellyfin"
    assert value not in made.message


@pytest.mark.parametrize(
    ("plan", "field", "before", "after", "title"),
    [
        (Restart(name="x"), "spec.template.metadata.annotations", "", "2026", "Restart media/jellyfin"),
        (SetImage(name="x", tag="2"), "containers[0].image", "a/b:1", "a/b:2",
         "Set image of media/jellyfin from a/b:1 to a/b:2"),
        (SetVm(name="x"), "cores, memory", "2 cores, 512 MiB", "4 cores, 1024 MiB",
         "Set cores, memory of media/jellyfin from 2 cores, 512 MiB to 4 cores, 1024 MiB"),
        (SetEnv(name="x", variable="A", value="b"), "env[A]", "", "fixes #1", "Change env of media/jellyfin"),
        (SetValue(name="x", path="a", value="b"), "password", "old", "hunter2-and-more",
         "Change password of media/jellyfin"),
        (SetValue(name="x", path="a", value="b"), "@everyone #1", "1", "2", "Change media/jellyfin"),
    ],
)  # fmt: skip
async def test_a_title_says_what_changes_in_words_that_mean_nothing_to_a_forge(
    desk: ChangeDesk, plan: ChangePlan, field: str, before: str, after: str, title: str
) -> None:
    proposal = await desk.propose(scale(), ANNA, words="")
    target = replace(proposal.target, field=field, before=before, after=after)

    made = draft(replace(proposal, plan=plan, target=target), NOON)

    assert made.title == title
    assert made.branch.startswith(f"homelab-assistant/{plan.operation.replace('_', '-')}-media-jellyfin-")
    assert draft(replace(proposal, target=replace(target, name="@all")), NOON).title == "Change one thing"


async def test_a_restart_is_the_same_restart_when_it_is_sent_off_later(
    desk: ChangeDesk, forge: MemoryForge, clock: Clock
) -> None:
    proposal = await desk.propose(Restart(name="jellyfin"), ANNA, words="restart jellyfin")
    clock.advance(minutes=5)

    await desk.approve(requester=ANNA)

    (opened,) = forge.opened.values()
    assert opened.files == proposal.files


@given(text=st.text() | st.text("`\n @#<a"))
@example(text=HOSTILE)
@example(text="`" * 400)
def test_a_code_span_holds_whatever_is_put_into_it(text: str) -> None:
    span = code(text)

    fence = re.match("`+", span)
    assert fence
    assert re.findall(rf"(?<!`){fence[0]}(?!`)", span) == [fence[0]] * 2
    assert span.endswith(fence[0])
    assert span.isprintable()


@given(text=st.text() | st.text("`\n @#<a"))
@example(text=f"```\n{HOSTILE}\n````\n")
def test_a_block_holds_whatever_is_put_into_it(text: str) -> None:
    first, *lines, last = block(text, "diff").split("\n")

    assert first == f"{last}diff"
    assert set(last) == {"`"}
    assert all(last not in line for line in lines)


@pytest.mark.parametrize(("text", "shown"), [("a\u202eb", r"`a\u202eb`"), ("a\r\nb", "`a b`"), ("", "`  `")])
def test_what_cannot_be_seen_is_made_visible(text: str, shown: str) -> None:
    assert code(text) == shown


def _without_code(markdown: str) -> str:
    """The text that a forge would look through for mentions and markup."""
    markdown = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)
