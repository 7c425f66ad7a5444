"""What Python code uses: names of libraries, found over the parse, with the names that imports bind and the types that calls answer.

Code is read in the order in which it would run, functions when they are first called or at the end; nothing is run. A value that is not
known to come from a library shows nothing.
"""

import ast
import builtins
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .libraries import (
    FRAME,
    FRAME_ATTRIBUTES,
    FRAMES_OF,
    GIVEN_BY_STAR,
    GROUPS,
    PASSES,
    SAME,
    SERIES,
    SEVERAL,
    SPLITS,
    TENSOR,
    UNMISTAKABLE,
    Clear,
    canonical,
    families_of,
    spellings,
)
from .newer import rewritten
from .uses import Spot, Uses, Vocabulary, plain
from .values import (
    CONTAINERS,
    OTHER,
    WHOLE,
    Answer,
    Class,
    Each,
    Function,
    Many,
    Name,
    Object,
    Place,
    Scope,
    Thing,
    answers,
    element_of,
    is_known,
    object_of,
    of_library,
    part_of,
)

BUILTINS = frozenset(dir(builtins))
# Names of these modules show something even where they only annotate.
ANNOTATING = frozenset({"typing", "typing_extensions", "collections", "pandera"})
FRAMES = frozenset({FRAME, SERIES})
# Functions of the file that are called from one another are followed so far.
DEEPEST = 20
# Of a module more names need not be kept: any use shows it.
NAMES_OF_MODULE = 12
_MISSING = object()
# What everybody calls a data frame.
_FRAME_NAME = re.compile(r"(?i)df\d*|df_\w+|\w+_df\d*|data_?frame")


# How many dots an import begins with, and its module.
Import = tuple[int, str]


# --- Reading --------------------------------------------------------------------------------------------------------


def parse(code: str) -> ast.Module:
    """The parse of code. Raises SyntaxError (also for NUL bytes), RecursionError or MemoryError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except ValueError as error:
            raise SyntaxError(str(error)) from error
        except SyntaxError:
            if (older := rewritten(code)) == code:
                raise
            return ast.parse(older)


class Reader:
    """Reads the code of one file, a whole script or cell by cell."""

    def __init__(self, vocabulary: Vocabulary, borrow: Callable[[Import], Mapping[str, Any] | None] = lambda _: None) -> None:
        self.uses = Uses()
        #: Modules that names are imported from and that may be the repository's own.
        self.borrowed: set[Import] = set()
        self._vocabulary = vocabulary
        self._borrow = borrow
        self._module = Scope()
        self._scope = self._module
        self._place = Place()
        self._stars: list[str] = []
        self._roots: set[str] = set()
        self._waiting: list[Function] = []
        self._owner: Class | None = None
        self._is_annotation = False
        self._depth = 0

    def read(self, tree: ast.Module, place: Place = WHOLE) -> None:
        self._place, self._scope, self._owner, self._is_annotation = place, self._module, None, False
        self._depth = 0
        del self._module.layers[1:]  # where the cell before ended in the middle
        self.uses.statements += sum(not _says_nothing(node) for node in tree.body)
        self._read_syntax(tree)
        self._block(tree.body)

    def finish(self) -> Uses:
        """Reads the functions that nothing called, and answers what was found."""
        while self._waiting:
            function = self._waiting.pop(0)
            if not function.is_read:
                self._run(function, [], {})
        return self.uses

    def lent(self) -> dict[str, Any]:
        """What other files of the repository can import from this one: names of libraries, and functions whose answer is known."""
        lent: dict[str, Any] = {}
        for name, value in self._module.layers[0].items():
            if isinstance(value, Name) and not value.is_for_types_only:
                lent[name] = value
            elif isinstance(value, Function) and isinstance(value.answer, Thing | Many):
                lent[name] = Answer(value.answer)
        return lent

    def _read_syntax(self, tree: ast.Module) -> None:
        wanted = self._vocabulary.syntax
        found = self.uses.syntax
        for node in ast.walk(tree):
            for asked in wanted.get(type(node).__name__, ()):
                if asked.entry in found or not hasattr(node, "lineno") or (asked.filled and not getattr(node, asked.filled, None)):
                    continue
                name = getattr(node, "name", "") if asked.named else ""
                if not asked.named or (fnmatchcase(plain(name), asked.named) and not _is_sketch(node)):
                    found[asked.entry] = self._spot(node, f"defines {name}" if name else "", "")
            if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
                for asked in wanted.get("MatMult", ()):
                    found.setdefault(asked.entry, self._spot(node, "", ""))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                self.uses.has_tests = True

    def _spot(self, node: ast.AST, how: str, root: str) -> Spot:
        return Spot(self._place.line(getattr(node, "lineno", 1)), self._place.cell, how, root)

    # Names

    def _use(self, value: Name, node: ast.AST, how: str) -> None:
        if value.is_for_types_only:
            return
        for name in value.names:
            names, modules = self._vocabulary.asked(name)
            if not names and not modules:
                continue
            spot = self._spot(node, how, value.root)
            if self._is_annotation and value.root not in ANNOTATING:
                continue
            for asked in names:
                known = self.uses.names.get(asked)
                if known is None or (how == "calls" and known.how != "calls"):
                    self.uses.names[asked] = spot
            for module in modules:
                known_of = self.uses.modules.setdefault(module, {})
                if len(known_of) < NAMES_OF_MODULE:
                    known_of.setdefault(canonical(name), spot)

    def _look_up(self, name: str) -> Any:
        scope: Scope | None = self._scope
        while scope:
            if scope is self._scope or not scope.is_class:
                value = scope.get(name, _MISSING)
                if value is not _MISSING:
                    return value
            scope = scope.above
        if name in BUILTINS:
            return OTHER
        for module in reversed(self._stars):
            if given := GIVEN_BY_STAR.get(module.partition(".")[0], {}).get(name):
                return Name((given,), module.partition(".")[0])
            candidate = f"{module}.{name}"
            if self._vocabulary.asked(candidate)[0] or any(spelled in self._vocabulary.beginnings for spelled in spellings(candidate)):
                return Name((candidate,), module.partition(".")[0])
        return None

    def _bind(self, name: str, value: Any) -> None:
        scope = self._module if name in self._scope.shared else self._scope
        scope.bind(name, value)

    # Statements

    def _block(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)
            if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
                break  # what follows is never run

    def _statement(self, node: ast.stmt) -> None:
        if read := _STATEMENTS.get(type(node)):
            read(self, node)
        else:
            for child in ast.iter_child_nodes(node):
                self._any(child)

    def _any(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self._value(node)
        elif isinstance(node, ast.stmt):
            self._statement(node)
        else:
            for child in ast.iter_child_nodes(node):
                self._any(child)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            root = alias.name.partition(".")[0]
            self._imported(alias.name, root, node, f"imports {alias.name}" + (f" as {alias.asname}" if alias.asname else ""))
            self._bind(alias.asname or root, Name((alias.name if alias.asname else root,), root))

    def _import_from(self, node: ast.ImportFrom) -> None:
        own = self._borrow((node.level, node.module or ""))
        if own is not None or node.level or not node.module:
            self._borrow_from(own or {}, node)
            return
        root = node.module.partition(".")[0]
        if root not in self._vocabulary.roots and root not in sys.stdlib_module_names:
            self.borrowed.add((0, node.module))
        for alias in node.names:
            if alias.name == "*":
                self.uses.stars += 1
                self._stars.append(node.module)
                self._roots |= {given.partition(".")[0] for given in GIVEN_BY_STAR.get(root, {}).values()}
                self._imported(node.module, root, node, f"imports everything from {node.module}")
                continue
            full = f"{node.module}.{alias.name}"
            self._imported(full, root, node, f"imports {alias.name} from {node.module}")
            self._bind(alias.asname or alias.name, Name((full,), root))

    def _borrow_from(self, own: Mapping[str, Any], node: ast.ImportFrom) -> None:
        """Imports from a module of the repository itself."""
        self.borrowed.add((node.level, node.module or ""))
        for alias in node.names:
            for name in own if alias.name == "*" else (alias.name,):
                if alias.name == "*" and name.startswith("_"):
                    continue
                value = own.get(name)
                self._bind(alias.asname or name, value)
                if isinstance(value, Name):
                    self._roots |= {value.root, canonical(value.root)}

    def _imported(self, name: str, root: str, node: ast.AST, words: str) -> None:
        self._roots.add(canonical(root))
        self._roots.add(root)
        names, modules = self._vocabulary.asked(name)
        for asked in (*modules, *names):
            self.uses.imports.setdefault(asked, self._spot(node, words, root))

    def _if(self, node: ast.If) -> None:
        following: ast.stmt | None = node
        merged: dict[str, Any] = {}
        is_whole = False
        while isinstance(following, ast.If):  # a long chain of elif is read without recursion
            self._value(following.test)
            if _is_true(following.test) is not False:
                self._branch(following.body, merged, is_for_types_only=_is_type_checking(following.test))
            is_whole = _is_true(following.test) is True
            rest = [] if is_whole else following.orelse
            following = rest[0] if len(rest) == 1 else None
            if not isinstance(following, ast.If) and rest:
                self._branch(rest, merged)
                is_whole = True
        self._merge(merged, is_whole=is_whole)

    def _try(self, node: Any) -> None:
        merged: dict[str, Any] = {}
        self._branch([*node.body, *node.orelse], merged)
        for handler in node.handlers:
            if handler.type:
                self._value(handler.type)
            self._scope.layers.append(dict(merged))
            if handler.name:
                self._bind(handler.name, OTHER)
            self._branch(handler.body, merged)
            self._scope.layers.pop()
        self._merge(merged, is_whole=False)
        self._block(node.finalbody)

    def _branch(self, body: Iterable[ast.stmt], merged: dict[str, Any], *, is_for_types_only: bool = False) -> None:
        """Reads one of the ways that code may go; what any of them makes known is known."""
        self._scope.layers.append({})
        self._block(body)
        for name, value in self._scope.layers.pop().items():
            other = merged.get(name)
            if not is_known(other):
                is_weaker = is_for_types_only and isinstance(value, Name)
                merged[name] = Name(value.names, value.root, is_for_types_only=True) if is_weaker else value
            elif isinstance(value, Name) and isinstance(other, Name) and not other.is_method:
                # Two places for one thing: try: import cPickle as pickle, except ImportError: import pickle.
                merged[name] = Name(tuple(dict.fromkeys((*other.names, *value.names))), other.root)

    def _merge(self, merged: Mapping[str, Any], *, is_whole: bool) -> None:
        """After all ways: where none of them need be gone, what was known before stays known."""
        for name, value in merged.items():
            if is_whole or is_known(value) or not is_known(self._scope.get(name)):
                self._scope.bind(name, value)

    def _for(self, node: Any) -> None:
        self._assign(node.target, element_of(self._value(node.iter)))
        self._block(node.body)
        self._block(node.orelse)

    def _while(self, node: ast.While) -> None:
        self._value(node.test)
        if _is_true(node.test) is not False:
            self._block(node.body)
        self._block(node.orelse)

    def _with(self, node: Any) -> None:
        for item in node.items:
            value = self._value(item.context_expr)
            if item.optional_vars:
                self._assign(item.optional_vars, value)
        self._block(node.body)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self._value(decorator, "decorates with")
        for default in [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]:
            self._value(default)
        function = Function(node, self._scope, self._place, self._owner if self._scope.is_class else None)
        self._waiting.append(function)
        self._bind(node.name, function)

    def _class(self, node: ast.ClassDef) -> None:
        bases = [self._value(base, "inherits from") for base in node.bases]
        for keyword in node.keywords:
            self._value(keyword.value)
        for decorator in node.decorator_list:
            self._value(decorator, "decorates with")
        inherited: list[Name] = []
        attributes: dict[str, Any] = {}
        for base in bases:
            if isinstance(base, Name):
                inherited.append(base)
            elif isinstance(base, Class):
                inherited += base.bases
                attributes |= base.attributes
        kind = Class(node.name, tuple(inherited), attributes)
        self._bind(node.name, kind)
        scope, owner = self._scope, self._owner
        self._scope, self._owner = Scope(scope, is_class=True), kind
        self._block(node.body)
        for name, value in self._scope.layers[0].items():
            kind.attributes[name] = value
        # What the constructor sets is known to all methods.
        self._scope, self._owner = scope, owner
        for name in ("__init__", "setUp", "setup", "prepare_data"):
            if isinstance(method := kind.attributes.get(name), Function) and method.owner is kind:
                self._run(method, [], {})

    def _return(self, node: ast.Return) -> None:
        self._scope.answers.append(self._value(node.value) if node.value else OTHER)

    def _assignment(self, node: ast.Assign) -> None:
        value = self._value(node.value)
        for target in node.targets:
            self._assign(target, value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        annotated = self._annotation(node.annotation)
        value = self._value(node.value) if node.value else None
        self._assign(node.target, value if is_known(value) else annotated)

    def _augmented(self, node: ast.AugAssign) -> None:
        self._value(node.target)
        self._value(node.value)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._bind(target.id, None)
            else:
                self._value(target)

    def _global(self, node: Any) -> None:
        if isinstance(node, ast.Global):
            self._scope.shared.update(node.names)

    def _match(self, node: ast.Match) -> None:
        self._value(node.subject)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                    self._bind(part.name, None)
                elif isinstance(part, ast.MatchMapping) and part.rest:
                    self._bind(part.rest, None)
                elif isinstance(part, ast.MatchClass):
                    self._value(part.cls)
                elif isinstance(part, ast.MatchValue):
                    self._value(part.value)
            if case.guard:
                self._value(case.guard)
            self._block(case.body)

    def _assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, value)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, None)
        elif isinstance(target, ast.Tuple | ast.List):
            for place, part in enumerate(target.elts):
                self._assign(part, part_of(value, place))
        elif isinstance(target, ast.Attribute):
            owner = self._value(target.value)
            kind = owner.kind if isinstance(owner, Object) else None
            if kind and (is_known(value) or target.attr not in kind.attributes):
                kind.attributes[target.attr] = value
            elif isinstance(owner, Name):
                self._value(target)
        elif isinstance(target, ast.Subscript):
            self._value(target.value)
            self._value(target.slice)

    # Functions

    def _run(self, function: Function, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
        """Reads a function's body once, with what is known of its arguments then, and answers what it returns."""
        if function.is_read:
            return function.answer
        if self._depth >= DEEPEST:
            return None  # it is read at the end
        function.is_read = True
        self._depth += 1
        before = self._scope, self._place, self._owner, self._is_annotation
        self._scope, self._place, self._owner = Scope(function.scope), function.place, function.owner
        self._is_annotation = False
        node, parameters = function.node, function.node.args
        named = [*parameters.posonlyargs, *parameters.args]
        if function.owner and named and not _is_decorated(node, "staticmethod"):
            arguments = [function.owner if _is_decorated(node, "classmethod") else Object(function.owner), *arguments]
        for place, parameter in enumerate([*named, *parameters.kwonlyargs]):
            value = arguments[place] if place < min(len(arguments), len(named)) else keywords.get(parameter.arg)
            if parameter.annotation:
                annotated = self._annotation(parameter.annotation)
                value = annotated if annotated is not None else value
            self._scope.bind(parameter.arg, value)
        for extra in (parameters.vararg, parameters.kwarg):
            if extra:
                self._scope.bind(extra.arg, None)
                if extra.annotation:
                    self._annotation(extra.annotation)
        returns = getattr(node, "returns", None)
        annotated = self._annotation(returns) if returns else None
        if isinstance(node, ast.Lambda):
            answer = self._value(node.body)
        else:
            self._block(node.body)
            answer = next((value for value in self._scope.answers if is_known(value)), None)
            if answer is None and self._scope.answers and all(value is OTHER for value in self._scope.answers):
                answer = OTHER
        self._scope, self._place, self._owner, self._is_annotation = before
        self._depth -= 1
        function.answer = answer if is_known(answer) else annotated if annotated is not None else answer
        return function.answer

    def _annotation(self, node: ast.expr) -> Any:
        """What an annotation says: an object of the type that it names."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
            try:
                quoted = parse(node.value).body
            except (SyntaxError, RecursionError, MemoryError):
                return None
            if len(quoted) != 1 or not isinstance(quoted[0], ast.Expr):
                return None
            expression = quoted[0].value
            for part in ast.walk(expression):
                if hasattr(part, "lineno"):
                    ast.copy_location(part, node)
            node = expression
        before, self._is_annotation = self._is_annotation, True
        value = self._value(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):  # DataFrame | None
            value = next((side for side in (self._value(node.left), self._value(node.right)) if isinstance(side, Name)), None)
        elif isinstance(node, ast.Subscript) and isinstance(value, Name) and value.names[0] in ("typing.Optional", "typing.Annotated"):
            inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            value = self._value(inner)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and getattr(node.value, "id", "") in ("tuple", "Tuple"):
            value = Many(tuple(object_of(self._value(part)) for part in node.slice.elts))
        self._is_annotation = before
        return object_of(value)

    # Expressions: each answers the value that it has, or None.

    def _value(self, node: ast.expr, how: str = "uses") -> Any:
        read = _EXPRESSIONS.get(type(node))
        if read:
            return read(self, node, how)
        for child in ast.iter_child_nodes(node):
            self._any(child)
        return None

    def _name(self, node: ast.Name, how: str) -> Any:
        value = self._look_up(node.id)
        if isinstance(value, Name) and not value.is_method:
            self._use(value, node, how)
        elif value is None and _FRAME_NAME.fullmatch(node.id) and self._is_clear(FRAMES_OF):
            return Thing((FRAME,), "pandas")
        return value

    def _is_clear(self, clear: Clear) -> bool:
        """Whether the file imports the library and none whose objects look the same."""
        return clear.library in self._roots and not clear.rivals & self._roots

    def _attribute(self, node: ast.Attribute, how: str) -> Any:
        base = self._value(node.value)
        name = node.attr
        if isinstance(base, Object):
            if name in base.kind.attributes:
                value = base.kind.attributes[name]
                return self._run(value, [], {}) if isinstance(value, Function) and _is_decorated(value.node, "property") else value
            inherited = tuple(f"{canonical(of)}.{name}" for parent in base.kind.bases for of in parent.names)
            return self._method(inherited, base.kind.bases[0].root, node, how) if inherited else None
        if isinstance(base, Class):
            return base.attributes.get(name)
        if isinstance(base, Name) and base.is_method:
            base = self._property(base)
        if isinstance(base, Name):
            value = Name(tuple(f"{of}.{name}" for of in base.names), base.root, base.is_method, base.is_for_types_only)
            self._use(value, node, how)
            return value
        if isinstance(base, Thing):
            return self._method(
                tuple(dict.fromkeys(f"{of}.{name}" for kind in base.types for of in families_of(kind))), base.root, node, how
            )
        if base is None and how == "calls":
            for clear in UNMISTAKABLE:
                if name in clear.methods and self._is_clear(clear):
                    self._recognise(node.value, clear)
                    return self._method(tuple(f"{kind}.{name}" for kind in clear.types), clear.library, node, how)
        return OTHER if base is OTHER else None

    def _property(self, value: Name) -> Any:
        """What an attribute is where it is not called: df.price is a column, fig.axes an object; df.plot and df.price.str lead to methods."""
        owner, _, name = value.names[0].rpartition(".")
        if owner in FRAMES and name not in FRAME_ATTRIBUTES:
            return Thing((SERIES,), value.root)
        types = answers(value.names)
        if not types or (owner in FRAMES and name not in ("T", "values")):
            return value
        return Thing(types, value.root)

    def _recognise(self, node: ast.expr, clear: Clear) -> None:
        """What has such a method is of such a type from here on: `def f(data): data.groupby(…); data.shift(1)`."""
        types = clear.types
        if isinstance(node, ast.Subscript) and FRAME in types:
            node, types = node.value, (FRAME,)
        if isinstance(node, ast.Name) and self._scope.get(node.id, OTHER) is None:
            self._scope.bind(node.id, Thing(types, clear.library))

    def _method(self, names: tuple[str, ...], root: str, node: ast.AST, how: str) -> Name:
        value = Name(names, root, is_method=True)
        self._use(value, node, how)
        return value

    def _call(self, node: ast.Call, how: str) -> Any:
        function = self._value(node.func, "calls")
        arguments = [self._value(argument) for argument in node.args]
        keywords = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        named = {name: value for name, value in keywords.items() if name}
        if isinstance(function, Name):
            return self._answer(function, node, arguments, named)
        if isinstance(function, Function):
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                arguments = []
            return self._run(function, arguments, named)
        if isinstance(function, Class):
            return Object(function)
        if isinstance(function, Answer):
            return function.value
        if isinstance(function, Object):
            if any(name.startswith("torch.nn.") for base in function.kind.bases for name in base.names):
                forward = function.kind.attributes.get("forward")
                if isinstance(forward, Function):
                    self._run(forward, arguments, named)
                return Thing((TENSOR,), "torch")
            return None
        if isinstance(function, Thing):
            return Thing((TENSOR,), "torch") if any(kind.startswith("torch.nn.") for kind in function.types) else None
        return self._builtin(node, arguments) if function is OTHER else None

    def _answer(self, function: Name, node: ast.Call, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
        if function.root in ("requests", "httpx") and node.args and _is_own_address(node.args[0]):
            return OTHER
        if keywords and not function.is_for_types_only:
            for name in function.names:
                for asked in self._vocabulary.asked(name)[0]:
                    self.uses.keywords.setdefault(asked, {}).setdefault(frozenset(keywords), self._spot(node, "calls", function.root))
        for name in function.names:
            for argument in (*arguments, *keywords.values()):
                if isinstance(argument, Function) and (given := PASSES.get(canonical(name))):
                    self._run(argument, [Thing(given, function.root)], {})
        first = canonical(function.names[0])
        if first in SAME and arguments:
            return arguments[0]
        if first in SPLITS:
            return Many(tuple(value for argument in arguments for value in (argument, argument)))
        if several := SEVERAL.get(first):
            return Many(tuple(Thing(types, function.root) for types in several))
        types = answers(function.names)
        if not types:
            return None
        return Thing(types, function.root, is_in_pieces=bool({"chunksize", "iterator"} & set(keywords)))

    def _builtin(self, node: ast.Call, arguments: list[Any]) -> Any:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called == "super" and self._owner and self._owner.bases:
            base = self._owner.bases[0]
            return Thing(tuple(canonical(name) for name in base.names), base.root)
        if called in ("list", "iter", "reversed", "sorted", "tuple", "next") and arguments:
            return element_of(arguments[0]) if called == "next" else arguments[0]
        if called == "enumerate" and arguments:
            return Each(Many((OTHER, element_of(arguments[0]))))
        if called == "zip":
            return Each(Many(tuple(element_of(argument) for argument in arguments)))
        if called in ("getattr", "eval", "map", "filter", "max", "min"):
            return None
        return OTHER

    def _subscript(self, node: ast.Subscript, how: str) -> Any:
        base = self._value(node.value, how)
        self._value(node.slice)
        if isinstance(base, Name) and base.is_method:
            kind, _, attribute = base.names[0].rpartition(".")
            if kind in FRAMES and attribute in ("iloc", "loc", "at", "iat"):
                if kind == SERIES:
                    return Thing((SERIES,), base.root)
                column = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) and node.slice.elts else None
                if isinstance(column, ast.Constant):
                    return Thing((SERIES,), base.root)
                return Thing((FRAME, SERIES), base.root)
            if kind in FRAMES and attribute not in FRAME_ATTRIBUTES:
                return Thing((SERIES,), base.root)
            if types := answers(base.names):
                return Thing(types, base.root)
            return None
        if isinstance(base, Name):
            return base if self._is_annotation else None
        if isinstance(base, Thing):
            if FRAME in base.types:
                if isinstance(node.slice, ast.Constant | ast.JoinedStr):
                    return Thing((SERIES,), base.root)
                if isinstance(node.slice, ast.List | ast.Slice | ast.Compare | ast.UnaryOp | ast.BinOp):
                    return Thing((FRAME,) if base.types == (FRAME,) else base.types, base.root)
                return Thing((FRAME, SERIES), base.root)
            if GROUPS in base.types or any(kind in CONTAINERS for kind in base.types):
                return base
            if any(kind.startswith("pandas.api.typing.") for kind in base.types):
                return base
            return None
        if isinstance(base, Many):
            place = node.slice.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) else None
            return part_of(base, place) if place is not None and place >= 0 else None
        return None

    def _operation(self, node: ast.BinOp, how: str) -> Any:
        sides: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):  # a long sum is read without recursion
            sides.append(left.right)
            left = left.left
        values = [self._value(side) for side in (left, *reversed(sides))]
        return of_library(values) or (OTHER if all(value is OTHER for value in values) else None)

    def _comparison(self, node: ast.Compare, how: str) -> Any:
        return of_library([self._value(side) for side in (node.left, *node.comparators)]) or OTHER

    def _unary(self, node: ast.UnaryOp, how: str) -> Any:
        return self._value(node.operand)

    def _either(self, node: ast.BoolOp, how: str) -> Any:
        return next((value for value in [self._value(side) for side in node.values] if is_known(value)), None)

    def _conditional(self, node: ast.IfExp, how: str) -> Any:
        self._value(node.test)
        values = [self._value(node.body), self._value(node.orelse)]
        return next((value for value in values if is_known(value)), None)

    def _lambda(self, node: ast.Lambda, how: str) -> Any:
        function = Function(node, self._scope, self._place)
        self._waiting.append(function)
        return function

    def _comprehension(self, node: Any, how: str) -> Any:
        before, self._scope = self._scope, Scope(self._scope)
        for generator in node.generators:
            self._assign(generator.target, element_of(self._value(generator.iter)))
            for test in generator.ifs:
                self._value(test)
        if isinstance(node, ast.DictComp):
            self._value(node.key)
            self._value(node.value)
            value = None
        else:
            value = self._value(node.elt)
        self._scope = before
        return Each(value) if is_known(value) else OTHER

    def _sequence(self, node: Any, how: str) -> Any:
        values = [self._value(part) for part in node.elts]
        return Many(tuple(values)) if isinstance(node, ast.Tuple | ast.List) and any(is_known(value) for value in values) else OTHER

    def _walrus(self, node: ast.NamedExpr, how: str) -> Any:
        value = self._value(node.value)
        self._assign(node.target, value)
        return value

    def _awaited(self, node: Any, how: str) -> Any:
        return self._value(node.value, how) if node.value else OTHER

    def _plain(self, node: ast.expr, how: str) -> Any:
        for child in ast.iter_child_nodes(node):
            self._any(child)
        return OTHER


def _is_true(test: ast.expr) -> bool | None:
    return bool(test.value) if isinstance(test, ast.Constant) else None


def _is_own_address(node: ast.expr) -> bool:
    """Whether an address is this machine's: asking one's own service is no collecting of data."""
    start = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    start = start.left if isinstance(start, ast.BinOp) else start
    address = start.value if isinstance(start, ast.Constant) and isinstance(start.value, str) else ""
    return bool(re.match(r"(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|testserver|test)(?:[:/]|$)", address)) or address.startswith(
        "/"
    )


def _is_type_checking(test: ast.expr) -> bool:
    return (test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else "") == "TYPE_CHECKING"


def _is_decorated(node: Any, name: str) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == name for decorator in getattr(node, "decorator_list", ()))


def _is_sketch(node: ast.AST) -> bool:
    """Whether a definition has nothing in it yet: a docstring, pass, … or raise NotImplementedError, and methods of no more."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return all(_is_sketch(part) for part in node.body)
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _says_nothing(node: ast.stmt) -> bool:
    """A docstring, an import or `pass`: a file of nothing else holds no code."""
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


_STATEMENTS: Mapping[type, Callable[[Any, Any], None]] = {
    ast.Import: Reader._import,
    ast.ImportFrom: Reader._import_from,
    ast.If: Reader._if,
    ast.Try: Reader._try,
    ast.TryStar: Reader._try,
    ast.For: Reader._for,
    ast.AsyncFor: Reader._for,
    ast.While: Reader._while,
    ast.With: Reader._with,
    ast.AsyncWith: Reader._with,
    ast.FunctionDef: Reader._function,
    ast.AsyncFunctionDef: Reader._function,
    ast.ClassDef: Reader._class,
    ast.Return: Reader._return,
    ast.Assign: Reader._assignment,
    ast.AnnAssign: Reader._annotated,
    ast.AugAssign: Reader._augmented,
    ast.Delete: Reader._delete,
    ast.Global: Reader._global,
    ast.Nonlocal: Reader._global,
    ast.Match: Reader._match,
}

_EXPRESSIONS: Mapping[type, Callable[[Any, Any, str], Any]] = {
    ast.Name: Reader._name,
    ast.Attribute: Reader._attribute,
    ast.Call: Reader._call,
    ast.Subscript: Reader._subscript,
    ast.BinOp: Reader._operation,
    ast.Compare: Reader._comparison,
    ast.UnaryOp: Reader._unary,
    ast.BoolOp: Reader._either,
    ast.IfExp: Reader._conditional,
    ast.Lambda: Reader._lambda,
    ast.ListComp: Reader._comprehension,
    ast.SetComp: Reader._comprehension,
    ast.GeneratorExp: Reader._comprehension,
    ast.DictComp: Reader._comprehension,
    ast.Tuple: Reader._sequence,
    ast.List: Reader._sequence,
    ast.Set: Reader._sequence,
    ast.NamedExpr: Reader._walrus,
    ast.Await: Reader._awaited,
    ast.Starred: Reader._awaited,
    ast.Yield: Reader._awaited,
    ast.Constant: Reader._plain,
    ast.JoinedStr: Reader._plain,
    ast.Dict: Reader._plain,
    ast.Slice: Reader._plain,
}
