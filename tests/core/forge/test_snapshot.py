import asyncio

import pytest

from assistant_core.errors import InputInvalid, NotFound
from assistant_core.forge import GitHubForge
from demo.faults import Fault, FaultKind
from demo.repository import FILES

from .conftest import JELLYFIN, GitHub


def blobs_fetched(github: GitHub) -> int:
    """How many files were asked for alone."""
    return sum("/git/blobs/" in request.path for request in github.proxy.seen)


async def test_a_snapshot_has_the_configuration_files_of_the_default_branch_byte_for_byte(
    github: GitHub, forge: GitHubForge
) -> None:
    snapshot = await forge.snapshot()

    on_disk = {file.relative_to(FILES).as_posix(): file.read_bytes() for file in FILES.rglob("*.*") if file.is_file()}
    wanted = {path: data for path, data in on_disk.items() if path.endswith((".yaml", ".tf", ".tfvars"))}
    assert dict(snapshot.files) == wanted
    assert snapshot.commit == await github.store.head("main")


async def test_an_unchanged_branch_costs_no_file_and_a_changed_file_is_the_only_one_fetched(
    github: GitHub, forge: GitHubForge
) -> None:
    await forge.snapshot()
    await github.do("push", path="apps/home/new.yaml", content="kind: ConfigMap\n")
    github.proxy.seen.clear()

    snapshot = await forge.snapshot()
    await forge.snapshot()

    assert snapshot.files["apps/home/new.yaml"] == b"kind: ConfigMap\n"
    assert blobs_fetched(github) == 1


async def test_many_files_come_in_one_request_and_the_token_does_not_go_to_where_they_are(
    github: GitHub, forge: GitHubForge
) -> None:
    await forge.snapshot()

    assert sum("/codeload/" in request.path for request in github.proxy.seen) == 1
    assert blobs_fetched(github) == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.STATUS, status=404, path=".*/tarball/.*"),
        Fault(kind=FaultKind.STATUS, status=200, path=".*/tarball/.*", body="{}"),
        Fault(kind=FaultKind.STATUS, status=404, path="/codeload/.*"),
        Fault(kind=FaultKind.STATUS, status=302, path="/codeload/.*", headers={"Location": "http://127.0.0.1:1/"}),
        Fault(kind=FaultKind.STATUS, status=302, path=".*/tarball/.*", headers={"Location": "file:///etc/passwd"}),
        Fault(kind=FaultKind.STATUS, status=200, path="/codeload/.*", body="<html>a login page</html>"),
        Fault(kind=FaultKind.CUT, after=1500, path="/codeload/.*"),
    ],
    ids=["none", "no link", "gone", "redirected", "no web address", "a page", "cut off"],
)
async def test_without_a_tarball_the_files_come_one_by_one(github: GitHub, forge: GitHubForge, fault: Fault) -> None:
    await github.proxy.inject(fault)

    snapshot = await forge.snapshot()

    assert JELLYFIN in snapshot.files
    assert blobs_fetched(github) == len(set(snapshot.files.values()))


async def test_what_a_tarball_leaves_out_or_changes_is_fetched_as_it_is(github: GitHub, forge: GitHubForge) -> None:
    await github.do("push", path=".gitattributes", content="left-out.yaml export-ignore\nother.yaml export-subst\n")
    await github.do("push", path="left-out.yaml", content="kind: ConfigMap\n")
    await github.do("push", path="other.yaml", content="commit: $Format:%H$\n")

    snapshot = await forge.snapshot()

    assert snapshot.files["left-out.yaml"] == b"kind: ConfigMap\n"
    assert snapshot.files["other.yaml"] == b"commit: $Format:%H$\n"
    assert blobs_fetched(github) == 2


async def test_callers_at_the_same_time_share_one_reading(github: GitHub, forge: GitHubForge) -> None:
    first, second = await asyncio.gather(forge.snapshot(), forge.snapshot())

    assert first is second
    assert sum("/git/trees/" in request.path for request in github.proxy.seen) == 2


async def test_links_other_texts_and_giant_files_are_left_out(github: GitHub, forge: GitHubForge) -> None:
    link = await github.store.write_blob(b"../../etc/passwd")
    giant = await github.store.write_blob(b"#" * (1024**2 + 1))
    head = await github.store.head("main")
    changes = [("link.yaml", "120000", link), ("giant.yaml", "100644", giant), ("sub.yaml", "160000", head)]
    tree = await github.store.write_tree(head, changes)
    commit = await github.store.commit(head)
    new = await github.store.write_commit(tree, (head,), "Odd things", commit.author, commit.committer)
    await github.store.update_ref("refs/heads/main", new, head)

    snapshot = await forge.snapshot()

    assert not {"link.yaml", "giant.yaml", "sub.yaml", "README.md", ".gitignore"} & snapshot.files.keys()
    assert "terraform/k3s.tf" in snapshot.files


async def test_a_repository_without_a_commit_is_said_to_be_empty(github: GitHub, forge: GitHubForge) -> None:
    await github.store.delete_ref("refs/heads/main")

    with pytest.raises(NotFound, match='no branch "main"; commit something'):
        await forge.snapshot()


async def test_a_renamed_repository_is_named_by_its_new_name(github: GitHub, forge: GitHubForge) -> None:
    await github.do("repository", full_name="demo/cupboard")

    with pytest.raises(NotFound, match='"demo/homelab" is called "demo/cupboard" now'):
        await forge.snapshot()


@pytest.mark.parametrize("repository", ["homelab", "demo/home lab", "demo/..", "https://github.com/demo/homelab", ""])
def test_what_is_not_owner_and_name_is_refused_at_once(repository: str) -> None:
    with pytest.raises(InputInvalid, match="OWNER/NAME"):
        GitHubForge(repository, "token")


@pytest.mark.parametrize("token", ["", "two words", "line\n", "schlüssel"])
def test_what_cannot_be_a_token_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(InputInvalid, match="token is empty or has characters") as caught:
        GitHubForge("demo/homelab", token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://github.example", "ftp://github.example", "https://me:secret@github.example", "github", "http://[::1"],
)
def test_an_address_that_would_leak_the_token_or_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        GitHubForge("demo/homelab", "token", base_url=url)
    assert "secret" not in str(caught.value)
