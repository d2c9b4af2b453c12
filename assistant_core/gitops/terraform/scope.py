"""What names mean in a Terraform module: its variables with their values, its locals, and the call that made it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
import posixpath
import re

from .syntax import Block, Expression, Loop

_LITERAL = re.compile(r'-?[0-9]+(\.[0-9]+)?|"[^"$%\\]*"|true|false')
_NAME = re.compile(
    r"(?P<root>[A-Za-z_][A-Za-z0-9_-]*)"
    r"(?P<rest>(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[\"[^\"]+\"\]|\[[0-9]+\]|\[[A-Za-z_][A-Za-z0-9_.-]*\])*)"
)
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[([^\]]+)\]")
_TEXT = re.compile(r'"[^"\n]*"')
_OR_ELSE = re.compile(
    r"(?P<one>[\w.-]+) *(?:!= *null *\? *(?P=one) *: *(?P<else>[\w.\"-]+)"
    r"|== *null *\? *(?P<other>[\w.\"-]+) *: *(?P=one))"
)
"""What is taken, and what where that is null."""
_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|\"[^\"]+\"|[0-9]+")
_INTERPOLATION = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_FIRST_OF = frozenset({"try", "coalesce", "tonumber", "tostring", "tomap", "toset", "tolist", "nonsensitive"})
"""Functions that give their first argument where that is there."""
_FALLING_BACK = frozenset({"try", "coalesce", "lookup"})
EXAMPLES = (".tfvars.example", ".tfvars.sample", ".tfvars.template", ".tfvars.dist")
"""What is copied to a file that stays outside the repository."""
_DEPTH = 12


@dataclass(slots=True)
class Budget:
    """How many expressions are still followed: names that multiply end there."""

    left: int = 50_000

    def spend(self) -> bool:
        """Whether there was something left."""
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A module's directory; `call` is the block that calls it, in the scope `caller`.

    `bound` are names that stand for an expression here: `each.key` and `each.value`, those of a loop, what Terragrunt
    includes. `is_open`: somebody whom we cannot read may set variables of it, too.
    """

    files: Mapping[str, Block]
    directory: str
    module: str = ""
    call: Block | None = None
    caller: Scope | None = None
    key: str = ""
    bound: Mapping[str, Expression] = field(default_factory=dict)
    is_open: bool = False
    budget: Budget = field(default_factory=Budget, repr=False, compare=False)

    @property
    def root(self) -> str:
        """The directory that Terraform or Terragrunt is run in."""
        return self.caller.root if self.caller is not None else self.directory

    def own(self, suffix: str = ".tf") -> Iterator[tuple[str, Block]]:
        """The module's files."""
        for path, block in self.files.items():
            if posixpath.dirname(path) == self.directory and path.endswith(suffix):
                yield path, block

    def blocks(self, kind: str) -> Iterator[tuple[str, Block]]:
        """Every block of a kind in the module, with its file."""
        yield from ((path, each) for path, block in self.own() for each in block.blocks if each.kind == kind)

    def instances(self, block: Block) -> Iterator[Scope]:
        """A scope for every entry of `for_each`; this one when there is none or it is not to be followed."""
        expression = block.attributes.get("for_each")
        found = self.expression(expression) if expression else None
        entries = found.entries if found else None
        if found is not None and found.items is not None:
            keys = [self.text(each) for each in found.items]
            entries = {key: Expression(f'"{key}"') for key in keys} if all(keys) else None
        if entries is None:
            yield self
        for key, entry in (entries or {}).items():
            each = Expression("{}", entries={"key": Expression(f'"{key}"'), "value": entry})
            yield replace(self, key=key, bound={**self.bound, "each": each})

    def expanded(self, block: Block, kind: str) -> Iterator[tuple[Scope, Block]]:
        """The blocks of a kind inside, those that `dynamic` makes of what can be followed among them."""
        for inner in block.blocks:
            if inner.kind == kind:
                yield self, inner
            content = inner.first("content") if (inner.kind, inner.labels) == ("dynamic", (kind,)) else None
            if content is not None and "for_each" in inner.attributes:
                name = inner.attributes["iterator"].text if "iterator" in inner.attributes else kind
                found = self.expression(inner.attributes["for_each"])
                entries = found.entries if found is not None else None
                if found is not None and found.items is not None:
                    entries = {str(number): each for number, each in enumerate(found.items)}
                for key, entry in (entries or {}).items():
                    each = Expression("{}", entries={"key": Expression(f'"{key}"'), "value": entry})
                    yield replace(self, bound={**self.bound, name: each}), content

    def usual(self, expression: Expression) -> str:
        """The value of an expression as text, or what it falls back to; empty when neither can be told."""
        found = self.expression(expression)
        if found is not None and found.call is not None and found.call[0] in _FALLING_BACK:
            found = self.expression(found.call[1][-1])
        return found.text.strip('"') if found is not None and _LITERAL.fullmatch(found.text) else ""

    def absent(self, expression: Expression, depth: int = 0) -> tuple[Expression, str, Expression] | None:
        """The object in which a value could be written, its key there, and what counts as long as it is not."""
        match = _NAME.fullmatch(expression.text)
        if match is not None and match["root"] == "var" and self.call is not None and self.caller is not None:
            handed = self.call.attributes.get(match["rest"][1:])
            return self.caller.absent(handed, depth + 1) if handed is not None and depth <= _DEPTH else None
        expression = _as_call(expression)
        if (missing := self._left_out(expression)) is not None:
            return missing
        function, given = expression.call or ("", ())
        if function not in _FALLING_BACK or not given[1:] or not _LITERAL.fullmatch(given[-1].text):
            return None
        before, _, key = given[0].text.rpartition(".")
        if function == "lookup":
            before, key = given[0].text, self.text(given[1])
        home = self.expression(Expression(before))
        if home is None or not home.end or not home.entries or key in home.entries or not self._takes(home, key):
            return None
        return home, key, given[-1]

    def _left_out(self, expression: Expression) -> tuple[Expression, str, Expression] | None:
        """The entry that leaves out a key for which the type of its variable has a number to fall back to."""
        before, _, key = expression.text.rpartition(".")
        home = self.expression(Expression(before)) if before and _NAME.fullmatch(before) else None
        if home is None or not home.end or not home.entries or key in home.entries:
            return None
        fitting = [each for each in self._types() if {key, *home.entries} <= set(_PART.findall(each))]
        usual = re.findall(rf"\b{re.escape(key)}\s*=\s*optional\(\s*\w+\s*,\s*([0-9]+)\s*\)", "".join(fitting))
        return (home, key, Expression(usual[0])) if len(fitting) == len(usual) == 1 else None

    def _types(self) -> list[str]:
        """The types of the module's variables, without the texts in them."""
        found = [each.attributes["type"].text for _, each in self.blocks("variable") if "type" in each.attributes]
        return [_TEXT.sub("", each) for each in found]

    def _takes(self, home: Expression, key: str) -> bool:
        """Whether no type of a variable leaves that key of an object out."""
        spoken = [set(_PART.findall(each)) for each in self._types() if "object(" in each]
        return not any(key not in each and not each.isdisjoint(home.entries or ()) for each in spoken)

    def followed(self, expression: Expression) -> Expression | str:
        """Where the value of an expression stands; a reason when that cannot be told."""
        found = self.expression(expression)
        if found is None or not found.end or not _LITERAL.fullmatch(found.text):
            return f"is computed ({(expression if found is None else found).text[:120]})"
        return found

    def text(self, expression: Expression, depth: int = 0) -> str:
        """The text that an expression stands for; empty when it cannot be told."""
        found = self.expression(expression, depth)
        if found is None or not (_LITERAL.fullmatch(found.text) or found.text.startswith('"')):
            return ""
        parts = {part: self.text(Expression(part), depth + 1) for part in _INTERPOLATION.findall(found.text)}
        if not all(parts.values()) or "%{" in found.text:
            return ""
        return _INTERPOLATION.sub(lambda match: parts[match[1]], found.text.strip('"'))

    def expression(self, expression: Expression, depth: int = 0) -> Expression | None:
        """The expression that another one leads to."""
        if expression.is_settled or _LITERAL.fullmatch(expression.text):
            return expression
        if depth > _DEPTH or not self.budget.spend():
            return None
        expression = _as_call(expression)
        if expression.call is not None:
            return self._called(expression, *expression.call, depth + 1)
        if expression.loop is not None:
            return self._looped(expression, expression.loop, depth + 1)
        match = _NAME.fullmatch(expression.text)
        return expression if match is None else self._named(expression, match, depth)

    def _named(self, expression: Expression, match: re.Match[str], depth: int) -> Expression | None:
        rest = [name or self._index(index, depth) for name, index in _STEP.findall(match["rest"])]
        if not all(rest):
            return expression
        if match["root"] in self.bound:
            return self._below(self.bound[match["root"]], rest, depth)
        if not rest or match["root"] not in ("var", "local"):
            return expression
        first, *rest = rest
        if match["root"] == "local":
            return self._below(self._local(first), rest, depth)
        if self.call is not None and self.caller is not None and first in self.call.attributes:
            return self._below(self.caller.settled(self.call.attributes[first], depth + 1), rest, depth)
        return self._below(self._variable(first), rest, depth)

    def _index(self, index: str, depth: int) -> str:
        """What stands in brackets behind a name, such as a text that is made of others; empty where nobody can tell."""
        return index if index.isdecimal() else self.text(Expression(index), depth + 1)

    def settled(self, expression: Expression, depth: int = 0) -> Expression:
        """The expression with every name in it followed, so that another scope may read it."""
        found = self.expression(expression, depth) or replace(expression, entries=None, items=None)
        if found.is_settled or depth > _DEPTH:
            return replace(found, is_settled=True)
        if "${" in found.text and (made := self.text(found, depth)):
            return Expression(f'"{made}"', path=found.path, is_settled=True)
        entries, items = found.entries, found.items
        return replace(
            found,
            entries=None if entries is None else {key: self.settled(each, depth + 1) for key, each in entries.items()},
            items=None if items is None else tuple(self.settled(each, depth + 1) for each in items),
            is_settled=True,
        )

    def _called(
        self, expression: Expression, function: str, given: tuple[Expression, ...], depth: int
    ) -> Expression | None:
        if function == "lookup" and len(given) > 1:
            return self._below(self.expression(given[0], depth), [self.text(given[1], depth)], depth) or expression
        if function in _FIRST_OF and given:
            return self.expression(given[0], depth) or expression
        if function == "merge":
            merged = [self.expression(each, depth) for each in given]
            unknown = [
                number for number, each in enumerate(merged) if each is None or each.entries is None or each.is_part
            ]
            first = unknown[-1] if unknown else 0  # what stands before it may be overridden
            entries: dict[str, Expression] = {}
            for each, found in list(zip(given, merged, strict=True))[first:]:
                is_own = (_PART.findall(each.text) or [""])[0] in self.bound or each is given[-1]
                own = (found.entries if found else None) or {}
                entries |= own if is_own else {key: _of_all(value) for key, value in own.items()}
            if entries or not unknown:
                return Expression(expression.text, entries=entries, is_part=bool(unknown))
        return expression

    def _looped(self, expression: Expression, loop: Loop, depth: int) -> Expression:
        """The object that a loop makes; the loop itself where it leaves something out or a key cannot be told."""
        over = self.expression(loop.over, depth)
        pairs = over.entries if over is not None else None
        if over is not None and over.items is not None:
            pairs = {str(number): each for number, each in enumerate(over.items)}
        if pairs is None or loop.filtered:
            return expression
        entries: dict[str, Expression] = {}
        for key, value in pairs.items():
            scope = replace(self, bound={**self.bound, loop.names[0]: Expression(f'"{key}"'), loop.names[-1]: value})
            entries[scope.text(loop.key, depth)] = scope.settled(loop.value, depth)
        return expression if "" in entries else Expression(expression.text, entries=entries)

    def _below(self, found: Expression | None, rest: list[str], depth: int) -> Expression | None:
        for part in rest:
            if found is not None and found.entries is None and found.items is None:
                found = self.expression(found, depth + 1)
            if found is None:
                return None
            if found.items is not None:
                found = found.items[int(part)] if part.isdecimal() and int(part) < len(found.items) else None
            else:
                found = (found.entries or {}).get(part)
        return self.expression(found, depth + 1) if found else None

    def _local(self, name: str) -> Expression | None:
        found = (each.attributes[name] for _, each in self.blocks("locals") if name in each.attributes)
        return next(found, None)

    def _variable(self, name: str) -> Expression | None:
        """A variable's value as Terraform takes it: `*.auto.tfvars` over `terraform.tfvars` over its default."""
        if self.is_open:
            return Expression(f"var.{name}, which Terragrunt may set")
        declared = next((each for _, each in self.blocks("variable") if each.labels == (name,)), Block("variable"))
        default = declared.attributes.get("default")
        if self.call is not None and self.call.kind == "module":
            return default
        automatic = list(self.own(".auto.tfvars"))[::-1]
        automatic += [each for each in self.own(".tfvars") if posixpath.basename(each[0]) == "terraform.tfvars"]
        given = [block.attributes[name] for _, block in automatic if name in block.attributes]
        told = {path: value for path, value in self._told(name).items() if path not in dict(automatic)}
        if told and (given or default or len(told) > 1 or not min(told).endswith(".tfvars")):
            return Expression(f"var.{name}, which {min(told)} may set")
        return next(iter((*given, *told.values())), default)

    def _told(self, name: str) -> dict[str, Expression]:
        """What the files say that Terraform reads when it is told to, or that are copied outside the repository."""
        modules = {posixpath.dirname(path) for path in self.files if path.endswith(".tf")} - {self.directory}
        near = posixpath.dirname(self.directory)
        return {
            path: block.attributes[name]
            for path, block in self.files.items()
            if name in block.attributes
            and path.endswith((".tfvars", *EXAMPLES))
            and (not near or path.startswith(f"{near}/"))
            and posixpath.dirname(path) not in modules
        }


def _as_call(expression: Expression) -> Expression:
    """A choice between a value and another one where that is null, as the function that means the same."""
    match = _OR_ELSE.fullmatch(expression.text) if expression.call is None else None
    if match is None:
        return expression
    given = (Expression(match["one"]), Expression(match["else"] or match["other"]))
    return replace(expression, call=("coalesce", given))


def _of_all(value: Expression) -> Expression:
    """What `merge` takes neither from the last object nor from one entry: a number there is a default."""
    return Expression(f"{value.text}, which a default sets") if _LITERAL.fullmatch(value.text) else value
