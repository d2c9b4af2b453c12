"""What names mean in a Terraform module: its variables with their values, its locals, and the call that made it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
import posixpath
import re

from .syntax import Block, Expression

_LITERAL = re.compile(r'-?[0-9]+(\.[0-9]+)?|"[^"$%\\]*"|true|false')
_NAME = re.compile(
    r"(?P<root>var|local|each)\.(?P<rest>[A-Za-z_][A-Za-z0-9_-]*(?:(?:\.[A-Za-z_][A-Za-z0-9_-]*)|\[\"[^\"]+\"\])*)"
)
_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\"[^\"]+\"")
_DEPTH = 12

type Found = tuple[str, int, int, str, str]
"""Path, start, end, text and field of a value."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A module's directory; `call` is the block that calls it, in the scope `caller`."""

    files: Mapping[str, Block]
    directory: str
    module: str = ""
    call: tuple[str, Block] | None = None
    caller: Scope | None = None
    each_key: str = ""
    each_value: tuple[str, Expression] | None = None

    def own(self, suffix: str = ".tf") -> Iterator[tuple[str, Block]]:
        """The module's files."""
        for path, block in self.files.items():
            if posixpath.dirname(path) == self.directory and path.endswith(suffix):
                yield path, block

    def resources(self) -> Iterator[tuple[str, Block]]:
        """Every resource of the module."""
        yield from ((path, each) for path, block in self.own() for each in block.blocks if each.kind == "resource")

    def instances(self, path: str, block: Block) -> list[tuple[str, tuple[str, Expression] | None]]:
        """The keys and entries of `for_each`; one without a key when there is none or it is not to be followed."""
        expression = block.attributes.get("for_each")
        if expression is None:
            return [("", None)]
        found = self.expression(path, expression)
        if found is None or found[1].entries is None:
            return [("", None)]
        return [(key, (found[0], entry)) for key, entry in found[1].entries.items()]

    def with_each(self, key: str, entry: tuple[str, Expression] | None) -> Scope:
        """The scope of one instance."""
        return replace(self, each_key=key, each_value=entry)

    def followed(self, path: str, expression: Expression, field: str) -> Found | str:
        """Where the value of an expression stands; a reason when that cannot be told."""
        found = self.expression(path, expression)
        if found is None or not found[1].end or not _LITERAL.fullmatch(found[1].text):
            text = expression.text if found is None else found[1].text
            return f"is computed ({text[:60]})"
        return found[0], found[1].start, found[1].end, found[1].text, field

    def text(self, name: str) -> str:
        """The text that a name stands for; empty when it is none."""
        found = self.expression("", Expression(name, 0, 0))
        return found[1].text.strip('"') if found and _LITERAL.fullmatch(found[1].text) else ""

    def expression(self, path: str, expression: Expression, depth: int = 0) -> tuple[str, Expression] | None:
        """The expression that another one leads to, with its file."""
        match = _NAME.fullmatch(expression.text)
        if match is None or depth > _DEPTH:
            return (path, expression) if match is None else None
        first, *rest = [part.strip('"') for part in _PART.findall(match["rest"])]
        found: tuple[str, Expression] | None
        if match["root"] == "each":
            if first == "key" and self.each_key:
                return path, Expression(f'"{self.each_key}"', 0, 0)
            found = self.each_value if first == "value" else None
            return self._below(found, rest, depth)
        if match["root"] == "local":
            return self._below(self._local(first), rest, depth)
        if self.call is not None and self.caller is not None and first in self.call[1].attributes:
            path, block = self.call
            found = self.caller.expression(path, block.attributes[first], depth + 1)
            return self._below(found, rest, depth)
        return self._below(self._variable(first), rest, depth)

    def _below(
        self, found: tuple[str, Expression] | None, rest: list[str], depth: int
    ) -> tuple[str, Expression] | None:
        for part in rest:
            if found is None or found[1].entries is None:
                found = self.expression(*found, depth + 1) if found else None
            if found is None or found[1].entries is None or part not in found[1].entries:
                return None
            found = found[0], found[1].entries[part]
        return self.expression(*found, depth + 1) if found else None

    def _local(self, name: str) -> tuple[str, Expression] | None:
        for path, block in self.own():
            for each in block.blocks:
                if each.kind == "locals" and name in each.attributes:
                    return path, each.attributes[name]
        return None

    def _variable(self, name: str) -> tuple[str, Expression] | None:
        """A variable's value as Terraform takes it: `*.auto.tfvars` over `terraform.tfvars` over its default."""
        files = list(self.own(".tfvars"))
        automatic = list(self.own(".auto.tfvars"))[::-1]
        plain = list(self.own("/terraform.tfvars" if self.directory else "terraform.tfvars"))
        told = [path for path, block in files if (path, block) not in [*automatic, *plain] and name in block.attributes]
        if told:
            return told[0], Expression(f"var.{name}, which {told[0]} may set", 0, 0)
        for path, block in [*automatic, *plain]:
            if name in block.attributes:
                return path, block.attributes[name]
        for path, block in self.own():
            for each in block.blocks:
                if each.kind == "variable" and each.labels == (name,) and "default" in each.attributes:
                    return path, each.attributes["default"]
        return None


def scopes(files: Mapping[str, Block]) -> list[Scope]:
    """The root modules, and a scope for every call of a module of the repository."""
    directories = {posixpath.dirname(path) for path in files}
    called: set[str] = set()
    for path, block in files.items():
        called |= {directory for _, directory in _calls(path, block)}
    todo = [Scope(files, each) for each in sorted(directories - called)]
    found: list[Scope] = []
    while todo and len(found) < 500:  # noqa: PLR2004 - modules that call each other
        scope = todo.pop(0)
        found.append(scope)
        if _depth(scope) > _DEPTH:
            continue
        for path, block in scope.own():
            for call, directory in _calls(path, block):
                label = call.labels[0] if call.labels else ""
                for key, entry in scope.instances(path, call):
                    todo.append(Scope(files, directory, label, (path, call), scope.with_each(key, entry)))
    return found


def _depth(scope: Scope) -> int:
    return 0 if scope.caller is None else 1 + _depth(scope.caller)


def _calls(path: str, block: Block) -> Iterator[tuple[Block, str]]:
    for each in block.blocks:
        source = each.attributes.get("source") if each.kind == "module" else None
        if source is not None and source.text.startswith(('"./', '"../')):
            yield each, posixpath.normpath(posixpath.join(posixpath.dirname(path), source.text.strip('"')))
