"""The shape of the code: the rules of ``docs/architecture.md`` hold in the tree as it is.

The checks are in ``tests/support/shape.py``; the second half here tries each of them on modules
made up to break it.  Not for: behaviour.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import shape
from tests.support.shape import Module
from tools import generate_docs

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "archive"
TESTS = ROOT / "tests"

# Rooms of the source without a folder or module of tests, and why.
WITHOUT_TESTS = {
    "__init__": "holds the version alone",
    "__main__": "is one call of archive.cli.main",
    "errors": "has no behaviour; its tree is checked below, its exit codes by tests/cli",
}

# Not modules of ours: programs that are copied out of the archive, and run without us.
COPIED_OUT = {"archive.interchange.resources.verify": "goes into proof bundles"}


def read_modules() -> tuple[Module, ...]:
    modules = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = ["archive", *path.relative_to(SOURCE).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        if name in COPIED_OUT:
            continue
        modules.append(Module(name=name, source=path.read_text("utf-8"), is_package=is_package))
    return tuple(modules)


# --- the tree as it is ----------------------------------------------------------------------------


@pytest.mark.parametrize("check", shape.CHECKS, ids=lambda check: check.__name__)
def test_the_tree_keeps_the_rule(check: Callable[[Module], list[str]]) -> None:
    found = [finding for module in read_modules() for finding in check(module)]
    assert not found, "\n".join([str(check.__doc__), *found])


def test_there_is_a_tree_to_check() -> None:
    assert {"archive", "archive.errors"} <= {module.name for module in read_modules()}


def test_every_room_has_tests() -> None:
    lacking = find_rooms_without_tests(SOURCE, TESTS)
    assert not lacking, "no tests under tests/ for: " + ", ".join(lacking)


def find_rooms_without_tests(source: Path, tests: Path) -> list[str]:
    rooms = {path.name for path in source.iterdir() if any(path.glob("*.py"))}
    rooms |= {path.stem for path in source.glob("*.py")}
    return sorted(
        room
        for room in rooms - set(WITHOUT_TESTS)
        if not (tests / f"test_{room}.py").exists() and not any((tests / room).rglob("test_*.py"))
    )


# --- documents ------------------------------------------------------------------------------------


@pytest.mark.skipif(not (SOURCE / "cli" / "main.py").exists(), reason="no command line yet")
def test_every_verb_has_a_page() -> None:
    lacking = [
        verb
        for verb in generate_docs.list_verbs()
        if not (ROOT / "docs" / "verbs" / f"{verb}.md").exists()
    ]
    assert not lacking, "run: make fix (and then write docs/verbs/…): " + ", ".join(lacking)


def test_every_exception_is_in_the_tree() -> None:
    (errors,) = (module for module in read_modules() if module.name == "archive.errors")
    assert not shape.find_missing_exceptions(errors)


def test_every_column_says_what_it_holds() -> None:
    path = SOURCE / "index" / "schema.sql"
    if not path.exists():
        pytest.skip("no index/schema.sql yet")
    tables = generate_docs.parse_schema(path.read_text("utf-8"))
    assert tables
    assert not generate_docs.find_undescribed(tables)


def test_the_layers_are_those_of_the_other_contract() -> None:
    """import-linter and the checks here are two opinions on one list."""
    contract = (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.importlinter]")[2]
    layers = contract.partition("layers = [")[2].partition("\n]")[0]
    assert set(re.findall(r"[a-z_]+", layers)) == set(shape.LAYERS)


# --- the checks see what they should --------------------------------------------------------------

DOCSTRING = '"""For one thing.  Not for: another."""\n'

BAD = [
    (shape.check_layers, "archive.core.digest", "import archive.store.write"),
    (shape.check_layers, "archive.core.digest", "from archive.store import write"),
    (shape.check_layers, "archive.core.digest", "from ..store import write"),
    (shape.check_layers, "archive.capture.fetch", "from archive.store.write import append_group"),
    (shape.check_layers, "archive.history", "from archive.extract.text import extract_text"),
    (shape.check_layers, "archive.history", "from .extract.text import extract_text"),
    (shape.check_layers, "archive.store.write", "from archive.workflows import verify"),
    (shape.check_layers, "archive.cli.serve", "import archive.datasette_plugin"),
    (shape.check_layers, "archive.cli.serve", "def run():\n    import archive.datasette_plugin"),
    (shape.check_layers, "archive.errors", "from archive.core import digest"),
    (shape.check_layers, "archive.cli.show", "from archive import Digest"),
    (shape.check_layers, "archive.attic.box", ""),
    (shape.check_purity, "archive.core.instant", "import time"),
    (shape.check_purity, "archive.core.instant", "from os import path"),
    (shape.check_purity, "archive.core.instant", "import os.path as p"),
    (shape.check_purity, "archive.extract.text", "from pathlib import Path"),
    (shape.check_purity, "archive.extract.text", "import urllib.request"),
    (shape.check_purity, "archive.extract.text", "import logging"),
    (shape.check_purity, "archive.cite", "from datetime import datetime\nx = datetime.now()"),
    (shape.check_purity, "archive.cite", "import datetime as d\nx = d.datetime.utcnow()"),
    (shape.check_purity, "archive.cite", "from datetime import date as d\nx = d.today"),
    (shape.check_purity, "archive.cite", "import uuid\nx = uuid.uuid4()"),
    (shape.check_purity, "archive.cite", "from uuid import uuid4 as u\nx = u()"),
    (shape.check_purity, "archive.provenance.dates", "def f():\n    return open('x')"),
    (shape.check_purity, "archive.provenance.dates", "def f(x):\n    print(x)"),
    (shape.check_purity, "archive.provenance.dates", "def f(x):\n    return x.read_text()"),
    (shape.check_doors, "archive.index.rows", "from warcio.archiveiterator import ArchiveIterator"),
    (shape.check_doors, "archive.store.read", "import sqlite3"),
    (shape.check_doors, "archive.datasette_plugin", "import sqlite_utils"),
    (shape.check_doors, "archive.store.read", "import socket"),
    (shape.check_doors, "archive.workflows.witness", "from http import client"),
    (shape.check_doors, "archive.store.read", "import asyncio"),
    (shape.check_doors, "archive.provenance.dates", "from lxml import etree"),
    (shape.check_doors, "archive.workflows.tokens", "from rfc3161_client import Verifier"),
    (shape.check_doors, "archive.external.openssl", "from cryptography import x509"),
    (shape.check_doors, "archive.workflows.verify", "import click"),
    (shape.check_doors, "archive.index.rows", "from rich.table import Table"),
    (shape.check_doors, "archive.index.rows", "from datasette import hookimpl"),
    (shape.check_doors, "archive.cli.serve", "import subprocess"),
    (shape.check_doors, "archive.store.verify", "import multiprocessing.pool"),
    (
        shape.check_doors,
        "archive.store.verify",
        "import concurrent.futures\nx = concurrent.futures.ProcessPoolExecutor",
    ),
    (shape.check_asyncio, "archive.workflows.capture", "import asyncio\nasyncio.gather()"),
    (shape.check_asyncio, "archive.workflows.capture", "from asyncio import TaskGroup"),
    (shape.check_sql, "archive.store.read", "x = 'SELECT id FROM captures'"),
    (shape.check_sql, "archive.datasette_plugin", "x = f'SELECT {y} FROM captures'"),
    (shape.check_sql, "archive.workflows.rebuild", "x = 'CREATE TABLE t (a)'"),
    (shape.check_sql, "archive.workflows.rebuild", "x = 'INSERT OR REPLACE INTO t VALUES (1)'"),
    (shape.check_sql, "archive.workflows.rebuild", "x = '''UPDATE t\nSET a = 1'''"),
    (shape.check_clock, "archive.store.write", "from datetime import datetime\ndatetime.now()"),
    (shape.check_clock, "archive.store.write", "from time import time as t\nx = t()"),
    (shape.check_clock, "archive.store.write", "import time\nclock = time.time"),
    (shape.check_import_places, "archive.cli.show", "def f():\n    import json"),
    (shape.check_import_places, "archive.cli.show", "async def f():\n    from a import b"),
    (shape.check_names, "archive.core.utils", ""),
    (shape.check_names, "archive.helpers.text", ""),
    (shape.check_names, "archive.core.digest", "def get_digest(): ..."),
    (shape.check_names, "archive.core.digest", "def _process_digest(): ..."),
    (shape.check_names, "archive.core.digest", "class A:\n    async def handle_it(self): ..."),
    (shape.check_dataclasses, "archive.core.digest", "@dataclass\nclass A: ..."),
    (shape.check_dataclasses, "archive.core.digest", "@dataclass(frozen=True)\nclass A: ..."),
    (
        shape.check_dataclasses,
        "archive.core.digest",
        "@dataclasses.dataclass(frozen=True, slots=True, kw_only=False)\nclass A: ...",
    ),
    (shape.check_any, "archive.core.digest", "from typing import Any\nx: Any = 1"),
    (shape.check_any, "archive.core.digest", "import typing as t\nx: dict[str, t.Any] = {}"),
    (shape.check_printing, "archive.workflows.verify", "print('done')"),
    (shape.check_printing, "archive.workflows.verify", "import sys\nsys.stderr.write('done')"),
]


@pytest.mark.parametrize(("check", "name", "source"), BAD)
def test_a_violation_is_seen(check: Callable[[Module], list[str]], name: str, source: str) -> None:
    assert check(Module(name=name, source=DOCSTRING + source))


def test_every_check_is_tried_on_something_bad() -> None:
    tried = {check for check, _, _ in BAD} | {shape.check_docstring, shape.check_package_roots}
    assert tried == set(shape.CHECKS)


GOOD = [
    ("archive", "__version__ = '1'"),
    ("archive.errors", "class ArchiveError(Exception): ..."),
    ("archive.core.uri", "from urllib.parse import quote\nfrom archive.errors import InputError"),
    ("archive.core.record", "from archive.core.digest import Digest\nfrom .instant import Instant"),
    ("archive.core.record", "import datetime\ndef f(now: datetime.datetime): return now.date()"),
    ("archive.core.record", "from pathlib import PurePosixPath"),
    ("archive.core.record", "'''SELECT a FROM b''' # prose that stands alone"),
    ("archive.core.record", "x = 'Select a capture from the list'"),
    (
        "archive.core.record",
        (
            "from dataclasses import dataclass\n"
            "@dataclass(frozen=True, slots=True, kw_only=True)\nclass A: ..."
        ),
    ),
    ("archive.extract.html", "from lxml import html\nimport trafilatura"),
    (
        "archive.extract.html",
        (
            "from html.parser import HTMLParser\n"
            "class P(HTMLParser):\n    def handle_starttag(self, tag, attrs): ..."
        ),
    ),
    (
        "archive.capture.fetch",
        ("import asyncio\nimport ssl\nimport h11\nimport time\nx = time.monotonic()"),
    ),
    ("archive.witness.timestamp", "from cryptography import x509\nimport rfc3161_client"),
    ("archive.store.write", "import os\nimport warcio\nfrom archive import __version__"),
    ("archive.index.rows", "import sqlite3\nx = 'SELECT a FROM b'"),
    (
        "archive.workflows.capture",
        (
            "import asyncio\nfrom archive.capture import fetch\n"
            "from archive.store import write\nx = asyncio.run(fetch.fetch_url())"
        ),
    ),
    (
        "archive.workflows.capture",
        ("import importlib\ndef f(): return importlib.import_module('archive.extract')"),
    ),
    (
        "archive.cli.main",
        (
            "import click\nimport sys\nfrom datetime import UTC, datetime\n"
            "from archive.workflows import capture\nprint(datetime.now(UTC), file=sys.stderr)"
        ),
    ),
    ("archive.datasette_plugin", "from datasette import hookimpl\nfrom archive.index import rows"),
]


@pytest.mark.parametrize(("name", "source"), GOOD)
def test_what_is_allowed_passes(name: str, source: str) -> None:
    module = Module(name=name, source=DOCSTRING + source)
    assert [finding for check in shape.CHECKS for finding in check(module)] == []


@pytest.mark.parametrize("source", ["", "x = 1", '"""For one thing."""', "# not for anything"])
def test_a_module_must_say_what_it_is_not_for(source: str) -> None:
    assert shape.check_docstring(Module(name="archive.core.digest", source=source))


def test_a_package_root_re_exports_nothing() -> None:
    source = "from archive.core.digest import Digest"
    assert shape.check_package_roots(Module(name="archive.core", source=source, is_package=True))
    relative = "from .digest import Digest"
    assert shape.check_package_roots(Module(name="archive.core", source=relative, is_package=True))


def test_an_exception_outside_the_tree_is_seen() -> None:
    source = '"""Tree: AError."""\nclass AError(Exception): ...\nclass BError(AError): ...'
    (finding,) = shape.find_missing_exceptions(Module(name="archive.errors", source=source))
    assert "BError" in finding


def test_a_room_without_tests_is_seen(tmp_path: Path) -> None:
    for path in ("src/cite/__init__.py", "src/reuse.py", "src/core/__init__.py", "src/errors.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "tests" / "core").mkdir(parents=True)
    (tmp_path / "tests" / "core" / "test_digest.py").touch()
    assert find_rooms_without_tests(tmp_path / "src", tmp_path / "tests") == ["cite", "reuse"]
