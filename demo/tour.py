"""Five sentences spoken to a real Home Assistant, and the proof that they did what they say."""

from collections.abc import Callable
from dataclasses import dataclass
import time
from typing import Any

import aiohttp

from .home_assistant import Client, DemoError
from .homelab import Homelab

SENTENCES = (
    "What is wrong with my cluster?",
    "How is the GPU?",
    "Scale jellyfin to 3",
    "Confirm",
    "What is pending?",
)
GITHUB_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What was said, what came back and how many milliseconds it took."""

    words: str
    speech: str
    milliseconds: float


async def converse(client: Client, agent: str, tell: Callable[[str], None]) -> list[Answer]:
    """Speak the sentences in one conversation, telling each exchange as it happens."""
    answers, conversation = [], None
    for words in SENTENCES:
        began = time.perf_counter()
        result = await client.say(words, agent, conversation)
        milliseconds = (time.perf_counter() - began) * 1000
        conversation = result["conversation_id"]
        answers.append(Answer(words, result["response"]["speech"]["plain"]["speech"], milliseconds))
        tell(f"  > {words}\n  < {answers[-1].speech}  ({milliseconds:.0f} ms)\n")
    return answers


async def pull_requests(session: aiohttp.ClientSession, homelab: Homelab) -> list[dict[str, Any]]:
    """Our pull requests that stand open on the forge, each with its `files`, as GitHub tells them."""
    repository = f"{homelab.github_api}/repos/{homelab.repository}"
    headers = {"Authorization": f"Bearer {homelab.github_token}", "Accept": "application/vnd.github+json"}

    async def get(path: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=GITHUB_SECONDS)
        try:
            async with session.get(repository + path, headers=headers, timeout=timeout) as response:
                if response.status != 200:  # noqa: PLR2004 - HTTP's OK
                    raise DemoError(f"GitHub answered {response.status} to {path}.")
                return await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise DemoError(f"GitHub does not answer: {error or type(error).__name__}.") from error

    ours = [pull for pull in await get("/pulls?state=open") if pull["head"]["ref"].startswith("homelab-assistant/")]
    return [{**pull, "files": await get(f"/pulls/{pull['number']}/files")} for pull in ours]


async def tour(client: Client, homelab: Homelab, session: aiohttp.ClientSession, tell: Callable[[str], None]) -> None:
    """Speak, then show the diff and the pull request; raises DemoError with what broke."""
    agents = await client.entities("conversation")
    if not agents:
        raise DemoError("Home Assistant has no conversation agent of ours.")
    known = {pull["number"] for pull in await pull_requests(session, homelab)}
    await converse(client, agents[0], tell)
    opened = [pull for pull in await pull_requests(session, homelab) if pull["number"] not in known]
    if len(opened) != 1:
        raise DemoError(f"The confirmed change should stand in exactly one pull request; there are {len(opened)}.")
    for file in opened[0]["files"]:
        tell(f"--- a/{file['filename']}\n+++ b/{file['filename']}\n{file['patch']}\n")
    tell(f"Pull request {opened[0]['number']}: {opened[0]['title']}\n{opened[0]['html_url']}")
    changed = [(file["additions"], file["deletions"]) for file in opened[0]["files"]]
    if changed != [(1, 1)]:
        raise DemoError(f"The pull request should change exactly one line; it has (added, removed) {changed}.")
