import asyncio

from github import Auth, Github, GithubException
import pytest

from demo.github import REPOSITORY, TOKEN

from .github_client import Client


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


async def test_a_token_that_may_not_push_is_told_by_pygithub_too(client: Client) -> None:
    await client.do("tokens", value="reader", contents="read")

    def work() -> int:
        with Github(auth=Auth.Token("reader"), base_url=client.proxy.url, retry=None) as github:
            with pytest.raises(GithubException) as caught:
                github.get_repo(REPOSITORY).create_git_blob("x", "utf-8")
            return caught.value.status

    assert await asyncio.to_thread(work) == 403
