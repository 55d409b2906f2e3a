"""The shape of the code (``docs/architecture.md``), as checks on a module's source.

Each check takes one `Module` and returns sentences, one a violation: empty is good.  They see the
syntax tree alone, so that ``tests/test_architecture.py`` can try each on made-up bad modules.
Longer than 300 lines, since the checks share their tables and are read side by side.
Not for: what ruff, mypy and import-linter see already, except the direction of imports, which
is worth two independent opinions.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

PACKAGE = "archive"

SURFACES = frozenset({"cli", "datasette_plugin"})
PURE_STAGES = frozenset({"extract", "provenance", "history", "reuse", "cite", "replay", "witness"})
EDGES = frozenset({"capture", "store", "interchange", "index", "service", "external"})
LAYERS: dict[str, int] = {
    "errors": 0,
    "core": 1,
    **dict.fromkeys(PURE_STAGES | EDGES, 2),
    "workflows": 3,
    **dict.fromkeys(SURFACES, 4),
}
WITHOUT_LAYER = frozenset({"", "__main__"})  # the version, and `python -m archive`
VERSION = f"{PACKAGE}.__version__"  # all that the package's root offers
PURE = PURE_STAGES | {"core", "errors"}

# What may not be imported where nothing touches the world: files, network, SQL, other programs,
# clock, chance, environment, printing, logging.
IMPURE = frozenset(
    "os sys pathlib tempfile shutil glob fileinput socket ssl select selectors asyncio"
    " http.client http.server urllib.request socketserver sqlite3 sqlite_utils subprocess"
    " multiprocessing concurrent threading signal random secrets time logging getpass platform"
    " locale importlib.resources h11 click rich datasette warcio".split()
)
PURE_NAMES = frozenset({"pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath"})
IMPURE_CALLS = frozenset(
    {"open", "io.open", "print", "input", "breakpoint", "uuid.uuid1", "uuid.uuid4"}
)
IMPURE_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "getLogger"})

# Each thing from outside has one door: what may be imported, and by whom.
SOCKETS = frozenset({"capture", "service", "datasette_plugin"})
DOORS: dict[str, frozenset[str]] = {
    "warcio": frozenset({"store"}),
    "sqlite3": frozenset({"index"}),
    "sqlite_utils": frozenset({"index"}),
    "socket": SOCKETS,
    "ssl": SOCKETS,
    "h11": SOCKETS,
    "http.client": SOCKETS,
    "http.server": SOCKETS,
    "socketserver": SOCKETS,
    "urllib.request": SOCKETS,
    "asyncio": SOCKETS | {"workflows"},  # in workflows `asyncio.run` alone: check_asyncio
    "lxml": frozenset({"extract"}),
    "lxml_html_clean": frozenset({"extract"}),
    "trafilatura": frozenset({"extract"}),
    "htmldate": frozenset({"extract"}),
    "rfc3161_client": frozenset({"witness"}),
    "cryptography.x509": frozenset({"witness"}),
    "click": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "datasette": frozenset({"datasette_plugin"}),
    "subprocess": frozenset({"external", "workflows"}),
    "multiprocessing": frozenset({"workflows"}),
    "concurrent.futures.ProcessPoolExecutor": frozenset({"workflows"}),
}

SQL = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+(?:OR\s+\w+\s+)?INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\S+\s+SET\b"
    r"|\b(?:CREATE|DROP)\s+(?:TEMP\w*\s+|VIRTUAL\s+|UNIQUE\s+)?(?:TABLE|INDEX|VIEW|TRIGGER)\b"
    r"|\bPRAGMA\s+\w",
    re.DOTALL,
)
CLOCK = frozenset(
    {
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
        *("datetime.date.today", "time.time", "time.time_ns"),
    }
)
VAGUE_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager"})
VAGUE_VERBS = ("get_", "handle_", "process_")


@dataclass(frozen=True, kw_only=True)
class Module:
    """One module's dotted name and source; ``is_package`` for an ``__init__``."""

    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, parsed once."""
        return ast.parse(self.source)

    @property
    def room(self) -> str:
        """The folder or module directly under the package: its layer hangs on it."""
        return _find_room(self.name)

    @cached_property
    def imports(self) -> tuple[tuple[int, str], ...]:
        """Line and dotted name of all that is imported: ``a.b`` for ``from a import b``."""
        return tuple(_list_imports(self))

    @cached_property
    def mentions(self) -> tuple[tuple[int, str], ...]:
        """Line and dotted name of every name and attribute, with imported names spelled out."""
        return tuple(_list_mentions(self))


def check_layers(module: Module) -> list[str]:
    """Imports go down, never sideways; an unknown room has no layer."""
    if module.room in WITHOUT_LAYER:
        return []
    if module.room not in LAYERS:
        return [f"{module.name}: '{module.room}' has no layer; decide it in tests/support/shape.py"]
    found = []
    for line, name in module.imports:
        if name.split(".")[0] != PACKAGE or name == VERSION:
            continue
        other = _find_room(name)
        if other == module.room:
            continue
        if other not in LAYERS:
            found.append(
                f"{module.name}:{line}: import the module that defines the name, not {name}"
            )
        elif LAYERS[other] >= LAYERS[module.room]:
            way = "sideways" if LAYERS[other] == LAYERS[module.room] else "up"
            found.append(f"{module.name}:{line}: imports {way}: {name}")
    return found


def check_package_roots(module: Module) -> list[str]:
    """Names come from the module that defines them, so a package's root re-exports nothing."""
    if not module.is_package or module.room in SURFACES:  # Datasette finds its hooks at the root
        return []
    return [
        f"{module.name}:{line}: a package's root re-exports {name}"
        for line, name in module.imports
        if name.split(".")[0] == PACKAGE
    ]


def check_purity(module: Module) -> list[str]:
    """Core and the stages touch nothing outside: no files, network, SQL, clock, chance, words."""
    if module.room not in PURE:
        return []
    found = [
        f"{module.name}:{line}: {module.room} is pure and may not import {name}"
        for line, name in module.imports
        if _matches(name, IMPURE) and name not in PURE_NAMES
    ]
    for line, name in module.mentions:
        last = name.rpartition(".")[2]
        if name in IMPURE_CALLS or name in CLOCK or ("." in name and last in IMPURE_METHODS):
            found.append(f"{module.name}:{line}: {module.room} is pure and may not use {name}")
    return found


def check_doors(module: Module) -> list[str]:
    """Each thing from outside enters through one door."""
    # A dotted door may also be reached through a plain import of what it lies in.
    reached = (each for each in module.mentions if "." in each[1] and each[1] in DOORS)
    used = [*module.imports, *reached]
    return sorted(
        {
            f"{module.name}:{line}: {door} enters through {' or '.join(sorted(rooms))}"
            for line, name in used
            for door, rooms in DOORS.items()
            if _matches(name, {door}) and module.room not in rooms
        }
    )


def check_asyncio(module: Module) -> list[str]:
    """A workflow may start an event loop, and nothing else of asyncio."""
    if module.room != "workflows":
        return []
    return [
        f"{module.name}:{line}: of asyncio, workflows may use asyncio.run alone, not {name}"
        for line, name in (*module.imports, *module.mentions)
        if name.startswith("asyncio.") and name != "asyncio.run"
    ]


def check_sql(module: Module) -> list[str]:
    """SQL lives in index."""
    if module.room == "index":
        return []
    return [
        f"{module.name}:{line}: SQL lives in index: {text.strip()[:40]!r}"
        for line, text in _list_strings(module.tree)
        if SQL.search(text)
    ]


def check_clock(module: Module) -> list[str]:
    """Only cli names the real clock."""
    if module.room == "cli":
        return []
    return [
        f"{module.name}:{line}: time comes in as an argument, not from {name}"
        for line, name in module.mentions
        if name in CLOCK
    ]


def check_import_places(module: Module) -> list[str]:
    """Imports stand at the top; wanting one inside a function means that the layers are wrong."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return sorted(
        {
            f"{module.name}:{inner.lineno}: import inside {function.name}()"
            for function in ast.walk(module.tree)
            if isinstance(function, functions)
            for inner in ast.walk(function)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        }
    )


def check_names(module: Module) -> list[str]:
    """No module is a drawer for everything, and verbs tell the truth about effects."""
    found = [
        f"{module.name}: no module is called {part}"
        for part in module.name.split(".")
        if part in VAGUE_MODULES
    ]
    # A class with bases may have to use names that its base calls: handle_starttag, get_command.
    bound = {
        id(method)
        for each in ast.walk(module.tree)
        if isinstance(each, ast.ClassDef) and each.bases
        for method in each.body
    }
    for each in ast.walk(module.tree):
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) or id(each) in bound:
            continue
        if each.name.lstrip("_").startswith(VAGUE_VERBS):
            found.append(f"{module.name}:{each.lineno}: {each.name}() hides what it does")
    return found


def check_dataclasses(module: Module) -> list[str]:
    """Data is frozen, slotted and keyword-only."""
    found = []
    for each in ast.walk(module.tree):
        if not isinstance(each, ast.ClassDef):
            continue
        for decorator in each.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            name = ast.unparse(call.func if call else decorator)
            if name.rpartition(".")[2] != "dataclass":
                continue
            given = {word.arg: ast.unparse(word.value) for word in call.keywords} if call else {}
            missing = [word for word in ("frozen", "slots", "kw_only") if given.get(word) != "True"]
            if missing:
                found.append(f"{module.name}:{each.lineno}: {each.name} lacks {', '.join(missing)}")
    return found


def check_docstring(module: Module) -> list[str]:
    """A module opens with what it is for, and what it is not for."""
    text = " ".join((ast.get_docstring(module.tree) or "").lower().split())
    if "not for" in text or "not* for" in text:
        return []
    return [f"{module.name}: the docstring does not say what the module is not for"]


def check_any(module: Module) -> list[str]:
    """Core knows its types."""
    if module.room != "core":
        return []
    return [
        f"{module.name}:{line}: no Any in core"
        for line, name in module.mentions
        if name in {"Any", "typing.Any"}
    ]


def check_printing(module: Module) -> list[str]:
    """Words go out through cli."""
    if module.room == "cli":
        return []
    return [
        f"{module.name}:{line}: words go out through cli, not {name}"
        for line, name in module.mentions
        if name in {"print", "sys.stdout", "sys.stderr"}
    ]


CHECKS: tuple[Callable[[Module], list[str]], ...] = (
    check_layers,
    check_package_roots,
    check_purity,
    check_doors,
    check_asyncio,
    check_sql,
    check_clock,
    check_import_places,
    check_names,
    check_dataclasses,
    check_docstring,
    check_any,
    check_printing,
)


def find_missing_exceptions(module: Module) -> list[str]:
    """Exception classes that the tree in the module's docstring does not show."""
    text = ast.get_docstring(module.tree) or ""
    return [
        f"{module.name}:{each.lineno}: {each.name} is missing from the tree in the docstring"
        for each in module.tree.body
        if isinstance(each, ast.ClassDef) and not re.search(rf"\b{each.name}\b", text)
    ]


def _find_room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def _matches(name: str, doors: frozenset[str] | set[str]) -> bool:
    """Whether the dotted name is one of these, or lies inside one of them."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in doors for length in range(1, len(parts) + 1))


def _list_imports(module: Module) -> Iterator[tuple[int, str]]:
    for each in ast.walk(module.tree):
        if isinstance(each, ast.Import):
            for alias in each.names:
                yield each.lineno, alias.name
        elif isinstance(each, ast.ImportFrom):
            origin = _resolve(module, each)
            for alias in each.names:
                yield each.lineno, f"{origin}.{alias.name}"


def _resolve(module: Module, statement: ast.ImportFrom) -> str:
    """The absolute name of what a ``from`` names; relative ones are counted from the module."""
    if not statement.level:
        return statement.module or ""
    drop = statement.level - (1 if module.is_package else 0)
    parts = module.name.split(".")
    parts = parts[: len(parts) - drop]
    return ".".join([*parts, *([statement.module] if statement.module else [])])


def _list_mentions(module: Module) -> Iterator[tuple[int, str]]:
    spelled: dict[str, str] = {}
    for each in ast.walk(module.tree):
        if isinstance(each, ast.Import):
            for alias in each.names:
                full = alias.name if alias.asname else alias.name.split(".")[0]
                spelled[alias.asname or full] = full
        elif isinstance(each, ast.ImportFrom):
            for alias in each.names:
                spelled[alias.asname or alias.name] = f"{_resolve(module, each)}.{alias.name}"
    for each in ast.walk(module.tree):
        if isinstance(each, ast.Name):
            yield each.lineno, spelled.get(each.id, each.id)
        elif isinstance(each, ast.Attribute):
            first, _, rest = ast.unparse(each).partition(".")
            yield each.lineno, f"{spelled.get(first, first)}.{rest}"


def _list_strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string that is not a docstring; the fixed parts of an f-string are joined."""
    skip: set[int] = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.Expr):  # a docstring, or any string standing alone
            skip.add(id(each.value))
        elif isinstance(each, ast.JoinedStr):
            skip.update(id(part) for part in each.values)
            fixed = [str(p.value) if isinstance(p, ast.Constant) else "x" for p in each.values]
            yield each.lineno, "".join(fixed)
        elif (
            isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in skip
        ):
            yield each.lineno, each.value
