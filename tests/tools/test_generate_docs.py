"""The generated parts of the documents come out as they should."""

import shutil
from pathlib import Path

import pytest

from tools import generate_docs
from tools.generate_docs import Column, Table

SCHEMA = """
-- Not about a table.

-- One visit to one URL.
-- Two lines of it.
CREATE TABLE captures (
    id          TEXT PRIMARY KEY,   -- short id; see core/identity.py
    -- the moment when the request started
    instant     TEXT NOT NULL CHECK (length(instant) > 0),
    status      INTEGER,            -- as the server sent it, or NULL
                                    -- where nothing was sent
    kind        TEXT                -- 'page', or 'a, b (c'
                DEFAULT 'x -- y, z)',
    bare        TEXT,
    price       NUMERIC(10, 2),     -- in euro | or not
    PRIMARY KEY (id, instant),      -- not a column
    FOREIGN KEY (status) REFERENCES statuses (id)
) STRICT, WITHOUT ROWID;  -- nor is this

CREATE INDEX captures_status ON captures (status);

CREATE TABLE IF NOT EXISTS empty (  -- Said at the end of the line.
    a, -- first
    b  -- second
);
-- Full text.
CREATE VIRTUAL TABLE texts_search USING fts5(
    title,      -- of the page
    body,       -- main text
    content='texts',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE short (a, b TEXT);
"""


def test_a_schema_is_read_with_its_comments() -> None:
    captures, empty, search, short = generate_docs.parse_schema(SCHEMA)
    assert captures == Table(
        name="captures",
        description="One visit to one URL. Two lines of it.",
        columns=(
            Column(
                name="id",
                declaration="TEXT PRIMARY KEY",
                description="short id; see core/identity.py",
            ),
            Column(
                name="instant",
                declaration="TEXT NOT NULL CHECK (length(instant) > 0)",
                description="the moment when the request started",
            ),
            Column(
                name="status",
                declaration="INTEGER",
                description="as the server sent it, or NULL where nothing was sent",
            ),
            Column(
                name="kind",
                declaration="TEXT DEFAULT 'x -- y, z)'",
                description="'page', or 'a, b (c'",
            ),
            Column(name="bare", declaration="TEXT", description=""),
            Column(name="price", declaration="NUMERIC(10, 2)", description="in euro | or not"),
        ),
    )
    assert empty.description == "Said at the end of the line."
    assert [column.description for column in empty.columns] == ["first", "second"]
    assert (search.name, search.description) == ("texts_search", "Full text.")
    assert [column.name for column in search.columns] == ["title", "body"]
    assert [(column.name, column.declaration) for column in short.columns] == [
        ("a", ""),
        ("b", "TEXT"),
    ]


def test_what_no_comment_describes_is_named() -> None:
    assert generate_docs.find_undescribed(generate_docs.parse_schema(SCHEMA)) == [
        "table short",
        "column captures.bare",
        "column short.a",
        "column short.b",
    ]


def test_the_page_of_tables_escapes_what_markdown_would_read() -> None:
    page = generate_docs.format_tables(generate_docs.parse_schema(SCHEMA))
    assert "| `price` | `NUMERIC(10, 2)` | in euro \\| or not |" in page


def test_help_is_replaced_and_prose_is_kept() -> None:
    new = generate_docs.format_verb_page("note", "Usage: archive note\n", "")
    assert new.startswith("# archive note\n")
    written = new.replace("# archive note\n", "# archive note\n\nProse \\1.\n") + "\nMore prose.\n"
    again = generate_docs.format_verb_page("note", "Usage: other\n", written)
    assert again == written.replace("Usage: archive note", "Usage: other")


def test_a_page_without_the_marks_is_given_them_at_its_end() -> None:
    page = generate_docs.format_verb_page("note", "Usage\n", "# Note\n\nProse.\n")
    assert page.startswith("# Note\n\nProse.\n\n## Options\n\n<!-- help -->\n")
    assert generate_docs.format_verb_page("note", "Usage\n", page) == page


def test_the_page_of_exit_codes_names_code_and_exception() -> None:
    page = generate_docs.format_exit_codes()
    assert "| 5 | store: the disk, the lock or stored bytes | `StoreError`, `BusyError`," in page
    assert "| `BusyError` | `StoreError` | Another process holds the writer's lock. |" in page


def test_check_names_what_is_stale_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate_docs.main(["--check"], tmp_path) == 1
    assert "docs/exit-codes.md: stale" in capsys.readouterr().err
    assert not (tmp_path / "docs").exists()
    assert generate_docs.main([], tmp_path) == 0
    assert generate_docs.main(["--check"], tmp_path) == 0
    page = tmp_path / "docs" / "exit-codes.md"
    page.write_text(page.read_text() + "by hand")
    assert generate_docs.main(["--check"], tmp_path) == 1
    shutil.rmtree(tmp_path / "docs")
