import asyncio

from .github_client import Client, message


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
    assert (await client.repo("PUT", "/pulls/1/merge", merge_method="sideways"))[0] == 422
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
