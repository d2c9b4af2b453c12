import asyncio
from collections.abc import Callable
from datetime import timedelta
import json

import pytest

from assistant_core.errors import Conflict, InputInvalid
from assistant_core.forge import GitHubForge
from assistant_core.models.repository import Draft, FileChange, PullRequestState
from demo.faults import Fault, FaultKind
from demo.github_git import NOTHING

from .conftest import JELLYFIN, GitHub


async def test_a_draft_becomes_one_branch_one_commit_and_one_pull_request_with_one_changed_line(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    pull = await forge.open(draft)

    state = await github.state()
    assert pull.state is PullRequestState.OPEN
    assert pull.number == 1
    assert pull.url == f"{github.proxy.url}/demo/homelab/pull/1"
    assert state["branches"] == {"main": draft.base_commit, draft.branch: pull.head_commit}
    assert await github.store.between(draft.base_commit, pull.head_commit) == [pull.head_commit]
    (file,) = await github.store.diff(draft.base_commit, pull.head_commit)
    assert (file.path, file.additions, file.deletions) == (JELLYFIN, 1, 1)
    (shown,) = state["pulls"]
    assert (shown["title"], shown["body"], shown["head"]["ref"], shown["base"]["ref"]) == (
        draft.title,
        draft.body,
        draft.branch,
        "main",
    )


async def test_the_commit_has_a_fixed_author_the_drafts_time_and_the_drafts_base(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    pull = await forge.open(draft)

    commit = await github.store.commit(pull.head_commit)
    assert commit.parents == (draft.base_commit,)
    assert commit.message == draft.message
    assert (
        str(commit.author) == f"Homelab Assistant <homelab-assistant@home.arpa> {int(draft.authored.timestamp())} +0000"
    )
    assert commit.committer == commit.author


async def test_asking_again_gives_the_same_pull_request(github: GitHub, forge: GitHubForge, draft: Draft) -> None:
    first = await forge.open(draft)
    again = await github.forge().open(draft)

    assert again == first
    assert len((await github.state())["pulls"]) == 1


async def test_many_calls_at_once_end_in_one_pull_request(github: GitHub, draft: Draft) -> None:
    pulls = await asyncio.gather(*(github.forge().open(draft) for _ in range(6)))

    assert len(set(pulls)) == 1
    assert len((await github.state())["pulls"]) == 1


async def test_files_are_made_and_removed_and_keep_their_mode(
    github: GitHub, forge: GitHubForge, draft: Draft, changed: Callable[..., Draft]
) -> None:
    script = await github.store.write_blob(b"#!/bin/sh\n")
    tree = await github.store.write_tree(draft.base_commit, [("backup.sh", "100755", script)])
    base = await github.store.commit(draft.base_commit)
    commit = await github.store.write_commit(tree, (base.sha,), "Add a script", base.author, base.author)
    await github.store.update_ref("refs/heads/main", commit, base.sha)
    gone = "apps/media/jellyfin/ingress.yaml"
    before = (await forge.snapshot()).files[gone]

    pull = await forge.open(
        changed(
            base_commit=commit,
            files=(
                FileChange(path="backup.sh", before=b"#!/bin/sh\n", after=b"#!/bin/sh\nexit 0\n"),
                FileChange(path=gone, before=before, after=None),
                FileChange(path="apps/media/new/new.yaml", before=None, after=b"kind: \xff\n"),
            ),
        )
    )

    entries = {entry.path: entry for entry in await github.store.tree(pull.head_commit, recursive=True)}
    assert entries["backup.sh"].mode == "100755"
    assert gone not in entries
    assert await github.store.blob(entries["apps/media/new/new.yaml"].sha) == b"kind: \xff\n"


async def test_a_branch_that_an_earlier_call_made_is_taken_over(
    github: GitHub, forge: GitHubForge, changed: Callable[..., Draft]
) -> None:
    commit = (await forge.open(changed())).head_commit
    await github.store.update_ref("refs/heads/homelab-assistant/second", commit, NOTHING)

    pull = await forge.open(changed(branch="homelab-assistant/second"))

    assert (pull.number, pull.head_commit) == (2, commit)


async def test_a_branch_with_other_commits_is_left_alone(github: GitHub, forge: GitHubForge, draft: Draft) -> None:
    await github.do("push", branch=draft.branch, path="notes.yaml", content="mine: true\n")
    before = (await github.state())["branches"]

    with pytest.raises(Conflict, match="exists already with other commits; it is left alone"):
        await forge.open(draft)

    state = await github.state()
    assert state["branches"] == before
    assert not state["pulls"]


async def test_a_pull_request_that_a_person_changed_is_left_alone(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    await forge.open(draft)
    await github.do("push", branch=draft.branch, path=JELLYFIN, content="kind: Mine\n")

    with pytest.raises(Conflict, match=r"changed the branch .* by hand; it is left alone"):
        await forge.open(draft)


async def test_a_pull_request_from_a_fork_with_the_same_branch_is_somebody_elses(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    """As an organisation may have a fork of its own repository."""
    head = {"label": f"demo:{draft.branch}", "ref": draft.branch, "sha": "f" * 40}
    fork = {"number": 7, "html_url": "https://github.com/demo/homelab/pull/7", "state": "open", "merged_at": None}
    forks = [fork | {"head": head | {"repo": repo}} for repo in ({"full_name": "demo/homelab-fork"}, None)]
    await github.proxy.inject(
        Fault(kind=FaultKind.STATUS, status=200, body=json.dumps(forks), method="GET", path=r".*/pulls\?.*", times=1)
    )

    pull = await forge.open(draft)

    assert pull.number == 1
    (asked,) = [seen.path for seen in github.proxy.seen if seen.path.startswith("/repos/demo/homelab/pulls?")]
    assert "head=demo" in asked


async def test_a_closed_pull_request_is_only_opened_by_people(github: GitHub, forge: GitHubForge, draft: Draft) -> None:
    await forge.open(draft)
    await github.do("pulls/1/close")

    with pytest.raises(Conflict, match="#1 was closed on GitHub; it is not opened again"):
        await forge.open(draft)
    assert len((await github.state())["pulls"]) == 1

    await github.do("pulls/1/reopen")
    assert (await forge.open(draft)).state is PullRequestState.OPEN
    assert len((await github.state())["pulls"]) == 1


async def test_a_merged_pull_request_is_reported_as_merged_and_not_made_twice(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    first = await forge.open(draft)
    await github.do("pulls/1/merge", login="anna")

    again = await forge.open(draft)

    assert again.state is PullRequestState.MERGED
    assert (again.number, again.head_commit) == (first.number, first.head_commit)
    assert len((await github.state())["pulls"]) == 1


async def test_a_base_that_moved_on_elsewhere_still_gets_its_pull_request(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    await github.do("push", path="apps/home/new.yaml", content="kind: ConfigMap\n")

    pull = await forge.open(draft)

    assert (await github.store.commit(pull.head_commit)).parents == (draft.base_commit,)
    assert await github.store.merged_tree(await github.store.head("main"), pull.head_commit)


async def test_a_base_that_is_no_longer_in_the_history_is_refused(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    base = await github.store.commit(draft.base_commit)
    rewritten = await github.store.write_commit(base.tree, (), "Start over", base.author, base.author)
    await github.store.update_ref("refs/heads/main", rewritten, draft.base_commit)
    await github.store.update_ref("refs/heads/old", draft.base_commit, NOTHING)

    with pytest.raises(Conflict, match="plan the change again"):
        await forge.open(draft)
    assert draft.branch not in (await github.state())["branches"]


async def test_an_unknown_base_is_refused(forge: GitHubForge, changed: Callable[..., Draft]) -> None:
    with pytest.raises(Conflict, match="no commit 12345678 any more"):
        await forge.open(changed(base_commit="12345678" * 5))


async def test_a_file_that_is_not_as_planned_is_refused(
    forge: GitHubForge, draft: Draft, changed: Callable[..., Draft]
) -> None:
    (file,) = draft.files
    stale = FileChange(path=file.path, before=b"kind: Other\n", after=file.after)

    with pytest.raises(Conflict, match="not as it was when the change was planned"):
        await forge.open(changed(files=(stale,)))


async def test_a_new_file_is_never_made_upon_a_list_of_files_that_was_cut(
    github: GitHub, forge: GitHubForge, changed: Callable[..., Draft]
) -> None:
    before = await github.state()
    whole = (await github.store.run("rev-parse", "main^{tree}")).text
    cut = json.dumps({"sha": whole, "url": "", "tree": [], "truncated": True})
    await github.proxy.inject(Fault(kind=FaultKind.STATUS, status=200, body=cut, path=".*/git/trees/.*"))

    with pytest.raises(InputInvalid, match="more files than GitHub can list at once"):
        await forge.open(changed(files=(FileChange(path=JELLYFIN, before=None, after=b"kind: New\n"),)))

    assert await github.state() == before


async def test_the_default_branch_and_an_empty_change_are_refused(
    github: GitHub, forge: GitHubForge, draft: Draft, changed: Callable[..., Draft]
) -> None:
    with pytest.raises(InputInvalid, match="never goes to the default branch"):
        await forge.open(changed(branch="main"))
    with pytest.raises(InputInvalid, match="nothing to change"):
        await forge.open(changed(files=()))
    assert (await github.state())["branches"] == {"main": draft.base_commit}


async def test_another_time_is_another_commit_and_never_overwrites_the_first(
    forge: GitHubForge, draft: Draft, changed: Callable[..., Draft]
) -> None:
    await forge.open(draft)

    with pytest.raises(Conflict, match="left alone"):
        await forge.open(changed(authored=draft.authored + timedelta(minutes=1)))


async def test_a_protected_default_branch_does_not_hinder_a_pull_request(
    github: GitHub, forge: GitHubForge, draft: Draft
) -> None:
    await github.do("protect", branch="main", approvals=1)

    assert (await forge.open(draft)).state is PullRequestState.OPEN


async def test_a_pull_request_has_its_label_made_if_need_be(github: GitHub, forge: GitHubForge, draft: Draft) -> None:
    await forge.open(draft)

    assert [label["name"] for label in (await github.state())["pulls"][0]["labels"]] == ["homelab-assistant"]


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.HANG])
async def test_a_label_that_cannot_be_put_on_hinders_nothing_and_comes_with_the_next_call(
    github: GitHub, draft: Draft, kind: FaultKind
) -> None:
    await github.proxy.inject(Fault(kind=kind, method="POST", path=".*/issues/1/labels", times=1))

    pull = await github.forge(timeout=3).open(draft)

    assert (await github.state())["pulls"][0]["labels"] == []
    assert await github.forge().open(draft) == pull
    assert (await github.state())["pulls"][0]["labels"]
