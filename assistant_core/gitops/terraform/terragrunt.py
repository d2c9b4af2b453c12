"""Terragrunt: the files that call a module with `inputs`, and what they include.

Only what stands in the repository counts: a module that somebody calls in a way that cannot be followed is open, and
nothing is known of its variables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import posixpath
import re

from .scope import Budget, Scope
from .syntax import Block, Expression

_FOLDER = re.compile(r"\$\{\s*get_(terragrunt_dir|repo_root)\(\)\s*\}/?")
_PARENT = re.compile(r'(?P<folder>\$\{\s*dirname\()?find_in_parent_folders\((?:"(?P<name>[^"]+)")?\)(?(folder)\)\s*\})')
_ROOTS = ("root.hcl", "terragrunt.hcl")
_DEPTH = 8


def is_of_terragrunt(path: str) -> bool:
    """Whether a file may be Terragrunt's: HCL that belongs to no other tool."""
    name = posixpath.basename(path)
    return name.endswith(".hcl") and not name.startswith(".") and not name.endswith((".pkr.hcl", ".nomad.hcl"))


@dataclass(frozen=True, slots=True)
class _Config:
    """A file of Terragrunt as a scope, the files that it includes, and their inputs below its own."""

    scope: Scope
    included: tuple[str | None, ...]
    inputs: Mapping[str, Expression] | None


def units(files: Mapping[str, Block], directories: set[str], budget: Budget) -> tuple[list[Scope], set[str]]:
    """A scope for every module that Terragrunt calls, and the directories of all that it may call."""
    found: list[Scope] = []
    unknown = False
    for path, block in files.items():
        if posixpath.basename(path) != "terragrunt.hcl":
            continue
        config = _read(files, path, budget)
        folder = posixpath.dirname(path)
        reached = [block, *(files[each] for each in config.included if each)]
        sources = [each.attributes["source"] for one in reached if (each := one.first("terraform")) and each.attributes]
        source = (config.scope.text(sources[0]) or sources[0].text).strip('"') if sources else ""
        directory = _resolved(files, source, folder) if sources else folder
        if directory in directories:
            call = Block("inputs", attributes=dict(config.inputs or {}))
            is_open = config.inputs is None
            found.append(
                Scope(
                    files=files,
                    directory=directory,
                    module=posixpath.basename(folder),
                    call=call,
                    caller=config.scope,
                    is_open=is_open,
                    budget=budget,
                )
            )
        else:
            unknown = unknown or (bool(sources) and not re.match(r"[a-z]+(::|://)|git@", source))
    called = {each.directory for each in found}
    hidden = directories - called if unknown else set()
    return found + [
        Scope(files=files, directory=each, is_open=True, budget=budget) for each in sorted(hidden)
    ], called | hidden


def _read(files: Mapping[str, Block], path: str, budget: Budget, depth: int = 0) -> _Config:
    block, folder = files[path], posixpath.dirname(path)
    settings = {name: each for one in block.blocks if one.kind == "locals" for name, each in one.attributes.items()}
    for name, each in settings.items():
        if each.call is not None and each.call[0] == "read_terragrunt_config" and each.call[1]:
            target = _resolved(files, each.call[1][0].text, folder)
            settings[name] = _told(files, target, budget, depth) or each
    includes = [one for one in block.blocks if one.kind == "include" and "path" in one.attributes]
    targets = tuple(_resolved(files, each.attributes["path"].text, folder) for each in includes)
    told = [_told(files, target, budget, depth) for target in targets]
    named = {"".join(each.labels): found for each, found in zip(includes, told, strict=True) if found}
    bound = {"local": Expression("{}", entries=settings), "include": Expression("{}", entries=named)}
    scope = Scope(files=files, directory=folder, bound=bound, budget=budget)
    inputs: dict[str, Expression] | None = {}
    own = scope.settled(block.attributes["inputs"]) if "inputs" in block.attributes else Expression("{}", entries={})
    for reached in (*told, Expression("{}", entries={"inputs": own})):
        given = reached.entries.get("inputs") if reached and reached.entries else None
        inputs = None if inputs is None or given is None or given.entries is None else inputs | given.entries
    return _Config(scope, tuple(each if each in files else None for each in targets), inputs)


def _told(files: Mapping[str, Block], path: str | None, budget: Budget, depth: int) -> Expression | None:
    """The locals and inputs of a file that another one reads."""
    if path is None or path not in files or depth > _DEPTH or not budget.spend():
        return None
    config = _read(files, path, budget, depth + 1)
    settings = config.scope.settled(config.scope.bound["local"])
    inputs = Expression("{}", entries=None if config.inputs is None else dict(config.inputs))
    return Expression("{}", entries={"locals": replace(settings, is_settled=True), "inputs": inputs}, is_settled=True)


def _resolved(files: Mapping[str, Block], text: str, folder: str) -> str | None:
    """The path in the repository that a text of Terragrunt leads to."""

    def parent(match: re.Match[str]) -> str:
        names = [match["name"]] if match["name"] else _ROOTS
        above = folder
        while above:
            above = posixpath.dirname(above)
            for name in names:
                if (found := posixpath.join(above, name)) in files:
                    return f"/{above}" if match["folder"] else f"/{found}"
        return "${}"

    text = _PARENT.sub(parent, text.strip('"')) if text.startswith('"') else _PARENT.sub(parent, text)
    text = _FOLDER.sub(lambda match: f"/{folder}/" if match[1] == "terragrunt_dir" else "/", text)
    text = text.strip('"').partition("?")[0]
    if "${" in text or "(" in text or re.match(r"[a-z]+(::|://)|git@", text):
        return None
    path = posixpath.normpath(posixpath.join(f"/{folder}", text)).lstrip("/")
    return None if path.startswith("..") else path
