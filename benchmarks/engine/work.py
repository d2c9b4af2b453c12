"""The work of both sides: read a repository, change one number in one file, judge what came of it.

Theirs is what a script is made of: ruamel.yaml reads and writes with comments kept, kubernetes-validate judges.
"""

from collections.abc import Mapping
import io
from typing import Any

from assistant_core.gitops import Edit, Index, apply, unified_diff
from assistant_core.guard import Trust, judge_change
from assistant_core.models.plan import SetReplicas
from assistant_core.models.repository import FileChange, Snapshot

from .repository import CHANGED

REPLICAS = 3
KUBERNETES = "1.34"
NAME = "app-002"


def our_edit(index: Index) -> Edit:
    """Find the file, splice, prove, and show the difference."""
    edit = apply(SetReplicas(name=NAME, replicas=REPLICAS), index)
    unified_diff(edit.files)
    return edit


def our_judgement(files: tuple[FileChange, ...], trust: Trust) -> bool:
    """Schemas, Pod Security, secrets, paths, limits and the risk."""
    return judge_change(files, trust=trust).accepted


def our_whole(snapshot: Snapshot) -> bool:
    """From the files to a judged change."""
    return our_judgement(our_edit(Index.of(snapshot)).files, Trust.of(snapshot.files))


def their_reading(files: Mapping[str, bytes]) -> dict[str, list[Any]]:
    """Every document of every file, with its comments."""
    yaml = _yaml()
    return {path: list(yaml.load_all(data.decode())) for path, data in files.items()}


def their_edit(data: bytes) -> tuple[bytes, list[Any]]:
    """Read one file, set the number, write it."""
    yaml = _yaml()
    documents = list(yaml.load_all(data.decode()))
    documents[0]["spec"]["replicas"] = REPLICAS
    out = io.StringIO()
    yaml.dump_all(documents, out)
    return out.getvalue().encode(), documents


def their_judgement(documents: list[Any]) -> None:
    """The schemas."""
    import kubernetes_validate  # noqa: PLC0415 - only the benchmark's environment has it

    for document in documents:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)


def their_whole(files: Mapping[str, bytes]) -> None:
    """From the files to a judged change."""
    their_reading(files)
    their_judgement(their_edit(files[CHANGED])[1])


def _yaml() -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - only the benchmark's environment has it

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    return yaml
