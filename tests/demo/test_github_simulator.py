import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from github import Auth, Github, GithubException
import pytest

from demo.faults import Fault, FaultKind, FaultProxy
from demo.github import REPOSITORY, TOKEN, GitHubSimulator
from demo.github_git import GitStore
from demo.repository import create_bare_repository
from demo.serving import controlling, serving

AUTHOR = {"name": "Anna", "email": "anna@home.arpa", "date": "2026-11-07T20:15:00+01:00"}


@dataclass
class Client:
    """Speaks to the simulator as curl would."""

    session: aiohttp.ClientSession
    proxy: FaultProxy
    control: str
    store: GitStore
    token: str | None = TOKEN

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = path if path.startswith("http") else f"{self.proxy.url}{path}"
        async with self.session.request(method, url, json=body, headers=headers, allow_redirects=False) as response:
            data = await response.json() if response.content_type == "application/json" else await response.text()
            return response.status, data, response.headers

    async def repo(self, method: str, path: str, **body: object) -> tuple[int, Any]:
        status, data, _ = await self.ask(method, f"/repos/{REPOSITORY}{path}", body or None)
        return status, data

    async def do(self, what: str, **data: object) -> int:
        async with self.session.post(f"{self.control}/github/{what}", json=data) as response:
            return response.status

    async def head(self, branch: str = "main") -> str:
        sha = await self.store.head(branch)
        assert sha is not None
        return sha

    async def commit(self, path: str, content: str, *, parent: str | None = None) -> str:
        parent = parent or await self.head()
        _, tree = await self.repo(
            "POST",
            "/git/trees",
            base_tree=parent,
            tree=[{"path": path, "mode": "100644", "type": "blob", "content": content}],
        )
        _, commit = await self.repo(
            "POST", "/git/commits", message=f"Change {path}", tree=tree["sha"], parents=[parent], author=AUTHOR
        )
        return str(commit["sha"])

    async def branch(self, name: str, path: str, content: str) -> str:
        sha = await self.commit(path, content)
        status, _ = await self.repo("POST", "/git/refs", ref=f"refs/heads/{name}", sha=sha)
        assert status == 201
        return sha

    async def pull(self, name: str, path: str = "new.yaml", content: str = "a: 1\n") -> Any:
        await self.branch(name, path, content)
        status, pull = await self.repo("POST", "/pulls", title=f"Change {path}", head=name, base="main")
        assert status == 201
        return pull


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    path = tmp_path / "homelab.git"
    await create_bare_repository(path)
    simulator = GitHubSimulator(path)
    async with (
        serving(simulator) as proxy,
        controlling([(simulator, proxy)]) as control,
        aiohttp.ClientSession() as session,
    ):
        yield Client(session, proxy, control, GitStore(path))


def message(data: Any) -> str:
    return " ".join([data["message"], *(e if isinstance(e, str) else e.get("message", "") for e in data["errors"])])


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


async def test_ten_requests_for_one_branch_and_one_pull_request_make_one_of_each(client: Client) -> None:
    sha = await client.commit("new.yaml", "a: 1\n")
    refs = await asyncio.gather(*(client.repo("POST", "/git/refs", ref="refs/heads/work", sha=sha) for _ in range(10)))
    pulls = await asyncio.gather(
        *(client.repo("POST", "/pulls", title="One", head="work", base="main") for _ in range(10))
    )

    assert sorted(status for status, _ in refs) == [201] + [422] * 9
    assert sorted(status for status, _ in pulls) == [201] + [422] * 9


async def test_pull_requests_that_make_no_sense_are_refused_in_githubs_words(client: Client) -> None:
    await client.pull("work")
    await client.repo("POST", "/git/refs", ref="refs/heads/same", sha=await client.head())

    async def refused(**body: object) -> str:
        status, data = await client.repo("POST", "/pulls", **body)
        assert status == 422
        return message(data) if "errors" in data else data["message"]

    assert await refused(title="Again", head="work", base="main") == (
        "Validation Failed A pull request already exists for demo:work."
    )
    assert await refused(title="Again", head="demo:work", base="main") == (
        "Validation Failed A pull request already exists for demo:work."
    )
    assert "No commits between main and same" in await refused(title="Same", head="same", base="main")
    assert await refused(title="No", head="nothing", base="main") == "Validation Failed "
    assert await refused(title="No", head="work", base="nothing") == "Validation Failed "
    assert '"title" wasn\'t supplied' in await refused(head="work", base="main")
    assert "7 is not a string" in await refused(title=7, head="work", base="main")


async def test_a_pull_request_shows_its_real_diff_and_who_asked(client: Client) -> None:
    path = "apps/media/jellyfin/jellyfin.yaml"
    text = (await client.store.run("show", f"main:{path}")).data.decode()
    pull = await client.pull("work", path, text.replace("replicas: 1", "replicas: 3"))

    _, files = await client.repo("GET", f"/pulls/{pull['number']}/files")
    _, commits = await client.repo("GET", f"/pulls/{pull['number']}/commits")

    (file,) = files
    assert (file["filename"], file["status"], file["additions"], file["deletions"]) == (path, "modified", 1, 1)
    assert "-  replicas: 1 " in file["patch"]
    assert "+  replicas: 3 " in file["patch"]
    assert file["patch"].startswith("@@ ")
    assert (pull["changed_files"], pull["additions"], pull["commits"], pull["user"]["login"]) == (1, 1, 1, "anna")
    assert [commit["sha"] for commit in commits] == [pull["head"]["sha"]]
    status, page, _ = await client.ask("GET", pull["html_url"])
    assert status == 200
    assert "+  replicas: 3" in page


async def test_pull_requests_are_filtered_by_state_head_and_base(client: Client) -> None:
    await client.pull("one", "one.yaml")
    await client.pull("two", "two.yaml")
    await client.repo("PATCH", "/pulls/1", state="closed")

    async def numbers(query: str) -> list[int]:
        _, found = await client.repo("GET", f"/pulls?{query}")
        return [pull["number"] for pull in found]

    assert await numbers("") == [2]
    assert await numbers("state=closed") == [1]
    assert await numbers("state=all") == [2, 1]
    assert await numbers("state=all&head=demo:one") == [1]
    assert await numbers("state=all&head=other:one") == []
    assert await numbers("base=nothing") == []


async def test_mergeability_is_computed_when_asked_again_and_again_when_the_base_moves(client: Client) -> None:
    await client.pull("work", "README.md", "# mine\n")

    async def mergeable() -> tuple[bool | None, str]:
        _, pull = await client.repo("GET", "/pulls/1")
        return pull["mergeable"], pull["mergeable_state"]

    assert await mergeable() == (True, "clean")
    await client.do("push", path="README.md", content="# theirs\n")
    assert await mergeable() == (None, "unknown")
    assert await mergeable() == (False, "dirty")
    status, data = await client.repo("PUT", "/pulls/1/merge")
    assert (status, data["message"]) == (405, "Pull Request is not mergeable")


async def test_a_merge_checks_the_head_the_rules_and_the_state(client: Client) -> None:
    await client.pull("work")
    await client.do("protect", branch="main", approvals=1)
    await client.do("tokens", value="friend", login="ben")
    assert (await client.repo("GET", "/pulls/1/merge"))[0] == 404

    status, data = await client.repo("PUT", "/pulls/1/merge", sha="0" * 40)
    assert (status, data["message"]) == (409, "Head branch was modified. Review and try the merge again.")
    status, data = await client.repo("PUT", "/pulls/1/merge")
    assert status == 405
    assert "approving review is required" in data["message"]
    status, data = await client.repo("POST", "/pulls/1/reviews", event="APPROVE")
    assert (status, data["errors"]) == (422, ["Can not approve your own pull request"])
    client.token = "friend"
    assert (await client.repo("POST", "/pulls/1/reviews", event="APPROVE"))[0] == 200
    assert (await client.repo("PUT", "/pulls/1/merge", merge_method="rebase"))[0] == 405
    assert (await client.repo("PUT", "/pulls/1/merge", merge_method="squash"))[0] == 200

    assert len((await client.store.commit(await client.head())).parents) == 1
    assert (await client.repo("GET", "/pulls/1/merge"))[0] == 204
    status, data = await client.repo("PUT", "/pulls/1/merge")
    assert (status, data["message"]) == (405, "Pull Request is not mergeable")
    assert (await client.repo("PATCH", "/pulls/1", state="open"))[0] == 422


async def test_an_open_pull_request_follows_its_branch_and_closes_with_it(client: Client) -> None:
    await client.pull("work")
    await client.do("push", branch="work", path="new.yaml", content="a: 2\n")
    assert (await client.repo("GET", "/pulls/1"))[1]["head"]["sha"] == await client.head("work")

    await client.repo("DELETE", "/git/refs/heads/work")
    assert (await client.repo("GET", "/pulls/1"))[1]["state"] == "closed"


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


async def test_tokens_see_and_do_what_they_were_made_for(client: Client) -> None:
    async def answers(token: str | None) -> list[int]:
        client.token = token
        asked = [("GET", "", {}), ("GET", "/branches/main", {}), ("POST", "/git/blobs", {"content": "x"})]
        asked += [("GET", "/pulls", {}), ("POST", "/labels", {"name": f"of {token}"})]
        return [(await client.repo(method, path, **body))[0] for method, path, body in asked]

    await client.do("tokens", value="reader", contents="read", pull_requests="read")
    await client.do("tokens", value="metadata", contents="none", pull_requests="none")
    await client.do("tokens", value="stranger", login="eve", repository=False)
    await client.do("tokens", value="expired", expired=True)

    assert await answers(TOKEN) == [200, 200, 201, 200, 201]
    assert await answers("reader") == [200, 200, 403, 200, 403]
    assert await answers("metadata") == [200, 403, 403, 403, 403]
    assert await answers("stranger") == [404] * 5
    assert await answers("expired") == [401] * 5
    assert await answers(None) == [404] * 5
    await client.do("repository", private=False)
    assert await answers("stranger") == [200, 200, 403, 200, 403]
    assert await answers(None) == [200, 200, 401, 200, 401]


async def test_errors_have_githubs_words(client: Client) -> None:
    client.token = "wrong"
    assert (await client.repo("GET", ""))[1]["message"] == "Bad credentials"
    client.token = TOKEN
    await client.do("tokens", value="reader", contents="read")
    client.token = "reader"
    _, data = await client.repo("POST", "/git/blobs", content="x")
    assert data["message"] == "Resource not accessible by personal access token"
    client.token = TOKEN
    await client.do("repository", archived=True)
    status, data = await client.repo("POST", "/git/blobs", content="x")
    assert (status, data["message"]) == (403, "Repository was archived so is read-only.")


async def test_limits_are_counted_and_enforced(client: Client) -> None:
    _, _, headers = await client.ask("GET", "/user")
    assert int(headers["X-RateLimit-Remaining"]) == 4999
    await client.do("limits", remaining=0, reset=int(headers["X-RateLimit-Reset"]))
    status, data, headers = await client.ask("GET", "/user")
    assert (status, headers["X-RateLimit-Remaining"]) == (403, "0")
    assert data["message"].startswith("API rate limit exceeded")

    await client.do("limits", remaining=5, secondary=60)
    status, data, headers = await client.ask("GET", "/user")
    assert (status, headers["Retry-After"]) == (403, "60")
    assert "secondary rate limit" in data["message"]


async def test_a_protected_branch_takes_no_direct_push(client: Client) -> None:
    await client.do("protect", branch="main", approvals=1)
    sha = await client.commit("new.yaml", "a: 1\n")

    status, data = await client.repo("PATCH", "/git/refs/heads/main", sha=sha)

    assert (status, data["message"]) == (422, "Protected branch update failed for refs/heads/main.")
    assert (await client.repo("GET", "/branches/main"))[1]["protected"]


async def test_a_renamed_repository_redirects(client: Client) -> None:
    await client.do("repository", full_name="demo/cupboard")

    status, data, headers = await client.ask("GET", f"/repos/{REPOSITORY}/branches/main")
    assert (status, data["message"]) == (301, "Moved Permanently")
    assert headers["Location"] == f"{client.proxy.url}/repos/demo/cupboard/branches/main"
    assert (await client.repo("POST", "/git/blobs", content="x"))[0] == 307


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 400, "Problems parsing JSON"),
        (b"[]", 400, "Body should be a JSON object"),
        (b'{"tree": []}', 422, "Invalid tree info"),
        (b'{"tree": [{"path": "a"}]}', 422, "Must supply a valid tree.mode"),
        (b'{"tree": [{"path": "../a", "mode": "100644", "content": ""}]}', 422, "malformed path component"),
        (b'{"tree": [{"path": "a", "mode": "100644", "sha": "7"}]}', 422, "tree.sha 7 is not a valid blob"),
    ],
)
async def test_bodies_that_make_no_sense_are_refused(client: Client, body: bytes, status: int, says: str) -> None:
    async with client.session.post(
        f"{client.proxy.url}/repos/{REPOSITORY}/git/trees", data=body, headers={"Authorization": f"token {TOKEN}"}
    ) as response:
        assert response.status == status
        assert says in (await response.json())["message"]


async def test_people_merge_and_close_by_the_control_port(client: Client) -> None:
    await client.pull("one", "one.yaml")
    await client.pull("two", "two.yaml")

    assert await client.do("pulls/1/merge", login="ben") == 204
    assert await client.do("pulls/2/close") == 204
    assert await client.do("pulls/2/merge") == 405
    assert await client.do("pulls/9/close") == 404
    assert await client.do("tokens", value="x", contents="everything") == 400
    async with client.session.get(f"{client.control}/github/state") as response:
        state = await response.json()
    assert [(pull["state"], pull["merged"]) for pull in state["pulls"]] == [("closed", True), ("closed", False)]
    assert (await client.repo("GET", "/pulls/1"))[1]["merged_by"]["login"] == "ben"


async def test_what_was_asked_for_is_done_even_when_the_client_hangs_up(client: Client) -> None:
    sha = await client.commit("new.yaml", "a: 1\n")
    await client.proxy.inject(Fault(kind=FaultKind.CUT, method="POST", times=1))

    with pytest.raises(aiohttp.ClientError):
        await client.repo("POST", "/git/refs", ref="refs/heads/work", sha=sha)

    assert (await client.repo("POST", "/git/refs", ref="refs/heads/work", sha=sha))[0] == 422


async def test_a_token_that_may_not_push_is_told_by_pygithub_too(client: Client) -> None:
    await client.do("tokens", value="reader", contents="read")

    def work() -> int:
        with Github(auth=Auth.Token("reader"), base_url=client.proxy.url, retry=None) as github:
            with pytest.raises(GithubException) as caught:
                github.get_repo(REPOSITORY).create_git_blob("x", "utf-8")
            return caught.value.status

    assert await asyncio.to_thread(work) == 403
