"""How GitHub's REST API says things: refusals, pages, entity tags and the shapes of its objects."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
import hashlib
import json
import re
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from .github_git import ChangedFile, Commit, Person, TreeEntry

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer that is an error, as GitHub words it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[dict[str, str]] | list[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
        if errors is not None:
            self.body["errors"] = errors
        self.headers = dict(headers or {})


def not_found() -> Refusal:
    """What GitHub says of everything that one may not see."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field_name: str, code: str) -> Refusal:
    """A 422 about one field."""
    return Refusal(422, "Validation Failed", errors=[{"resource": resource, "field": field_name, "code": code}])


def rejected(resource: str, message: str) -> Refusal:
    """A 422 with a sentence of its own."""
    return Refusal(422, "Validation Failed", errors=[{"resource": resource, "code": "custom", "message": message}])


@dataclass(frozen=True)
class Answer:
    """A handler's answer; lists are cut into pages unless `whole`. Or the address where the answer is."""

    data: Any = None
    status: int = 200
    whole: bool = False
    location: str | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that may be served: who asks and may push, the parts of its path, its query and its JSON body.

    `url` is the repository's in the API, `site` where its pages are.
    """

    login: str
    push: bool = True
    url: str
    site: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string of the body; refuses as GitHub does when it is missing or something else."""
        value = self.body.get(name)
        if value is None:
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        if not isinstance(value, str):
            raise Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {json.dumps(value)} is not a string.")
        return value

    def sha(self, name: str) -> str:
        """An object id of the body."""
        value = self.text(name)
        if not is_sha(value):
            raise Refusal(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
        return value


def is_sha(value: str) -> bool:
    """Whether the text is a whole object id."""
    return re.fullmatch("[0-9a-f]{40}", value) is not None


def answer(request: web.Request, result: Answer) -> web.Response:
    """Write a handler's answer: pages, entity tag, 304."""
    if result.location:
        return web.Response(status=web.HTTPFound.status_code, headers={"Location": result.location})
    data, headers = result.data, dict[str, str]()
    if isinstance(data, list) and not result.whole:
        data, headers = _page(request, data)
    if result.status == web.HTTPNoContent.status_code:
        return web.Response(status=result.status)
    body = json.dumps(data).encode()
    if request.method == "GET":
        headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=web.HTTPNotModified.status_code, headers=headers)
    return web.Response(body=body, status=result.status, headers=headers, content_type="application/json")


def _page(request: web.Request, items: list[Any]) -> tuple[list[Any], dict[str, str]]:
    size = min(max(_number(request.query.get("per_page"), 30), 1), 100)
    page = max(_number(request.query.get("page"), 1), 1)
    last = max((len(items) + size - 1) // size, 1)
    where: dict[str, int] = {}
    if page > 1:
        where |= {"prev": page - 1, "first": 1}
    if page < last:
        where |= {"next": page + 1, "last": last}
    links = [
        f'<{request.url.origin()}{request.path}?{urlencode({**request.query, "page": number})}>; rel="{name}"'
        for name, number in where.items()
    ]
    return items[(page - 1) * size : page * size], {"Link": ", ".join(links)} if links else {}


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def when(moment: datetime) -> str:
    """A time as GitHub writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def person_from(data: Any, default: Person) -> Person:
    """The author or committer of a request; what it leaves out comes from `default`."""
    if not isinstance(data, dict):
        return default
    try:
        moment = datetime.fromisoformat(data["date"]) if "date" in data else None
        name, email = str(data["name"]), str(data["email"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(422, f"Invalid request.\n\n{error} of the author is not valid.") from error
    if moment is None:
        return Person(name=name, email=email, date=default.date)
    return Person(
        name=name, email=email, date=int(moment.timestamp()), offset=moment.strftime("%z").replace(":", "") or "+0000"
    )


def user_json(login: str) -> dict[str, Any]:
    """A person or a bot."""
    return {"login": login, "id": int(hashlib.sha256(login.encode()).hexdigest()[:6], 16), "type": "User"}


def _person_json(person: Person) -> dict[str, Any]:
    hours, minutes = int(person.offset[1:3]), int(person.offset[3:5])
    shift = timedelta(hours=hours, minutes=minutes) * (-1 if person.offset[0] == "-" else 1)
    moment = datetime.fromtimestamp(person.date, timezone(shift))
    return {"name": person.name, "email": person.email, "date": when(moment)}


def git_commit_json(url: str, commit: Commit) -> dict[str, Any]:
    """A commit of the git database."""
    return {
        "sha": commit.sha,
        "url": f"{url}/git/commits/{commit.sha}",
        "author": _person_json(commit.author),
        "committer": _person_json(commit.committer),
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
        "parents": [{"sha": sha, "url": f"{url}/git/commits/{sha}"} for sha in commit.parents],
        "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
    }


def commit_json(url: str, commit: Commit) -> dict[str, Any]:
    """A commit of the repository's history."""
    inner = git_commit_json(url, commit)
    return {
        "sha": commit.sha,
        "url": f"{url}/commits/{commit.sha}",
        "commit": {name: inner[name] for name in ("author", "committer", "message", "tree", "url", "verification")},
        "parents": [{"sha": sha, "url": f"{url}/commits/{sha}"} for sha in commit.parents],
    }


def tree_json(url: str, sha: str, entries: list[TreeEntry]) -> dict[str, Any]:
    """A tree of the git database."""
    kinds = {"blob": "blobs", "tree": "trees", "commit": "commits"}
    return {
        "sha": sha,
        "url": f"{url}/git/trees/{sha}",
        "tree": [
            {
                "path": entry.path,
                "mode": entry.mode,
                "type": entry.type,
                "sha": entry.sha,
                "url": f"{url}/git/{kinds[entry.type]}/{entry.sha}",
                **({} if entry.size is None else {"size": entry.size}),
            }
            for entry in entries
        ],
        "truncated": False,
    }


def ref_json(url: str, ref: str, sha: str) -> dict[str, Any]:
    """A reference of the git database."""
    return {
        "ref": ref,
        "url": f"{url}/git/{ref}",
        "object": {"sha": sha, "type": "commit", "url": f"{url}/git/commits/{sha}"},
    }


def base64_lines(data: bytes) -> str:
    """Base64 in lines, as GitHub sends contents."""
    return base64.encodebytes(data).decode()


def file_json(url: str, file: ChangedFile, ref: str) -> dict[str, Any]:
    """A changed file of a comparison or a pull request."""
    return {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "contents_url": f"{url}/contents/{file.path}?ref={ref}",
        "patch": file.patch,
    }
