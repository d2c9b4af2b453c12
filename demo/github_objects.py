"""The git database and the repository's contents: trees, blobs, commits, refs, branches, files, comparisons."""

import base64
import binascii
import re
import time

from .github_access import Level, Need
from .github_git import NOTHING, GitFailed, Person
from .github_state import Hub, Route
from .github_wire import (
    Answer,
    Call,
    Refusal,
    base64_lines,
    commit_json,
    file_json,
    git_commit_json,
    is_sha,
    not_found,
    person_from,
    ref_json,
    tree_json,
)

READ = Need(kind="contents")
WRITE = Need(kind="contents", level=Level.WRITE)
MODES = ("100644", "100755", "040000", "160000", "120000")


class Objects:
    """Endpoints below `/repos/OWNER/NAME` that read and write git objects and refs."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._store = hub.store

    def routes(self) -> list[Route]:
        """The endpoints."""
        return [
            Route("GET", "/git/trees/{sha}", READ, self.tree),
            Route("POST", "/git/trees", WRITE, self.create_tree),
            Route("GET", "/git/blobs/{sha}", READ, self.blob),
            Route("POST", "/git/blobs", WRITE, self.create_blob),
            Route("GET", "/git/commits/{sha}", READ, self.git_commit),
            Route("POST", "/git/commits", WRITE, self.create_commit),
            Route("GET", "/git/ref/{ref:.+}", READ, self.ref),
            Route("GET", "/git/matching-refs/{ref:.+}", READ, self.matching_refs),
            Route("POST", "/git/refs", WRITE, self.create_ref),
            Route("PATCH", "/git/refs/{ref:.+}", WRITE, self.update_ref),
            Route("DELETE", "/git/refs/{ref:.+}", WRITE, self.delete_ref),
            Route("GET", "/branches", READ, self.branches),
            Route("GET", "/branches/{branch:.+}", READ, self.branch),
            Route("GET", "/commits/{sha}", READ, self.commit),
            Route("GET", "/contents/{path:.*}", READ, self.contents),
            Route("GET", "/compare/{span:.+}", READ, self.compare),
        ]

    async def _existing(self, sha: str, *kinds: str) -> str:
        if not is_sha(sha) or await self._store.type_of(sha) not in kinds:
            raise not_found()
        return sha

    async def tree(self, call: Call) -> Answer:
        """GET a tree, by its id, a commit's or a branch's name."""
        name = call.path["sha"]
        sha = name if is_sha(name) else await self._store.resolve(name)
        if sha is None or (kind := await self._store.type_of(sha)) not in ("tree", "commit"):
            raise not_found()
        tree = (await self._store.commit(sha)).tree if kind == "commit" else sha
        entries = await self._store.tree(tree, recursive="recursive" in call.query)
        return Answer(tree_json(call.url, tree, entries))

    async def create_tree(self, call: Call) -> Answer:
        """POST a tree made of another one and changes to it."""
        wanted = call.body.get("tree")
        if not isinstance(wanted, list) or not wanted:
            raise Refusal(422, "Invalid tree info")
        base = call.sha("base_tree") if "base_tree" in call.body else None
        if base and await self._store.type_of(base) not in ("tree", "commit"):
            raise Refusal(422, "base_tree is not a valid tree oid")
        changes = [await self._tree_change(item) for item in wanted]
        sha = await self._store.write_tree(base, changes)
        return Answer(tree_json(call.url, sha, await self._store.tree(sha, recursive=False)), 201)

    async def _tree_change(self, item: object) -> tuple[str, str, str | None]:
        if not isinstance(item, dict) or not isinstance(path := item.get("path"), str) or item.get("mode") not in MODES:
            raise Refusal(422, "Must supply a valid tree.mode")
        if {"", ".", "..", ".git"} & set(path.split("/")):
            raise Refusal(422, "tree.path contains a malformed path component")
        if isinstance(content := item.get("content"), str):
            return path, item["mode"], await self._store.write_blob(content.encode())
        sha = item.get("sha")
        if sha is None:
            return path, item["mode"], None
        if not isinstance(sha, str) or not is_sha(sha) or await self._store.type_of(sha) is None:
            raise Refusal(422, f"tree.sha {sha} is not a valid {item.get('type', 'blob')}")
        return path, item["mode"], sha

    async def blob(self, call: Call) -> Answer:
        """GET a blob."""
        sha = await self._existing(call.path["sha"], "blob")
        data = await self._store.blob(sha)
        return Answer(
            {
                "sha": sha,
                "size": len(data),
                "url": f"{call.url}/git/blobs/{sha}",
                "content": base64_lines(data),
                "encoding": "base64",
            }
        )

    async def create_blob(self, call: Call) -> Answer:
        """POST a blob, as text or base64."""
        content, encoding = call.text("content"), call.body.get("encoding", "utf-8")
        try:
            data = base64.b64decode(content, validate=False) if encoding == "base64" else content.encode()
        except binascii.Error as error:
            raise Refusal(422, "content is not valid Base64") from error
        sha = await self._store.write_blob(data)
        return Answer({"sha": sha, "url": f"{call.url}/git/blobs/{sha}"}, 201)

    async def git_commit(self, call: Call) -> Answer:
        """GET a commit of the git database."""
        sha = await self._existing(call.path["sha"], "commit")
        return Answer(git_commit_json(call.url, await self._store.commit(sha)))

    async def create_commit(self, call: Call) -> Answer:
        """POST a commit; author, committer and dates are taken as they are, so the same input gives the same id."""
        message, tree = call.text("message"), call.sha("tree")
        if await self._store.type_of(tree) != "tree":
            raise Refusal(422, "Tree SHA does not exist")
        parents = call.body.get("parents", [])
        for parent in parents:
            if not isinstance(parent, str) or not is_sha(parent) or await self._store.type_of(parent) != "commit":
                raise Refusal(422, "Parent SHA does not exist or is not a commit object")
        default = Person(name=call.login, email=f"{call.login}@users.noreply.github.invalid", date=int(time.time()))
        author = person_from(call.body.get("author"), default)
        committer = person_from(call.body.get("committer"), author)
        sha = await self._store.write_commit(tree, parents, message, author, committer)
        return Answer(git_commit_json(call.url, await self._store.commit(sha)), 201)

    async def ref(self, call: Call) -> Answer:
        """GET one ref, named without its `refs/`."""
        ref = f"refs/{call.path['ref']}"
        sha = (await self._store.refs(ref)).get(ref)
        if sha is None:
            raise not_found()
        return Answer(ref_json(call.url, ref, sha))

    async def matching_refs(self, call: Call) -> Answer:
        """GET the refs whose names begin so."""
        prefix = f"refs/{call.path['ref']}"
        refs = await self._store.refs("refs/")
        return Answer([ref_json(call.url, ref, sha) for ref, sha in refs.items() if ref.startswith(prefix)])

    async def create_ref(self, call: Call) -> Answer:
        """POST a new ref."""
        ref, sha = call.text("ref"), call.sha("sha")
        if not re.match("refs/[^/]+/", ref) or not await self._store.valid_ref(ref):
            raise Refusal(422, f"{ref} is not a valid ref name.")
        if await self._store.type_of(sha) != "commit":
            raise Refusal(422, "Object does not exist")
        if ref in await self._store.refs(ref):
            raise Refusal(422, "Reference already exists")
        try:
            await self._store.update_ref(ref, sha, NOTHING)
        except GitFailed as error:
            raise Refusal(422, "Reference update failed") from error
        return Answer(ref_json(call.url, ref, sha), 201)

    async def update_ref(self, call: Call) -> Answer:
        """PATCH a ref; only forwards unless forced, and never a protected branch."""
        ref, sha = f"refs/{call.path['ref']}", call.sha("sha")
        old = (await self._store.refs(ref)).get(ref)
        if old is None:
            raise Refusal(422, "Reference does not exist")
        if await self._store.type_of(sha) != "commit":
            raise Refusal(422, "Object does not exist")
        if ref.removeprefix("refs/heads/") in self._hub.protected:
            raise Refusal(422, f"Protected branch update failed for {ref}.")
        if not call.body.get("force") and not await self._store.is_ancestor(old, sha):
            raise Refusal(422, "Update is not a fast forward")
        await self._store.update_ref(ref, sha, old)
        return Answer(ref_json(call.url, ref, sha))

    async def delete_ref(self, call: Call) -> Answer:
        """DELETE a ref."""
        ref = f"refs/{call.path['ref']}"
        if ref not in await self._store.refs(ref):
            raise Refusal(422, "Reference does not exist")
        if ref.removeprefix("refs/heads/") in {self._hub.default_branch, *self._hub.protected}:
            raise Refusal(422, "Cannot delete this branch")
        await self._store.delete_ref(ref)
        return Answer(None, 204)

    async def branches(self, call: Call) -> Answer:
        """GET every branch."""
        names = [ref.removeprefix("refs/heads/") for ref in await self._store.refs()]
        return Answer([await self._branch_json(call, name) for name in names])

    async def branch(self, call: Call) -> Answer:
        """GET a branch, its head commit and whether it is protected."""
        return Answer(await self._branch_json(call, call.path["branch"]))

    async def _branch_json(self, call: Call, name: str) -> dict[str, object]:
        sha = await self._store.head(name)
        if sha is None:
            raise Refusal(404, "Branch not found")
        commit = commit_json(call.url, await self._store.commit(sha))
        return {"name": name, "commit": commit, "protected": name in self._hub.protected}

    async def commit(self, call: Call) -> Answer:
        """GET a commit of the history, by id or branch."""
        sha = await self._store.resolve(call.path["sha"])
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {call.path['sha']}")
        return Answer(commit_json(call.url, await self._store.commit(sha)))

    async def contents(self, call: Call) -> Answer:
        """GET a file, or the entries of a folder."""
        ref, path = call.query.get("ref", self._hub.default_branch), call.path["path"].strip("/")
        sha = await self._store.resolve(ref)
        if sha is None:
            raise Refusal(404, f"No commit found for the ref {ref}")
        entries = await self._store.tree(sha, recursive=True)
        for entry in entries:
            if entry.path == path and entry.type == "blob":
                data = await self._store.blob(entry.sha)
                shape = self._content_json(call, entry.path, "file", entry.sha)
                return Answer({**shape, "encoding": "base64", "content": base64_lines(data), "size": len(data)})
        inside = [entry for entry in entries if entry.path.rpartition("/")[0] == path]
        if not inside:
            raise not_found()
        kinds = {"blob": "file", "tree": "dir", "commit": "submodule"}
        shapes = [self._content_json(call, entry.path, kinds[entry.type], entry.sha) for entry in inside]
        return Answer(shapes, whole=True)

    @staticmethod
    def _content_json(call: Call, path: str, kind: str, sha: str) -> dict[str, object]:
        name = path.rpartition("/")[2]
        return {"type": kind, "name": name, "path": path, "sha": sha, "url": f"{call.url}/contents/{path}"}

    async def compare(self, call: Call) -> Answer:
        """GET what `BASE...HEAD` differ in."""
        left, _, right = call.path["span"].partition("...")
        base, head = await self._store.resolve(left), await self._store.resolve(right)
        if base is None or head is None:
            raise not_found()
        common = await self._store.merge_base(base, head)
        if common is None:
            raise Refusal(404, f"No common ancestor between {left} and {right}.")
        ahead, behind = await self._store.between(base, head), await self._store.between(head, base)
        status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
        return Answer(
            {
                "url": f"{call.url}/compare/{call.path['span']}",
                "status": status.get((bool(ahead), bool(behind)), "diverged"),
                "ahead_by": len(ahead),
                "behind_by": len(behind),
                "total_commits": len(ahead),
                "base_commit": commit_json(call.url, await self._store.commit(base)),
                "merge_base_commit": commit_json(call.url, await self._store.commit(common)),
                "commits": [commit_json(call.url, await self._store.commit(sha)) for sha in ahead],
                "files": [file_json(call.url, file, head) for file in await self._store.diff(common, head)],
            }
        )
