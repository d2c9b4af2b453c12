import asyncio
from dataclasses import replace
from pathlib import Path
import stat

import pytest

from assistant_core.errors import (
    AuthenticationFailed,
    Conflict,
    InputInvalid,
    NotFound,
    PermissionDenied,
    RuleViolated,
)
from assistant_core.forge import DirectoryForge, GitForge
from assistant_core.models.repository import Draft, PullRequestState
from demo.git_remote import PATH
from demo.repository import FILES, create_bare_repository
from tests.core.forge.conftest import JELLYFIN

from .server import ANNA, Server, assert_exactly_one


async def test_a_snapshot_has_the_configuration_files_of_the_default_branch(server: Server, forge: GitForge) -> None:
    snapshot = await forge.snapshot()

    on_disk = {file.relative_to(FILES).as_posix(): file.read_bytes() for file in FILES.rglob("*.*") if file.is_file()}
    assert dict(snapshot.files) == {
        path: data for path, data in on_disk.items() if path.endswith((".yaml", ".tf", ".tfvars"))
    }
    assert snapshot.commit == await server.store.head("main")


async def test_an_unchanged_branch_is_not_fetched_again_and_a_changed_one_is(server: Server, forge: GitForge) -> None:
    first = await forge.snapshot()
    server.proxy.seen.clear()
    assert await forge.snapshot() is first
    assert len(server.proxy.seen) == 2  # the greeting, and the branches' names

    commit = await server.commit("main", "apps/new.yaml", "kind: New\n")
    again, twin = await asyncio.gather(forge.snapshot(), forge.snapshot())
    assert again is twin
    assert (again.commit, again.files["apps/new.yaml"]) == (commit, b"kind: New\n")


async def test_a_draft_becomes_one_branch_with_one_commit_that_says_what_it_is(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    pull = await forge.open(draft)

    await assert_exactly_one(server, draft, pull.head_commit)
    assert (pull.number, pull.url) == (0, f"{server.proxy.url}{PATH}#{draft.branch}")
    commit = await server.store.commit(pull.head_commit)
    assert commit.message == (
        "Set replicas of media/jellyfin from 1 to 3\n\nAsked for by `Anna`.\n\nHomelab-Assistant: 1a2b3c4d5e6f\n"
    )
    (file,) = await server.store.diff(draft.base_commit, pull.head_commit)
    assert (file.path, file.additions, file.deletions) == (JELLYFIN, 1, 1)
    await server.store.run("fsck", "--strict")


async def test_every_kind_of_repository_gets_the_same_commit(
    server: Server, tmp_path: Path, forge: GitForge, draft: Draft
) -> None:
    there = await forge.open(draft)
    await create_bare_repository(tmp_path / "other.git")

    assert (await DirectoryForge(tmp_path / "other.git").open(draft)).head_commit == there.head_commit


async def test_asking_again_and_many_at_once_end_in_one_branch(server: Server, forge: GitForge, draft: Draft) -> None:
    pulls = await asyncio.gather(*(server.forge().open(draft) for _ in range(5)))

    assert set(pulls) == {await forge.open(draft)}
    await assert_exactly_one(server, draft, pulls[0].head_commit)


async def test_a_base_that_moved_on_still_gets_its_branch_and_one_that_was_left_does_not(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    await server.commit("main", "elsewhere.yaml", "kind: Elsewhere\n")
    pull = await forge.open(draft)
    assert (await server.store.commit(pull.head_commit)).parents == (draft.base_commit,)

    base = await server.store.commit(draft.base_commit)
    fresh = await server.store.write_commit(base.tree, (), "Start over", ANNA, ANNA)
    await server.store.update_ref("refs/heads/main", fresh, await server.store.head("main"))
    with pytest.raises(Conflict, match="plan the change again"):
        await forge.open(replace(draft, branch="homelab-assistant/other-1a2b3c4d"))


async def test_the_default_branch_a_taken_branch_and_a_changed_file_are_left_alone(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    with pytest.raises(InputInvalid, match="never goes to the default branch"):
        await forge.open(replace(draft, branch="main"))
    stale = replace(draft.files[0], before=b"kind: Other\n")
    with pytest.raises(Conflict, match="not as it was when the change was planned"):
        await forge.open(replace(draft, files=(stale,)))

    mine = await server.commit(draft.branch, "mine.yaml", "kind: Mine\n")
    with pytest.raises(Conflict, match="exists already with other commits; it is left alone"):
        await forge.open(draft)
    assert await server.branches() == {"main": draft.base_commit, draft.branch: mine}


async def test_what_became_of_a_branch_is_read_from_the_branches(server: Server, forge: GitForge, draft: Draft) -> None:
    pull = await forge.open(draft)
    status = await forge.follow(pull)
    assert (status.pull_request, status.changed_by_hand) == (pull, False)
    server.proxy.seen.clear()
    assert await forge.follow(pull, status) is status
    assert len(server.proxy.seen) == 2

    mine = await server.commit(draft.branch, "more.yaml", "kind: More\n")
    status = await forge.follow(pull, status)
    assert (status.pull_request.head_commit, status.changed_by_hand) == (mine, True)

    tree = await server.store.merged_tree(draft.base_commit, mine)
    merge = await server.store.write_commit(tree, (draft.base_commit, mine), "Merge", ANNA, ANNA)
    await server.store.update_ref("refs/heads/main", merge, draft.base_commit)
    await server.store.delete_ref(f"refs/heads/{draft.branch}")
    status = await forge.follow(pull, status)
    assert (status.pull_request.state, status.merge_commit) == (PullRequestState.MERGED, merge)
    assert [await forge.descends(each, merge) for each in (merge, draft.base_commit, mine)] == [True, False, False]
    later = await server.commit("main", "later.yaml", "kind: Later\n")
    assert await forge.descends(later, merge)
    assert (await forge.open(draft)).state is PullRequestState.MERGED
    assert draft.branch not in await server.branches()


async def test_a_rebased_change_is_known_by_its_trailer_and_a_deleted_branch_is_closed(
    server: Server, forge: GitForge, draft: Draft
) -> None:
    pull = await forge.open(draft)
    await server.store.delete_ref(f"refs/heads/{draft.branch}")
    closed = await forge.follow(pull)
    assert closed.pull_request.state is PullRequestState.CLOSED

    merge = await server.commit("main", JELLYFIN, "kind: Mine\n", message=f"As squashed\n\n    {draft.message}")
    status = await forge.follow(pull, closed)
    assert (status.pull_request.state, status.merge_commit) == (PullRequestState.MERGED, merge)


async def test_a_hook_that_declines_is_told_in_its_words(server: Server, forge: GitForge, draft: Draft) -> None:
    hook = server.store.path / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho only Anna may >&2\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)

    with pytest.raises(RuleViolated, match=r"A rule at .* forbids the branch .*: pre-receive hook declined"):
        await forge.open(draft)
    assert await server.branches() == {"main": draft.base_commit}


async def test_logins_are_told_apart(server: Server) -> None:
    await server.login(user="git", password="right")
    await server.login(user="anna", password="also-right")
    await server.login(user="git", password="reader", write=False)
    await server.login(user="git", password="nobody", read=False, write=False)

    assert (await server.forge("right").check()).can_push
    assert (await server.forge("also-right", user="anna").check()).can_push
    with_login = server.proxy.url.replace("http://", "http://anna:also-right@")
    info = await GitForge(f"{with_login}{PATH}").check()
    assert (info.can_push, info.repository) == (True, f"{server.proxy.url}{PATH}")
    assert not (await server.forge("reader").check()).can_push
    with pytest.raises(AuthenticationFailed, match="does not accept the login; enter a new token"):
        await server.forge("wrong").check()
    with pytest.raises(AuthenticationFailed, match="asks for a login"):
        await server.forge().snapshot()
    with pytest.raises(PermissionDenied, match="may not do this"):
        await server.forge("nobody").snapshot()


async def test_a_check_leaves_nothing_behind(server: Server, forge: GitForge) -> None:
    before = await server.branches()
    info = await forge.check()
    assert (info.default_branch, info.can_push, info.can_open_pull_requests) == ("main", True, False)
    assert (info.private, info.protected) == (None, None)
    assert await server.branches() == before


async def test_an_empty_repository_is_said_to_be_empty(server: Server, forge: GitForge) -> None:
    await server.store.delete_ref("refs/heads/main")
    with pytest.raises(NotFound, match="has no commit yet; commit something to it first"):
        await forge.snapshot()
