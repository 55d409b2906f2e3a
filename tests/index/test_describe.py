"""``datasette.yml`` against the schema that SQLite itself sees.

Not for: what Datasette makes of it (``tests/datasette_plugin``).
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archive.index.database import open_database
from archive.index.describe import (
    DATABASE,
    find_references,
    format_datasette_yml,
    parse_descriptions,
    read_descriptions,
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(tmp_path / "archive.db")
    connection.create_function("escape_fts", 1, lambda text: f'"{text}"')  # as Datasette has it
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(format_datasette_yml())
    return content


def list_columns(index: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in index.execute(f"PRAGMA table_info({table})")]


def list_indexed(index: sqlite3.Connection, table: str) -> set[str]:
    """The columns that an index of the table begins with."""
    names = [row[1] for row in index.execute(f"PRAGMA index_list({table})")]
    first = "SELECT name FROM pragma_index_info(?) WHERE seqno = 0"
    return {index.execute(first, (name,)).fetchone()[0] for name in names}


def test_every_table_and_column_is_described(
    index: sqlite3.Connection, described: dict[str, Any]
) -> None:
    names = [
        row[0]
        for row in index.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not row[0].startswith(("texts_fts_", "pairs_fts_"))
    ]
    tables = described["databases"][DATABASE]["tables"]
    assert sorted(tables) == sorted(names)
    for name in names:
        assert tables[name]["title"]
        assert tables[name]["description"]
        assert list(tables[name]["columns"]) == list_columns(index, name)
        assert all(tables[name]["columns"].values())


def test_what_is_listed_by_is_there_and_facets_are_indexed(
    index: sqlite3.Connection, described: dict[str, Any]
) -> None:
    for name, table in described["databases"][DATABASE]["tables"].items():
        columns = set(list_columns(index, name))
        assert {table[key] for key in ("label_column", "sort_desc") if key in table} <= columns
        assert set(table.get("facets", [])) <= list_indexed(index, name), name
        if "fts_table" in table:
            assert table["fts_pk"] in columns
            assert list_columns(index, table["fts_table"]) == ["title", "text"]


def test_the_large_tables_are_sorted_by_an_index(
    index: sqlite3.Connection, described: dict[str, Any]
) -> None:
    for name in ("statements", "captures"):
        table = described["databases"][DATABASE]["tables"][name]
        assert table["sort_desc"] in list_indexed(index, name)
        assert table["size"] == 50


def test_stored_queries_run(index: sqlite3.Connection, described: dict[str, Any]) -> None:
    queries = described["databases"][DATABASE]["queries"]
    assert {"search", "changed-statements", "failures", "captures-of-address"} <= set(queries)
    for query in queries.values():
        values = dict.fromkeys(query.get("params", []), "words")
        assert index.execute(query["sql"], values).fetchall() == []


def test_settings_are_those_that_were_measured(described: dict[str, Any]) -> None:
    settings = described["settings"]
    assert settings["suggest_facets"] is False
    assert settings["allow_download"] is False
    # Limits of facets above that of SQL are ignored by Datasette.
    assert settings["facet_time_limit_ms"] <= settings["sql_time_limit_ms"]
    assert settings["default_page_size"] == 50
    assert settings["truncate_cells_html"] == 200


def test_what_is_not_proved_is_said(described: dict[str, Any]) -> None:
    assert "not that the publisher served them" in described["description"]


def test_the_file_beside_the_code_is_current(repository: Path) -> None:
    written = (repository / "datasette.yml").read_text("utf-8")
    assert written == format_datasette_yml(), "run: make fix"


def test_referring_columns_are_known(index: sqlite3.Connection) -> None:
    expected = {
        row[3]: row[2]
        for table in read_descriptions()
        for row in index.execute(f"PRAGMA foreign_key_list({table.name})")
    }
    assert find_references() == expected


def test_comments_are_read_as_they_stand() -> None:
    (table, bare) = parse_descriptions(
        "-- Not of the table.\n\n"
        "-- Things: what there is,\n-- and more.\n"
        "CREATE TABLE things (\n"
        '    "offset" INTEGER NOT NULL,   -- where -- and "how": it begins\n'
        "    other TEXT REFERENCES others (id), -- `other` thing\n"
        "    silent TEXT,\n"
        "    PRIMARY KEY (other)\n"
        ") STRICT;\n"
        "CREATE TABLE bare (\n    id TEXT -- its id\n);\n"
    )
    assert table.name == "things"
    assert table.description == "Things: what there is, and more."
    assert table.columns == (
        ("offset", 'where -- and "how": it begins'),
        ("other", "`other` thing"),
    )
    assert table.references == (("other", "others"),)
    assert (bare.description, bare.columns) == ("", (("id", "its id"),))
