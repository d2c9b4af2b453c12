"""Pull requests, their files, merges, reviews, labels and comments."""

from collections.abc import Sequence
from datetime import UTC, datetime
import time
from typing import Any

from .github_access import Level, Need
from .github_git import NOTHING, ChangedFile, GitFailed, Person
from .github_state import Hub, Pull, Route, pull_json
from .github_wire import (
    Answer,
    Call,
    Refusal,
    commit_json,
    file_json,
    invalid,
    not_found,
    rejected,
    user_json,
    when,
)

READ = Need(kind="pull_requests")
WRITE = Need(kind="pull_requests", level=Level.WRITE)
MERGE = Need(kind="contents", level=Level.WRITE)
MERGE_METHODS = ("merge", "squash", "rebase")


class Pulls:
    """Endpoints below `/repos/OWNER/NAME` around pull requests."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._store = hub.store

    def routes(self) -> list[Route]:
        """The endpoints."""
        return [
            Route("GET", "/pulls", READ, self.list),
            Route("POST", "/pulls", WRITE, self.create),
            Route("GET", "/pulls/{number}", READ, self.get),
            Route("PATCH", "/pulls/{number}", WRITE, self.update),
            Route("GET", "/pulls/{number}/files", READ, self.files),
            Route("GET", "/pulls/{number}/commits", READ, self.commits),
            Route("GET", "/pulls/{number}/merge", READ, self.is_merged),
            Route("PUT", "/pulls/{number}/merge", MERGE, self.merge),
            Route("GET", "/pulls/{number}/reviews", READ, self.reviews),
            Route("POST", "/pulls/{number}/reviews", WRITE, self.review),
            Route("GET", "/issues/{number}/labels", READ, self.labels_of),
            Route("POST", "/issues/{number}/labels", WRITE, self.add_labels),
            Route("GET", "/issues/{number}/comments", READ, self.comments),
            Route("POST", "/issues/{number}/comments", WRITE, self.comment),
            Route("GET", "/labels", READ, self.labels),
            Route("POST", "/labels", WRITE, self.create_label),
        ]

    async def _pull(self, call: Call) -> Pull:
        pull = self._hub.pull(call.path["number"])
        await self._hub.refresh(pull)
        return pull

    async def list(self, call: Call) -> Answer:
        """GET pull requests, newest first, by `state`, `head` (OWNER:BRANCH) and `base`."""
        state, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")
        found = []
        for pull in reversed(self._hub.pulls):
            await self._hub.refresh(pull)
            if (
                state in ("all", pull.state)
                and head in (None, f"{self._hub.owner}:{pull.head}")
                and base in (None, pull.base)
            ):
                found.append(pull_json(self._hub, call, pull))
        return Answer(found)

    async def create(self, call: Call) -> Answer:
        """POST a pull request."""
        title, base = call.text("title"), call.text("base")
        head = call.text("head").removeprefix(f"{self._hub.owner}:")
        if not title.strip():
            raise invalid("PullRequest", "title", "missing_field")
        head_sha, base_sha = await self._store.head(head), await self._store.head(base)
        if base_sha is None:
            raise invalid("PullRequest", "base", "invalid")
        if head_sha is None:
            raise invalid("PullRequest", "head", "invalid")
        for pull in self._hub.pulls:
            if (pull.state, pull.head, pull.base) == ("open", head, base):
                raise rejected("PullRequest", f"A pull request already exists for {self._hub.owner}:{head}.")
        if await self._store.is_ancestor(head_sha, base_sha):
            raise rejected("PullRequest", f"No commits between {base} and {head}")
        pull = Pull(
            number=len(self._hub.pulls) + 1,
            title=title,
            body=call.text("body") if call.body.get("body") is not None else "",
            head=head,
            base=base,
            head_sha=head_sha,
            base_sha=base_sha,
            login=call.login,
            draft=bool(call.body.get("draft")),
        )
        self._hub.pulls.append(pull)
        await self._store.update_ref(f"refs/pull/{pull.number}/head", head_sha, NOTHING)
        return Answer(await self._whole(call, pull), 201)

    async def get(self, call: Call) -> Answer:
        """GET a pull request; its mergeability is null until it was asked for once."""
        return Answer(await self._whole(call, await self._pull(call)))

    async def _whole(self, call: Call, pull: Pull) -> dict[str, Any]:
        files = await self.changes(pull)
        mergeable, state = await self._mergeability(pull)
        return {
            **pull_json(self._hub, call, pull),
            "merged": pull.merged,
            "merged_by": user_json(pull.merged_by) if pull.merged_by else None,
            "mergeable": mergeable,
            "mergeable_state": state,
            "maintainer_can_modify": False,
            "comments": len(pull.comments),
            "commits": len(await self._commits(pull)),
            "additions": sum(file.additions for file in files),
            "deletions": sum(file.deletions for file in files),
            "changed_files": len(files),
        }

    async def _mergeability(self, pull: Pull) -> tuple[bool | None, str]:
        if pull.state != "open":
            return None, "unknown"
        between = (pull.base_sha, pull.head_sha)
        if pull.mergeable_for != between:
            pull.mergeable_for = between
            return None, "unknown"
        if await self._store.merged_tree(*between) is None:
            return False, "dirty"
        return True, "blocked" if self._lacks_approval(pull) else "clean"

    def _lacks_approval(self, pull: Pull) -> bool:
        approvals = {review["user"]["login"] for review in pull.reviews if review["state"] == "APPROVED"}
        return len(approvals) < self._hub.protected.get(pull.base, 0)

    async def _base_of(self, pull: Pull) -> str:
        return await self._store.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha

    async def changes(self, pull: Pull) -> Sequence[ChangedFile]:
        """What the pull request changes, compared with where it left its base."""
        return await self._store.diff(await self._base_of(pull), pull.head_sha)

    async def _commits(self, pull: Pull) -> Sequence[str]:
        return await self._store.between(await self._base_of(pull), pull.head_sha)

    async def files(self, call: Call) -> Answer:
        """GET the changed files with their patches."""
        pull = await self._pull(call)
        return Answer([file_json(call.url, file, pull.head_sha) for file in await self.changes(pull)])

    async def commits(self, call: Call) -> Answer:
        """GET the commits, oldest first."""
        shas = await self._commits(await self._pull(call))
        return Answer([commit_json(call.url, await self._store.commit(sha)) for sha in shas])

    async def update(self, call: Call) -> Answer:
        """PATCH title, body or state."""
        pull = await self._pull(call)
        if call.body.get("title") is not None:
            pull.title = call.text("title")
        if call.body.get("body") is not None:
            pull.body = call.text("body")
        if call.body.get("state") == "closed" and pull.state == "open":
            pull.close()
        elif call.body.get("state") == "open" and pull.state == "closed":
            if pull.merged or await self._store.head(pull.head) is None:
                raise rejected("PullRequest", "The pull request cannot be reopened.")
            pull.reopen()
        return Answer(await self._whole(call, pull))

    async def is_merged(self, call: Call) -> Answer:
        """GET 204 when it was merged, 404 when not."""
        if not (await self._pull(call)).merged:
            raise not_found()
        return Answer(None, 204)

    async def merge(self, call: Call) -> Answer:
        """PUT a merge; 405 when it cannot be, 409 when the head is not the one that was looked at."""
        pull = await self._pull(call)
        method = call.body.get("merge_method", "merge")
        if method not in MERGE_METHODS:
            raise Refusal(422, "Invalid request. merge_method is none of merge, squash and rebase.")
        if pull.state != "open" or pull.draft:
            raise Refusal(405, "Pull Request is not mergeable")
        if call.body.get("sha") not in (None, pull.head_sha):
            raise Refusal(409, "Head branch was modified. Review and try the merge again.")
        if self._lacks_approval(pull):
            raise Refusal(405, "At least 1 approving review is required by reviewers with write access.")
        person = Person(name=call.login, email=f"{call.login}@users.noreply.github.invalid", date=int(time.time()))
        if method == "rebase":
            sha = await self._rebased(pull, person)
        else:
            parents = (pull.base_sha,) if method == "squash" else (pull.base_sha, pull.head_sha)
            sha = await self._merged(pull, parents, person, call.body.get("commit_title"))
        try:
            await self._store.update_ref(f"refs/heads/{pull.base}", sha, pull.base_sha)
        except GitFailed as error:
            raise Refusal(405, "Base branch was modified. Review and try the merge again.") from error
        pull.merge_sha, pull.merged_by = sha, call.login
        pull.close()
        return Answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})

    async def _merged(self, pull: Pull, parents: Sequence[str], person: Person, subject: str | None) -> str:
        """One commit that brings it all."""
        tree = await self._tree_of_both(pull.base_sha, pull.head_sha)
        subject = subject or f"Merge pull request #{pull.number} from {self._hub.owner}/{pull.head}"
        return await self._store.write_commit(tree, parents, f"{subject}\n\n{pull.title}", person, person)

    async def _rebased(self, pull: Pull, person: Person) -> str:
        """The last of its commits, each made again on the base."""
        sha = pull.base_sha
        for each in await self._commits(pull):
            commit = await self._store.commit(each)
            tree = await self._tree_of_both(sha, each)
            sha = await self._store.write_commit(tree, (sha,), commit.message, commit.author, person)
        return sha

    async def _tree_of_both(self, one: str, other: str) -> str:
        tree = await self._store.merged_tree(one, other)
        if tree is None:
            raise Refusal(405, "Pull Request is not mergeable")
        return tree

    async def reviews(self, call: Call) -> Answer:
        """GET the reviews."""
        return Answer((await self._pull(call)).reviews)

    async def review(self, call: Call) -> Answer:
        """POST a review; nobody approves a pull request of his own."""
        pull = await self._pull(call)
        event = call.body.get("event", "PENDING")
        states = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
        if pull.login == call.login and event in ("APPROVE", "REQUEST_CHANGES"):
            wanted = "approve" if event == "APPROVE" else "request changes on"
            raise Refusal(422, "Unprocessable Entity", errors=[f"Can not {wanted} your own pull request"])
        review = {
            "id": len(pull.reviews) + 1,
            "user": user_json(call.login),
            "body": call.body.get("body", ""),
            "state": states.get(event, "PENDING"),
            "author_association": "OWNER" if call.login == self._hub.owner else call.body.get("association", "NONE"),
            "commit_id": pull.head_sha,
            "submitted_at": when(datetime.now(UTC)),
        }
        pull.reviews.append(review)
        return Answer(review)

    async def labels(self, _: Call) -> Answer:
        """GET the repository's labels."""
        return Answer(list(self._hub.labels.values()))

    async def create_label(self, call: Call) -> Answer:
        """POST a label."""
        name = call.text("name")
        if name in self._hub.labels:
            raise invalid("Label", "name", "already_exists")
        return Answer(self._label(name, str(call.body.get("color", "ededed"))), 201)

    def _label(self, name: str, color: str = "ededed") -> dict[str, Any]:
        known = self._hub.labels
        return known.setdefault(name, {"id": len(known) + 1, "name": name, "color": color, "description": None})

    async def labels_of(self, call: Call) -> Answer:
        """GET the labels of a pull request."""
        return Answer([self._hub.labels[name] for name in (await self._pull(call)).labels])

    async def add_labels(self, call: Call) -> Answer:
        """POST labels onto a pull request; unknown ones are made."""
        pull, wanted = await self._pull(call), call.body.get("labels")
        if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
            raise invalid("Label", "name", "invalid")
        for name in wanted:
            self._label(name)
            if name not in pull.labels:
                pull.labels.append(name)
        return Answer([self._hub.labels[name] for name in pull.labels])

    async def comments(self, call: Call) -> Answer:
        """GET the comments, oldest first."""
        return Answer((await self._pull(call)).comments)

    async def comment(self, call: Call) -> Answer:
        """POST a comment."""
        pull, text = await self._pull(call), call.text("body")
        moment = when(datetime.now(UTC))
        made = {
            "id": len(pull.comments) + 1,
            "user": user_json(call.login),
            "body": text,
            "created_at": moment,
            "updated_at": moment,
        }
        pull.comments.append(made)
        return Answer(made, 201)
