"""The demo household's GitOps repository, bare and with one commit that is the same on every machine."""

from pathlib import Path

from .github_git import NOTHING, GitStore, Person

FILES = Path(__file__).with_name("gitops_repository")
"""The files it consists of."""

_OWNER = Person(name="Anna", email="anna@home.arpa", date=1_767_258_000)


async def create_bare_repository(path: Path) -> None:
    """Commit the files to the branch `main` of a new bare repository at `path`; raises GitFailed."""
    store = GitStore(path)
    await store.create()
    files = sorted(file for file in FILES.rglob("*") if file.is_file())
    ids = await store.write_files(files)
    entries = [(file.relative_to(FILES).as_posix(), "100644", sha) for file, sha in zip(files, ids, strict=True)]
    tree = await store.write_tree(None, entries)
    commit = await store.write_commit(tree, (), "Everything that runs in the cupboard\n", _OWNER, _OWNER)
    await store.update_ref("refs/heads/main", commit, NOTHING)
