"""Folders that an Application deploys which is itself a template, and so is not followed."""

import re

from ..index import Index
from ..layouts.files import normal
from ..layouts.roots import TEMPLATE
from ..layouts.templating import EXPRESSION
from .own_folder import source_folders

_APPLICATION = re.compile(r"^\s*kind:\s*Application(Set)?\s*$", re.MULTILINE)
_PATH = re.compile(r"^[\s-]*path:[ \t]*[\"']?([^\s\"'{#]*(?:\{\{.*?\}\}[^\s\"'{#]*)*)", re.MULTILINE)


def templated_by(index: Index, directory: str, *, alone: bool = False) -> str | None:
    """The file whose `path` may be a directory; an expression in it stands for any one name.

    `alone`: a path that takes whatever folders there are does not count.
    """
    for each in index.unread:
        text = index.snapshot.files.get(each.path, b"").decode(errors="replace")
        if each.reason == TEMPLATE and _APPLICATION.search(text):
            paths = (
                normal(EXPRESSION.sub("*", found))
                for found in _PATH.findall(text)
                if found and not (alone and found.endswith("/*"))
            )
            if any(_may_be(path, directory) for path in paths):
                return each.path
    for owner in index.deployment.owners:  # whose generator asks elsewhere
        if any("{{" in each and _may_be(EXPRESSION.sub("*", each), directory) for each in source_folders(owner)):
            return owner.path
    return None


def _may_be(path: str, directory: str) -> bool:
    pattern = "[^/]+".join(map(re.escape, path.split("*")))
    return bool(directory) and re.fullmatch(pattern, directory) is not None
