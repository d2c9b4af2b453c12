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

_FOLDER = re.compile(r"\$\{\s*get_(terragrunt_dir|repo_root|path_to_repo_root)\(\)\s*\}/?")
_PARENT = re.compile(r'(?P<folder>\$\{\s*dirname\()?find_in_parent_folders\((?:"(?P<name>[^"]+)")?\)(?(folder)\)\s*\})')
_ROOTS = ("root.hcl", "terragrunt.hcl")
_DEPTH = 8


def is_of_terragrunt(path: str) -> bool:
    """Whether a file may be Terragrunt's: HCL that belongs to no other tool."""
    name = posixpath.basename(path)
    return name.endswith(".hcl") and not name.startswith(".") and not name.endswith((".pkr.hcl", ".nomad.hcl"))


@dataclass(frozen=True, slots=True)
class _Config:
    """A file of Terragrunt as a scope, the files that it includes, and their inputs below its own.

    `is_part`: there are more inputs, which nobody knows.
    """

    scope: Scope
    included: tuple[str | None, ...]
    inputs: Mapping[str, Expression]
    is_part: bool


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
            call = Block("inputs", attributes=dict(config.inputs))
            found.append(
                Scope(
                    files=files,
                    directory=directory,
                    module=posixpath.basename(folder),
                    call=call,
                    caller=config.scope,
                    is_open=config.is_part,
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


def _read(files: Mapping[str, Block], path: str, budget: Budget, depth: int = 0, unit: str | None = None) -> _Config:
    """A file as it is for itself, or as part of the unit whose folder is told."""
    block, folder = files[path], posixpath.dirname(path) if unit is None else unit
    settings = {name: each for one in block.blocks if one.kind == "locals" for name, each in one.attributes.items()}
    for name, each in settings.items():
        function, given = each.call or ("", ())
        call = given[0].call if function == "try" and given else each.call
        if call is not None and call[0] == "read_terragrunt_config" and call[1]:
            target = _resolved(files, call[1][0].text, folder)
            settings[name] = _told(files, target, budget, depth) or (given[-1] if function == "try" else each)
    includes = [one for one in block.blocks if one.kind == "include" and "path" in one.attributes]
    targets = tuple(_resolved(files, each.attributes["path"].text, folder) for each in includes)
    told = [_told(files, target, budget, depth, folder) for target in targets]
    named = {"".join(each.labels): found for each, found in zip(includes, told, strict=True) if found}
    bound = {"local": Expression("{}", entries=settings), "include": Expression("{}", entries=named)}
    scope = Scope(files=files, directory=folder, bound=bound, budget=budget)
    inputs: dict[str, Expression] = {}
    is_part = False
    own = scope.settled(block.attributes["inputs"]) if "inputs" in block.attributes else Expression("{}", entries={})
    for reached in (*told, Expression("{}", entries={"inputs": own})):
        given_here = reached.entries.get("inputs") if reached and reached.entries else None
        known = given_here is not None and given_here.entries is not None and not given_here.is_part
        inputs = {**(inputs if known else {}), **((given_here.entries if given_here else None) or {})}
        is_part = is_part or not known
    return _Config(scope, tuple(each if each in files else None for each in targets), inputs, is_part)


def _told(
    files: Mapping[str, Block], path: str | None, budget: Budget, depth: int, unit: str | None = None
) -> Expression | None:
    """The locals and inputs of a file that another one reads, or includes in a unit."""
    if path is None or path not in files or depth > _DEPTH or not budget.spend():
        return None
    config = _read(files, path, budget, depth + 1, unit)
    settings = config.scope.settled(config.scope.bound["local"])
    inputs = Expression("{}", entries=dict(config.inputs), is_part=config.is_part)
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
