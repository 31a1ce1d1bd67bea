"""How far one parameter walks: the `settings` of a command through calls between modules.

    uv run python tests/benchmarks/rooms.py [PACKAGE] [MODULE.FUNCTION]

Reads the source of PACKAGE (default backend/spymaster) and follows the call tree below a function
(default cli.commands.build.run). The parameter is followed by its type: a function receives it if
it takes `Settings`, or an object that holds one (a `Snapshot` holds a `Project`, which holds the
settings), or is a method of such an object. Prints

    stays   calls that hand it to another module, also from inside a property that is asked for
    rooms   modules that it is handed to
    climbs  stays that lead up or sideways: into a module on no lower floor, where each module
            stands one floor above the highest that it runs with

and, with -v, every stay. Types are those of annotations and constructors; a call whose callee they
do not tell is not followed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeGuard

PACKAGE = Path(__file__).parents[2] / "backend" / "spymaster"
START, CARRIED = "cli.commands.build.run", "Settings"
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Named: TypeAlias = tuple[str, str]
"""A module, and a name in it: a function, a class, or Class.method."""


@dataclass
class Module:
    """What one file defines and imports."""

    name: str
    names: dict[str, Named | str] = field(default_factory=dict)
    """What each imported name means: something in a module, or a module."""
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    """Modules that it runs with; not those that only annotations name."""


class Package:
    """All modules below a folder, and which of their classes carry the parameter."""

    def __init__(self, folder: Path) -> None:
        self.prefix = f"{folder.name}."
        paths = {_dotted(path.relative_to(folder)): path for path in sorted(folder.rglob("*.py"))}
        self.modules = {name: Module(name) for name in paths}
        for name, path in paths.items():
            self._read(self.modules[name], ast.parse(path.read_text(encoding="utf-8")))
        self.carriers: set[Named] = {
            (name, CARRIED) for name, module in self.modules.items() if CARRIED in module.classes
        }
        while found := {one for one in self._classes() if self._holds(one)} - self.carriers:
            self.carriers |= found
        self._floors: dict[str, int] = {}

    def floor(self, name: str, below: tuple[str, ...] = ()) -> int:
        """Return how many modules stand below one, each on the next; a circle is one floor."""
        if name not in self._floors:
            path = (*below, name)
            under = [m for m in self.modules[name].imports if m in self.modules and m not in path]
            self._floors[name] = max((1 + self.floor(m, path) for m in under), default=0)
        return self._floors[name]

    def resolve(self, module: str, name: str) -> Named | str | None:
        """Return what a name means in a module, through whoever passes it on."""
        known = self.modules[module]
        if name in known.functions or name in known.classes:
            return module, name
        found = known.names.get(name)
        if isinstance(found, tuple):
            return self.resolve(*found) if found[0] in self.modules else None
        return found

    def mentioned(self, module: str, annotation: ast.expr | None) -> list[Named]:
        """Return the classes that an annotation mentions."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        names = (self.meaning(module, node) for node in ast.walk(annotation or ast.Pass()))
        return [one for one in names if isinstance(one, tuple)]

    def meaning(self, module: str, node: ast.AST) -> Named | str | None:
        """Return what a dotted name means."""
        if isinstance(node, ast.Name):
            return self.resolve(module, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.meaning(module, node.value)
            if isinstance(owner, str) and owner in self.modules:
                inner = f"{owner}.{node.attr}" if owner else node.attr
                found = self.resolve(owner, node.attr)  # before a module of the same name
                return inner if found is None and inner in self.modules else found
        return None

    def member(self, of: Named, name: str) -> Function | ast.expr | None:
        """Return a class's method, or the annotation of a field."""
        for node in self.modules[of[0]].classes[of[1]].body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", None) == name:
                return node.annotation
        return dict(self._made(of)).get(name)

    def _made(self, of: Named) -> Iterator[tuple[str, ast.expr]]:
        """Yield what a constructor keeps of its parameters, each with its annotation."""
        body = self.modules[of[0]].classes[of[1]].body
        for init in (one for one in body if isinstance(one, ast.FunctionDef)):
            given = {arg.arg: arg.annotation for arg in _arguments(init)}
            for node in ast.walk(init) if init.name == "__init__" else ():
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                    yield node.target.attr, node.annotation
                for target, value in _pairs(node):
                    kept = given.get(value.id) if isinstance(value, ast.Name) else None
                    if isinstance(target, ast.Attribute) and kept:
                        yield target.attr, kept

    def _classes(self) -> Iterator[Named]:
        for name, module in self.modules.items():
            yield from ((name, one) for one in module.classes)

    def _holds(self, of: Named) -> bool:
        fields = [
            node.annotation
            for node in self.modules[of[0]].classes[of[1]].body
            if isinstance(node, ast.AnnAssign)
        ]
        fields += [annotation for _, annotation in self._made(of)]
        return any(self.carriers & set(self.mentioned(of[0], kept)) for kept in fields)

    def _read(self, module: Module, tree: ast.Module) -> None:
        unrun = {id(inner) for node in ast.walk(tree) if _is_typing(node) for inner in node.body}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                self.prefix[:-1]
            ):
                self._import(module, node, runs=id(node) not in unrun)
        for node in tree.body:
            if isinstance(node, Function):
                module.functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                module.classes[node.name] = node

    def _import(self, module: Module, node: ast.ImportFrom, *, runs: bool) -> None:
        source = (node.module or "").removeprefix(self.prefix[:-1]).removeprefix(".")
        for alias in node.names:
            inner = f"{source}.{alias.name}".removeprefix(".")
            is_module = inner in self.modules
            module.names[alias.asname or alias.name] = inner if is_module else (source, alias.name)
            if runs:
                module.imports.add(inner if is_module else source)


@dataclass
class Walk:
    """The calls below one function that hand the parameter on."""

    package: Package
    stays: set[tuple[Named, Named]] = field(default_factory=set)
    """Caller and callee, of different modules."""
    seen: set[Named] = field(default_factory=set)

    def enter(self, here: Named) -> None:
        """Follow the parameter through a function's body."""
        if here in self.seen:
            return
        self.seen.add(here)
        body = self._function(here)
        types = self._types(here, body)
        for node in ast.walk(body):
            for callee in self._called(here[0], node, types):
                if callee[0] != here[0] and not _is_property(self._function(callee)):
                    self.stays.add((here, callee))
                self.enter(callee)

    @property
    def rooms(self) -> set[str]:
        return {callee[0] for _, callee in self.stays}

    @property
    def climbs(self) -> set[tuple[Named, Named]]:
        floor = self.package.floor
        return {(a, b) for a, b in self.stays if floor(a[0]) <= floor(b[0])}

    def _function(self, here: Named) -> Function:
        module = self.package.modules[here[0]]
        if here[1] in module.functions:
            return module.functions[here[1]]
        owner, name = here[1].split(".")
        found = self.package.member((here[0], owner), name)
        assert isinstance(found, Function)
        return found

    def _types(self, here: Named, body: Function) -> dict[str, Named]:
        """Return the class of each name in a function, as far as annotations and calls tell."""
        found: dict[str, Named] = {}
        for arg in _arguments(body):
            for one in self.package.mentioned(here[0], arg.annotation):
                found[arg.arg] = one
        if "." in here[1]:
            found["self"] = here[0], here[1].split(".")[0]
        for node in ast.walk(body):
            for target, value in _pairs(node):
                kind = self._type(here[0], value, found)
                if isinstance(target, ast.Name) and kind:
                    found[target.id] = kind
        return found

    def _type(self, module: str, node: ast.expr, types: dict[str, Named]) -> Named | None:
        if isinstance(node, ast.Name):
            return types.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._type(module, node.value, types)
            member = owner and self.package.member(owner, node.attr)
            kept = member.returns if isinstance(member, Function) else member
            found = self.package.mentioned(owner[0], kept) if owner and kept else []
            return found[0] if found else None
        if isinstance(node, ast.Call):
            callee = self._target(module, node.func, types)
            if callee is None:
                return None
            if callee[1] in self.package.modules[callee[0]].classes:
                return callee
            returned = self.package.mentioned(callee[0], self._function(callee).returns)
            return returned[0] if returned else None
        return None

    def _target(self, module: str, node: ast.expr, types: dict[str, Named]) -> Named | None:
        """Return the function, method or class that an expression names."""
        meaning = self.package.meaning(module, node)
        if isinstance(meaning, tuple) and not (isinstance(node, ast.Name) and node.id in types):
            return meaning
        if isinstance(node, ast.Attribute):
            owner = self._type(module, node.value, types)
            if owner and isinstance(self.package.member(owner, node.attr), Function):
                return owner[0], f"{owner[1]}.{node.attr}"
        return None

    def _called(self, module: str, node: ast.AST, types: dict[str, Named]) -> Iterator[Named]:
        """Yield what is called, or passed to be called, or asked for as a property."""
        passed = [arg for arg in node.args if isinstance(arg, ast.Name)] if _is_call(node) else []
        for expression in (node.func, *passed) if _is_call(node) else (node,):
            if not isinstance(expression, ast.Name | ast.Attribute):
                continue
            target = self._target(module, expression, types)
            if target is None or (not _is_call(node) and "." not in target[1]):
                continue
            if target[1] in self.package.modules[target[0]].classes:
                made = self.package.member(target, "__init__")
                if target not in self.package.carriers or target[1] == CARRIED:
                    continue
                if isinstance(made, Function):
                    yield target[0], f"{target[1]}.__init__"
            elif self._receives(target):
                yield target

    def _receives(self, callee: Named) -> bool:
        owner = (callee[0], callee[1].split(".")[0])
        if "." in callee[1] and owner in self.package.carriers and owner[1] != CARRIED:
            return True
        arguments = _arguments(self._function(callee))
        taken = [self.package.mentioned(callee[0], arg.annotation) for arg in arguments]
        return any(self.package.carriers & set(classes) for classes in taken)


def _arguments(of: Function) -> list[ast.arg]:
    return [*of.args.posonlyargs, *of.args.args, *of.args.kwonlyargs]


def _pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield targets and values of an assignment or a with."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=True)
            else:
                yield target, node.value
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield node.optional_vars, node.context_expr


def _is_property(of: Function) -> bool:
    names = (getattr(node, "id", "") for node in of.decorator_list)
    return any(name in ("property", "cached_property") for name in names)


def _is_call(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call)


def _is_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"


def _dotted(path: Path) -> str:
    return ".".join(part for part in path.with_suffix("").parts if part != "__init__")


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "-v"]
    folder = Path(words[0]) if words else PACKAGE
    module, _, function = (words[1] if len(words) > 1 else START).rpartition(".")
    walk = Walk(Package(folder))
    walk.enter((module, function))
    for caller, callee in sorted(walk.stays) if "-v" in sys.argv else ():
        up = "   climbs" if (caller, callee) in walk.climbs else ""
        print(f"{'.'.join(caller)} -> {'.'.join(callee)}{up}")
    folders = {room.rpartition(".")[0] for room in walk.rooms}
    print(
        f"{len(walk.stays)} stays in {len(walk.rooms)} rooms of {len(folders)} folders,"
        f" {len(walk.climbs)} climbs back up"
    )


if __name__ == "__main__":
    main()
