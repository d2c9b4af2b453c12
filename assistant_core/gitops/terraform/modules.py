"""The modules of a repository, each as often as it is called: by another module, by Terragrunt or by nobody."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
import posixpath

from .scope import Budget, Scope
from .syntax import Block, Expression
from .terragrunt import units

_MOST = 500
"""Modules that are followed: they may call each other."""
_DEPTH = 12


def scopes(files: Mapping[str, Block]) -> list[Scope]:
    """The root modules, and a scope for every call of a module of the repository."""
    directories = {posixpath.dirname(path) for path in files if not path.endswith(".hcl")}
    called = {directory for path, block in files.items() for _, directory in _calls(path, block)}
    budget = Budget()
    todo, wrapped = units(files, directories, budget)
    todo += [Scope(files=files, directory=each, budget=budget) for each in sorted(directories - called - wrapped)]
    found: list[Scope] = []
    while todo and len(found) < _MOST:
        scope = todo.pop(0)
        found.append(scope)
        if _depth(scope) > _DEPTH:
            continue
        for path, block in scope.own():
            for call, directory in _calls(path, block):
                todo += [
                    replace(
                        each,
                        directory=directory,
                        module="".join(call.labels),
                        call=call,
                        caller=each,
                        bound={},
                        key="",
                        is_open=False,
                    )
                    for each in scope.instances(call)
                ]
    return found


def _depth(scope: Scope) -> int:
    return 0 if scope.caller is None else 1 + _depth(scope.caller)


def _calls(path: str, block: Block) -> Iterator[tuple[Block, str]]:
    for each in block.blocks:
        source = each.attributes.get("source", Expression("")).text if each.kind == "module" else ""
        if source.startswith(('"./', '"../')):
            yield each, posixpath.normpath(posixpath.join(posixpath.dirname(path), source.strip('"')))
