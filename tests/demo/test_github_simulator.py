import asyncio
import base64

import aiohttp
from github import Auth, Github
import pytest

from demo.faults import Fault, FaultKind
from demo.github import REPOSITORY, TOKEN

from .github_client import Client


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
async def test_pygithub_reads_writes_and_merges_as_on_github(client: Client, prefix: str) -> None:
    def work() -> tuple[int, str]:
        with Github(
            auth=Auth.Token(TOKEN),
            base_url=f"{client.proxy.url}{prefix}",
            seconds_between_requests=None,
            seconds_between_writes=None,
        ) as github:
            repository = github.get_repo(REPOSITORY)
            assert github.get_user().login == "anna"
            assert github.get_rate_limit().rate.limit == 5000
            contents = repository.get_contents("README.md")
            assert not isinstance(contents, list)
            assert contents.decoded_content.startswith(b"# homelab")
            base = repository.get_branch("main").commit
            repository.create_git_ref("refs/heads/try", base.sha)
            ref = repository.get_git_ref("heads/try")
            commit = repository.create_git_commit("Nothing new", base.commit.tree, [base.commit])
            ref.edit(commit.sha)
            pull = repository.create_pull("main", "try", title="Nothing new", body="")
            pull.add_to_labels("homelab-assistant")
            pull.create_issue_comment("Looks good")
            assert [label.name for label in pull.get_labels()] == ["homelab-assistant"]
            assert [comment.body for comment in pull.get_issue_comments()] == ["Looks good"]
            assert pull.mergeable is None
            assert repository.get_pull(pull.number).mergeable
            merged = pull.merge(sha=commit.sha)
            assert repository.get_pull(pull.number).merged
            return pull.number, merged.sha

    number, sha = await asyncio.to_thread(work)

    assert number == 1
    assert await client.head() == sha
    assert len((await client.store.commit(sha)).parents) == 2


async def test_objects_have_the_ids_that_git_gives_them(client: Client) -> None:
    _, blob = await client.repo("POST", "/git/blobs", content=base64.b64encode(b"hello\n").decode(), encoding="base64")
    assert blob["sha"] == "ce013625030ba8dba906f756967f9e9ca394464a"
    _, text = await client.repo("POST", "/git/blobs", content="hello\n")
    assert text["sha"] == blob["sha"]
    _, read = await client.repo("GET", f"/git/blobs/{blob['sha']}")
    assert (base64.b64decode(read["content"]), read["size"]) == (b"hello\n", 6)

    commit = await client.commit("new.yaml", "a: 1\n")
    assert await client.commit("new.yaml", "a: 1\n") == commit
    assert str((await client.store.commit(commit)).author) == "Anna <anna@home.arpa> 1794078900 +0100"
    _, shown = await client.repo("GET", f"/git/commits/{commit}")
    assert shown["author"]["date"] == "2026-11-07T19:15:00Z"


async def test_trees_are_listed_flat_or_whole_by_id_commit_or_branch(client: Client) -> None:
    _, whole = await client.repo("GET", "/git/trees/main?recursive=1")
    _, top = await client.repo("GET", f"/git/trees/{await client.head()}")

    assert whole["sha"] == top["sha"]
    assert "apps/media/jellyfin/jellyfin.yaml" in {entry["path"] for entry in whole["tree"]}
    assert {entry["path"]: entry["type"] for entry in top["tree"]} | {"apps": "tree", "README.md": "blob"} == {
        entry["path"]: entry["type"] for entry in top["tree"]
    }
    assert not whole["truncated"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/git/trees/nothing", 404, "Not Found"),
        ("/git/blobs/" + "0" * 40, 404, "Not Found"),
        ("/git/commits/main", 404, "Not Found"),
        ("/git/ref/heads/nothing", 404, "Not Found"),
        ("/branches/nothing", 404, "Branch not found"),
        ("/commits/nothing", 422, "No commit found for SHA: nothing"),
        ("/contents/nothing", 404, "Not Found"),
        ("/contents/README.md?ref=nothing", 404, "No commit found for the ref nothing"),
        ("/compare/main...nothing", 404, "Not Found"),
        ("/pulls/7", 404, "Not Found"),
        ("/no/such/thing", 404, "Not Found"),
    ],
)
async def test_what_is_not_there_is_said_in_githubs_words(client: Client, path: str, status: int, says: str) -> None:
    answered, data = await client.repo("GET", path)

    assert (answered, data["message"]) == (status, says)


async def test_contents_are_files_and_folders(client: Client) -> None:
    _, file = await client.repo("GET", "/contents/bootstrap/root.yaml")
    _, folder = await client.repo("GET", "/contents/apps/media")

    assert base64.b64decode(file["content"]).startswith(b"# The only thing")
    assert {(item["name"], item["type"]) for item in folder} == {("jellyfin", "dir"), ("sonarr", "dir")}


async def test_refs_are_made_once_and_move_forwards_only(client: Client) -> None:
    base = await client.head()
    sha = await client.branch("work", "new.yaml", "a: 1\n")

    async def refused(method: str, path: str, **body: object) -> str:
        status, data = await client.repo(method, path, **body)
        assert status == 422
        return str(data["message"])

    assert await refused("POST", "/git/refs", ref="refs/heads/work", sha=sha) == "Reference already exists"
    assert await refused("POST", "/git/refs", ref="refs/heads/other", sha="0" * 40) == "Object does not exist"
    assert await refused("POST", "/git/refs", ref="refs/heads/work/sub", sha=sha) == "Reference update failed"
    assert "not a valid ref name" in await refused("POST", "/git/refs", ref="refs/heads/a..b", sha=sha)
    assert "not a valid ref name" in await refused("POST", "/git/refs", ref="main", sha=sha)
    assert await refused("PATCH", "/git/refs/heads/work", sha=base) == "Update is not a fast forward"
    assert await refused("PATCH", "/git/refs/heads/nothing", sha=base) == "Reference does not exist"
    assert (await client.repo("PATCH", "/git/refs/heads/work", sha=base, force=True))[0] == 200
    assert (await client.repo("PATCH", "/git/refs/heads/work", sha=sha))[0] == 200
    assert (await client.repo("DELETE", "/git/refs/heads/work"))[0] == 204
    assert await client.store.head("work") is None


async def test_compare_tells_ahead_behind_identical_and_diverged(client: Client) -> None:
    base = await client.head()
    await client.branch("work", "new.yaml", "a: 1\n")

    async def status(span: str) -> tuple[str, int, int]:
        _, data = await client.repo("GET", f"/compare/{span}")
        return data["status"], data["ahead_by"], data["behind_by"]

    assert await status("main...main") == ("identical", 0, 0)
    assert await status("main...work") == ("ahead", 1, 0)
    assert await status("work...main") == ("behind", 0, 1)
    await client.do("push", path="other.yaml", content="b: 1\n")
    assert await status("main...work") == ("diverged", 1, 1)
    assert await status(f"main...{base}") == ("behind", 0, 1)


async def test_lists_come_in_pages_with_links(client: Client) -> None:
    for number in range(3):
        await client.pull(f"work-{number}", f"{number}.yaml")

    _, first, headers = await client.ask("GET", f"/repos/{REPOSITORY}/pulls?state=all&per_page=2")
    assert [pull["number"] for pull in first] == [3, 2]
    links = dict(reversed(link.split("; ")) for link in headers["Link"].split(", "))
    assert set(links) == {'rel="next"', 'rel="last"'}
    _, second, headers = await client.ask("GET", links['rel="next"'].strip("<>"))
    assert [pull["number"] for pull in second] == [1]
    assert 'rel="prev"' in headers["Link"]


async def test_what_has_not_changed_is_not_sent_again_and_costs_nothing(client: Client) -> None:
    path = f"/repos/{REPOSITORY}/branches/main"
    _, _, first = await client.ask("GET", path)
    status, body, again = await client.ask("GET", path, **{"If-None-Match": first["ETag"]})
    assert (status, body) == (304, "")
    assert again["X-RateLimit-Remaining"] == first["X-RateLimit-Remaining"]

    await client.do("push", path="new.yaml", content="a: 1\n")
    status, _, _ = await client.ask("GET", path, **{"If-None-Match": first["ETag"]})
    assert status == 200


async def test_what_was_asked_for_is_done_even_when_the_client_hangs_up(client: Client) -> None:
    sha = await client.commit("new.yaml", "a: 1\n")
    await client.proxy.inject(Fault(kind=FaultKind.CUT, method="POST", times=1))

    with pytest.raises(aiohttp.ClientError):
        await client.repo("POST", "/git/refs", ref="refs/heads/work", sha=sha)

    assert (await client.repo("POST", "/git/refs", ref="refs/heads/work", sha=sha))[0] == 422
