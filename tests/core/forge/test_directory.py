import asyncio
from dataclasses import replace
from datetime import UTC, datetime
import os
from pathlib import Path
import shutil
from urllib.parse import unquote, urlsplit

import pytest

from assistant_core.errors import Conflict, HomelabError, InputInvalid, NotFound, ResponseInvalid
from assistant_core.forge import DirectoryForge
from assistant_core.models.repository import Draft, FileChange, PullRequestState
from demo.github_git import GitStore
from demo.repository import FILES, create_bare_repository

from .conftest import JELLYFIN

BODY = """Set replicas to 3.

- Asked by `Anna`

```diff
--- a/apps/media/jellyfin/jellyfin.yaml
+++ b/apps/media/jellyfin/jellyfin.yaml
```

<!-- homelab-assistant: 1a2b3c4d -->
"""


class Laptop:
    """A checkout and the hands of the person whose it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = GitStore(path / ".git")

    async def git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{part}": "anna@home.arpa" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        return (await self._store.run("-C", str(self.path), *arguments, GIT_WORK_TREE=str(self.path), **who)).text

    async def commit(self, path: str, text: str) -> str:
        await asyncio.to_thread((self.path / path).write_text, text)
        await self.git("add", "--all")
        await self.git("commit", "--quiet", "--message", f"Change {path}")
        return await self.git("rev-parse", "HEAD")

    async def state(self) -> list[str]:
        """What must never change: the checked-out branch, its commit and what lies uncommitted."""
        asked = (("symbolic-ref", "HEAD"), ("rev-parse", "HEAD"), ("status", "--porcelain"))
        return [await self.git(*question) for question in asked]

    async def branches(self) -> list[str]:
        return (await self.git("for-each-ref", "--format=%(refname:short)", "refs/heads/")).splitlines()


@pytest.fixture
async def laptop(tmp_path: Path) -> Laptop:
    bare = tmp_path / "homelab.git"
    await create_bare_repository(bare)
    await GitStore(bare).run("clone", "--quiet", str(bare), str(tmp_path / "home lab"))
    return Laptop(tmp_path / "home lab")


@pytest.fixture
def forge(laptop: Laptop) -> DirectoryForge:
    return DirectoryForge(laptop.path)


@pytest.fixture
async def draft(forge: DirectoryForge) -> Draft:
    snapshot = await forge.snapshot()
    before = snapshot.files[JELLYFIN]
    return Draft(
        base_commit=snapshot.commit,
        branch="homelab-assistant/set_replicas-media-jellyfin-1a2b3c4d",
        title="Set replicas of media/jellyfin from 1 to 3",
        body=BODY,
        message="Set replicas of media/jellyfin from 1 to 3\n\nHomelab-Assistant: 1a2b3c4d5e6f\n",
        authored=datetime(2026, 11, 7, 20, 15, tzinfo=UTC),
        files=(FileChange(path=JELLYFIN, before=before, after=before.replace(b"replicas: 1", b"replicas: 3")),),
    )


async def test_a_snapshot_is_what_the_checked_out_branch_committed(laptop: Laptop, forge: DirectoryForge) -> None:
    (laptop.path / JELLYFIN).write_text("kind: NotYetCommitted\n")
    (laptop.path / "apps/new.yaml").write_text("kind: NotYetAdded\n")

    snapshot = await forge.snapshot()

    wanted = {
        file.relative_to(FILES).as_posix(): file.read_bytes()
        for file in FILES.rglob("*.*")
        if file.suffix in (".yaml", ".tf", ".tfvars")
    }
    assert dict(snapshot.files) == wanted
    assert snapshot.commit == await laptop.git("rev-parse", "HEAD")
    assert await forge.snapshot() is snapshot


async def test_another_branch_that_is_checked_out_is_the_one_that_counts(laptop: Laptop, forge: DirectoryForge) -> None:
    await laptop.git("switch", "--quiet", "--create", "trial")
    commit = await laptop.commit("apps/trial.yaml", "kind: Trial\n")

    assert (await forge.snapshot()).commit == commit
    await laptop.git("switch", "--quiet", "--detach", "main")
    assert "apps/trial.yaml" not in (await forge.snapshot()).files


async def test_packed_objects_and_refs_are_read(laptop: Laptop, forge: DirectoryForge, draft: Draft) -> None:
    first = await forge.open(draft)
    await laptop.git("pack-refs", "--all")
    await laptop.git("gc", "--quiet", "--aggressive")

    assert (await DirectoryForge(laptop.path).snapshot()).commit == draft.base_commit
    assert await forge.open(draft) == first


@pytest.mark.parametrize("initialised", [False, True])
async def test_a_folder_without_a_commit_is_read_as_it_lies_there_and_never_written(
    tmp_path: Path, draft: Draft, *, initialised: bool
) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(FILES, folder)
    (folder / "link.yaml").symlink_to("/etc/passwd")
    (folder / ".terraform").mkdir()
    (folder / ".terraform/module.tf").write_text("")
    if initialised:
        await GitStore(folder / ".git").run("init", "--quiet", str(folder))
    forge = DirectoryForge(folder)

    snapshot = await forge.snapshot()

    assert snapshot.files[JELLYFIN] == (FILES / JELLYFIN).read_bytes()
    assert not {"link.yaml", ".terraform/module.tf", "README.md"} & snapshot.files.keys()
    assert await forge.snapshot() == snapshot
    with pytest.raises(NotFound if initialised else InputInvalid, match=r"no commit yet|not the top folder"):
        await forge.open(draft)
    (folder / JELLYFIN).write_text("kind: Other\n")
    assert (await forge.snapshot()).commit != snapshot.commit


async def test_a_name_that_is_no_utf8_is_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"odd\xff.yaml")).write_text("a: 1\n")
    assert (await DirectoryForge(tmp_path).snapshot()).files == {"odd\ufffd.yaml": b"a: 1\n"}


async def test_a_folder_inside_a_checkout_is_only_itself(laptop: Laptop, draft: Draft) -> None:
    forge = DirectoryForge(laptop.path / "apps")

    assert JELLYFIN.removeprefix("apps/") in (await forge.snapshot()).files
    with pytest.raises(InputInvalid, match="not the top folder of a git repository"):
        await forge.open(draft)


async def test_a_draft_becomes_one_branch_with_one_commit_beside_the_work_in_progress(
    laptop: Laptop, forge: DirectoryForge, draft: Draft
) -> None:
    (laptop.path / JELLYFIN).write_text("kind: NotYetCommitted\n")
    before = await laptop.state()

    pull = await forge.open(draft)

    assert await laptop.state() == before
    assert await laptop.branches() == [draft.branch, "main"]
    assert await laptop.git("rev-list", f"main..{draft.branch}") == pull.head_commit
    assert await laptop.git("diff", "--numstat", "main", draft.branch) == f"1\t1\t{JELLYFIN}"
    assert await laptop.git("log", "-1", "--format=%an <%ae> %at", draft.branch) == (
        f"Homelab Assistant <homelab-assistant@home.arpa> {int(draft.authored.timestamp())}"
    )
    await laptop.git("fsck", "--strict")


async def test_the_description_is_found_in_the_commit_and_behind_the_url(
    laptop: Laptop, forge: DirectoryForge, draft: Draft
) -> None:
    pull = await forge.open(draft)

    said = await laptop.git("log", "-1", "--format=%B", draft.branch)
    assert said == (
        "Set replicas of media/jellyfin from 1 to 3\n\nSet replicas to 3.\n\n- Asked by `Anna`\n\n"
        "Homelab-Assistant: 1a2b3c4d5e6f"
    )
    assert await laptop.git("log", "-1", "--format=%(trailers:key=Homelab-Assistant,valueonly)", draft.branch)
    note = await asyncio.to_thread(Path(unquote(urlsplit(pull.url).path)).read_text)
    assert pull.url.startswith("file:///")
    assert draft.title in note
    assert "Asked by `Anna`" in note
    assert f"git show {draft.branch}" in note
    assert "homelab-assistant" not in await laptop.git("status", "--porcelain", "--ignored")


async def test_asking_again_and_at_once_gives_the_same_branch(
    laptop: Laptop, forge: DirectoryForge, draft: Draft
) -> None:
    pulls = await asyncio.gather(*(DirectoryForge(laptop.path).open(draft) for _ in range(6)), return_exceptions=True)

    assert {pull for pull in pulls if not isinstance(pull, Conflict)} == {await forge.open(draft)}
    assert await laptop.branches() == [draft.branch, "main"]


async def test_files_are_made_removed_and_keep_their_mode(laptop: Laptop, forge: DirectoryForge, draft: Draft) -> None:
    (laptop.path / "backup.sh").write_text("#!/bin/sh\n")
    (laptop.path / "backup.sh").chmod(0o755)
    base = await laptop.commit("notes.yaml", "mine: true\n")

    pull = await forge.open(
        replace(
            draft,
            base_commit=base,
            files=(
                FileChange(path="backup.sh", before=b"#!/bin/sh\n", after=b"#!/bin/sh\nexit 0\n"),
                FileChange(path="notes.yaml", before=b"mine: true\n", after=None),
                FileChange(path="apps/media/new/new.yaml", before=None, after=b"kind: New\n"),
            ),
        )
    )

    assert ":100755 100755" in await laptop.git("diff", "--raw", "--abbrev=1", "main", pull.head_commit)
    assert (await laptop.git("diff", "--name-status", "main", pull.head_commit)).split() == [
        "A", "apps/media/new/new.yaml", "M", "backup.sh", "D", "notes.yaml",
    ]  # fmt: skip
    await laptop.git("fsck", "--strict")


async def test_a_branch_that_somebody_else_has_made_or_changed_is_left_alone(
    laptop: Laptop, forge: DirectoryForge, draft: Draft
) -> None:
    await laptop.git("branch", draft.branch)
    with pytest.raises(Conflict, match="exists already with other commits; it is left alone"):
        await forge.open(draft)
    await laptop.git("branch", "--delete", draft.branch)

    await forge.open(draft)
    await laptop.git("switch", "--quiet", draft.branch)
    mine = await laptop.commit("more.yaml", "kind: More\n")
    await laptop.git("switch", "--quiet", "main")
    with pytest.raises(Conflict, match=r"changed the branch .* by hand; it is left alone"):
        await forge.open(draft)
    assert await laptop.git("rev-parse", draft.branch) == mine


@pytest.mark.parametrize("other", ["homelab-assistant", "homelab-assistant/set_replicas-media-jellyfin-1a2b3c4d/x"])
@pytest.mark.parametrize("packed", [False, True])
async def test_a_branch_whose_name_stands_in_the_way_is_named(
    laptop: Laptop, forge: DirectoryForge, draft: Draft, other: str, *, packed: bool
) -> None:
    await laptop.git("branch", other)
    if packed:
        await laptop.git("pack-refs", "--all")

    with pytest.raises(Conflict, match=f'A branch named "{other}" stands in the way'):
        await forge.open(draft)
    assert await laptop.branches() == sorted([other, "main"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"branch": "main"}, "never goes to the default branch"),
        ({"branch": "homelab-assistant/..//x"}, "cannot be the name of a branch"),
        ({"files": ()}, "nothing to change"),
        ({"base_commit": "12345678" * 5}, "no commit 12345678 any more"),
        ({"base_commit": "main"}, "no commit main any more"),
        ({"files": (FileChange(path=JELLYFIN, before=b"other", after=b""),)}, "not as it was"),
        ({"files": (FileChange(path="missing.yaml", before=b"other", after=b""),)}, "not as it was"),
        ({"files": (FileChange(path="missing.yaml", before=None, after=None),)}, "has this change already"),
        ({"files": (FileChange(path="apps", before=None, after=b""),)}, "not as it was"),
        ({"files": (FileChange(path=f"{JELLYFIN}/x.yaml", before=None, after=b""),)}, "not a plain file"),
        ({"files": (FileChange(path="../x.yaml", before=None, after=b""),)}, "no path inside a repository"),
        ({"files": (FileChange(path=".git/config", before=None, after=b""),)}, "no path inside a repository"),
    ],
)
async def test_a_draft_that_does_not_fit_is_refused_and_leaves_nothing_behind(
    laptop: Laptop, forge: DirectoryForge, draft: Draft, fields: dict[str, object], says: str
) -> None:
    with pytest.raises(HomelabError, match=says):
        await forge.open(replace(draft, **fields))
    assert await laptop.branches() == ["main"]


async def test_a_base_that_was_left_is_refused_and_one_that_moved_on_is_not(
    laptop: Laptop, forge: DirectoryForge, draft: Draft
) -> None:
    await laptop.commit("elsewhere.yaml", "kind: Elsewhere\n")
    pull = await forge.open(draft)
    assert await laptop.git("rev-parse", f"{draft.branch}^") == draft.base_commit
    await laptop.git("branch", "--delete", "--force", draft.branch)

    await laptop.git("checkout", "--quiet", "--orphan", "fresh")
    await laptop.commit("fresh.yaml", "kind: Fresh\n")
    with pytest.raises(Conflict, match=r'no longer part of "fresh"; plan the change again'):
        await forge.open(draft)
    assert pull.head_commit


@pytest.mark.parametrize(
    ("how", "fast_forward"),
    [
        (("merge", "--quiet", "--ff-only"), True),
        (("merge", "--quiet", "--no-ff", "--no-edit"), False),
        (("cherry-pick",), False),
    ],
)
async def test_a_merge_is_told_with_its_commit_however_it_was_done(
    laptop: Laptop, forge: DirectoryForge, draft: Draft, how: tuple[str, ...], *, fast_forward: bool
) -> None:
    pull = await forge.open(draft)
    assert (await forge.follow(pull)).pull_request == pull
    if not fast_forward:
        await laptop.commit("before.yaml", "kind: Before\n")

    await laptop.git(*how, draft.branch)
    merge = await laptop.git("rev-parse", "HEAD")
    await laptop.commit("after.yaml", "kind: After\n")
    await laptop.git("branch", "--delete", "--force", draft.branch)

    status = await forge.follow(pull)
    assert (status.pull_request.state, status.merge_commit) == (PullRequestState.MERGED, merge)
    again = await forge.open(replace(draft, base_commit=draft.base_commit))
    assert again.state is PullRequestState.MERGED
    assert await laptop.branches() == ["main"]


async def test_a_squashed_merge_is_known_by_its_trailer(laptop: Laptop, forge: DirectoryForge, draft: Draft) -> None:
    pull = await forge.open(draft)
    await laptop.git("merge", "--quiet", "--squash", draft.branch)
    await laptop.git("commit", "--quiet", "--no-edit")

    status = await forge.follow(pull)
    assert (status.pull_request.state, status.merge_commit) == (
        PullRequestState.MERGED,
        await laptop.git("rev-parse", "HEAD"),
    )


async def test_a_deleted_branch_is_closed_and_a_changed_one_is_said_to_be_changed(
    laptop: Laptop, forge: DirectoryForge, draft: Draft
) -> None:
    pull = await forge.open(draft)
    await laptop.git("switch", "--quiet", draft.branch)
    mine = await laptop.commit("more.yaml", "kind: More\n")
    await laptop.git("switch", "--quiet", "main")

    status = await forge.follow(pull)
    assert (status.pull_request.state, status.pull_request.head_commit) == (PullRequestState.OPEN, mine)
    assert status.changed_by_hand

    await laptop.git("branch", "--delete", "--force", draft.branch)
    assert (await forge.follow(pull)).pull_request.state is PullRequestState.CLOSED


async def test_a_bare_repository_and_a_linked_worktree_are_repositories(
    tmp_path: Path, laptop: Laptop, draft: Draft
) -> None:
    bare = DirectoryForge(tmp_path / "homelab.git")
    assert (await bare.snapshot()).commit == draft.base_commit
    pull = await bare.open(draft)

    await laptop.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    assert (await DirectoryForge(tmp_path / "side").open(draft)).head_commit == pull.head_commit
    assert sorted(await laptop.branches()) == [draft.branch, "main", "side"]


async def test_a_repository_of_a_kind_we_do_not_know_or_with_damage_is_said_to_be_so(
    tmp_path: Path, laptop: Laptop, forge: DirectoryForge
) -> None:
    config = laptop.path / ".git/config"
    text = config.read_text()
    config.write_text(text.replace("repositoryformatversion = 0", "repositoryformatversion = 7"))
    with pytest.raises(InputInvalid, match="of a kind that is not supported"):
        await forge.snapshot()
    config.write_text(text)

    shutil.rmtree(laptop.path / ".git/objects")
    (laptop.path / ".git/objects").mkdir()
    with pytest.raises(ResponseInvalid, match=r"lacks its own commit|damaged or incomplete; run git fsck there"):
        await forge.snapshot()
    with pytest.raises(NotFound, match="There is no folder"):
        await DirectoryForge(tmp_path / "nothing").snapshot()


async def test_what_cannot_be_read_or_written_is_said(
    laptop: Laptop, forge: DirectoryForge, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dulwich.object_store.DiskObjectStore.add_objects", full)
    with pytest.raises(HomelabError, match="cannot be used: no space left on device"):
        await forge.open(draft)
    assert await laptop.branches() == ["main"]


async def test_a_merge_is_in_the_history_of_what_comes_after_it_and_of_nothing_else(
    laptop: Laptop, forge: DirectoryForge
) -> None:
    before = await laptop.git("rev-parse", "HEAD")
    merge = await laptop.commit("one.yaml", "a: 1\n")
    after = await laptop.commit("two.yaml", "a: 2\n")
    assert await forge.descends(merge, merge)
    assert await forge.descends(after, merge)
    assert not await forge.descends(before, merge)
    assert not await forge.descends("0" * 40, merge)
