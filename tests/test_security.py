"""The table of threats: every row names tests, and every test that it names is there."""

import ast
import re
from pathlib import Path

_TABLE = re.compile(r"## What stands against it\n\n(.*?)\n\n", re.DOTALL)
_ID = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
_SOURCE = re.compile(r"`([a-z_]+/[a-z_/]+\.py)`")


def list_rows(repository: Path) -> list[list[str]]:
    text = (repository / "docs/security.md").read_text("utf-8")
    match = _TABLE.search(text)
    assert match is not None
    lines = match[1].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_row_names_a_test_that_is_there(repository: Path) -> None:
    rows = list_rows(repository)
    assert len(rows) > 40
    for row in rows:
        assert len(row) == 4, row
        found = _ID.search(row[3])
        assert found, row
        path, name = found.groups()
        tree = ast.parse((repository / path).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, row


def test_every_defence_is_a_module_that_is_there(repository: Path) -> None:
    for row in list_rows(repository):
        for name in _SOURCE.findall(row[2]):
            assert (repository / "src/archive" / name).is_file() or (repository / name).is_file()


def test_no_stage_is_without_a_row(repository: Path) -> None:
    stages = {row[0] for row in list_rows(repository)}
    assert stages == {
        "capture",
        "verify FILE",
        "store",
        "extract",
        "browse",
        "replay",
        "terminal",
        "publish",
    }
