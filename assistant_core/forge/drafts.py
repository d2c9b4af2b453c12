"""What every forge does with a draft: who signs it, what is refused, and how the refusals are worded."""

import re

from ..errors import Conflict, InputInvalid
from ..models.repository import Draft

NAME = "Homelab Assistant"
EMAIL = "homelab-assistant@home.arpa"  # RFC 8375: nobody's mailbox
FILE_MODES = ("100644", "100755")
"""The modes of plain files; links and submodules are never changed."""

_FENCED = re.compile(r"^(`{3,})[^`\n]*\n.*?^\1`*[ ]*$\n?", re.MULTILINE | re.DOTALL)
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)


def refuse_unfit(draft: Draft, default_branch: str) -> None:
    """Raise InputInvalid for a draft that no forge may take."""
    if draft.branch == default_branch:
        raise InputInvalid(
            f'A change never goes to the default branch "{default_branch}" directly.',
            branch=default_branch,
            reason="default_branch",
        )
    if not draft.files:
        raise InputInvalid("There is nothing to change in the repository.", reason="no_files")
    for file in draft.files:
        if any(part.lower() in ("", ".", "..", ".git") for part in file.path.split("/")):
            raise InputInvalid(f'"{file.path}" is no path inside a repository.', path=file.path, reason="no_such_path")


def described(draft: Draft) -> str:
    """The commit message for where no pull request tells more: what the draft's body says stands in it, too.

    The body's code blocks stay out: the commit shows its own diff, and `git am` would take one in the message for it.
    """
    subject, _, trailers = draft.message.partition("\n\n")
    text = re.sub(r"\n{3,}", "\n\n", _HIDDEN.sub("", _FENCED.sub("", draft.body))).strip()
    return "\n\n".join(part for part in (subject.rstrip("\n"), text, trailers) if part)


def unknown_base(base: str) -> Conflict:
    """The base commit is not in the repository."""
    return Conflict(f"The repository has no commit {base[:8]} any more; plan the change again.", reason="moved")


def left_base(base: str, branch: str) -> Conflict:
    """The base commit is not of the default branch's history, or foreign commits would come along."""
    return Conflict(f'Commit {base[:8]} is no longer part of "{branch}"; plan the change again.', reason="moved")


def moved_file(path: str) -> Conflict:
    """A file is not what the draft changes."""
    return Conflict(
        f'"{path}" is not as it was when the change was planned; plan it again.', path=path, reason="moved_file"
    )


def no_plain_file(path: str) -> InputInvalid:
    """A link, a folder or a submodule."""
    return InputInvalid(f'"{path}" is not a plain file; it is not changed.', path=path, reason="no_plain_file")


def done_already(branch: str) -> Conflict:
    """The default branch has what the draft asks for."""
    return Conflict(f'"{branch}" has this change already.', branch=branch, reason="done")


def taken(branch: str) -> Conflict:
    """The branch is there and is not ours."""
    return Conflict(
        f'The branch "{branch}" exists already with other commits; it is left alone.', branch=branch, reason="taken"
    )


def changed_by_hand(branch: str) -> Conflict:
    """The branch was ours; somebody went on with it."""
    return Conflict(
        f'Somebody changed the branch "{branch}" by hand; it is left alone.', branch=branch, reason="by_hand"
    )


def closed(number: int, where: str) -> Conflict:
    """Somebody decided against it."""
    return Conflict(
        f"Pull request #{number} was closed on {where}; it is not opened again.", number=number, reason="closed"
    )
